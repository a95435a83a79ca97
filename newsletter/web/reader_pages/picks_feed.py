"""One's own picks as a feed, at a signed address that ends with a change of address."""

from hashlib import sha256

from flask import Blueprint, Response, request

from newsletter.interests import interest_store
from newsletter.models import Standing, SubscriberRow
from newsletter.rendering.translations import translations
from newsletter.subscribers.link_claims import PicksClaim
from newsletter.web.day_picks import NamedInterests, kept_picks, newest_issues
from newsletter.web.issue_archive.atom_feed import build_picks_feed
from newsletter.web.pages import pages
from newsletter.web.reader_pages.interests import issue_ranking

blueprint = Blueprint("picks_feed", __name__)


@blueprint.get("/picks/<token>")
def picks_feed(token: str) -> Response:
    """410 once they left, moved or were erased: feed readers stop asking then."""
    claim = pages.claim(PicksClaim, token)
    with pages.database.read() as session:
        subscriber = session.get(SubscriberRow, claim.subscriber_id)
        if (
            subscriber is None
            or subscriber.standing != Standing.CONFIRMED
            or not pages.links.is_to(subscriber.email, subscriber.moves, claim)
        ):
            return Response(pages.expired_page(), status=410)
        named = NamedInterests.of(session, subscriber)
        issues = [(issue.id, left_out) for issue, left_out in newest_issues(session, subscriber)]
        kept = [row.issue_id for row in interest_store.picks_of(session, subscriber.id)]
        state = f"{named.fingerprint} {issues} {kept} {subscriber.language}"
        answer = Response(mimetype="application/atom+xml")
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.set_etag(sha256(state.encode()).hexdigest()[:20])
        if request.if_none_match.contains(answer.get_etag()[0] or ""):
            answer.status_code = 304
            return answer
        mailed = kept_picks(session, subscriber)
        ranked = issue_ranking().newest(session, subscriber, named)
        answer.data = build_picks_feed(
            [*(found for found in ranked if found.issue.id not in mailed), *mailed.values()],
            f"{pages.settings.site.url}/picks/{token}",
            translations(subscriber.language),
            pages.settings.site,
        )
    return answer
