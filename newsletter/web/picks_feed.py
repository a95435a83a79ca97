"""One's own picks as a feed, at a signed address that ends with a change of address."""

from hashlib import sha256

from flask import Blueprint, Response, request

from newsletter.interests import interest_store
from newsletter.models import Standing, SubscriberRow
from newsletter.rendering.translations import translations
from newsletter.subscribers.tokens import PicksClaim
from newsletter.web import atom_feed
from newsletter.web.interests import issue_ranking
from newsletter.web.pages import pages

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
            or not pages.links.is_to(subscriber.email, claim)
        ):
            return Response(pages.expired_page(), status=410)
        interests = interest_store.load(session, subscriber.id)
        days = issue_ranking().newest(session, subscriber, interests)
        body = atom_feed.build_picks_feed(
            days,
            f"{pages.settings.site.url}/picks/{token}",
            translations(subscriber.language),
            pages.settings.site,
        )
    answer = Response(body, mimetype="application/atom+xml")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(sha256(body).hexdigest()[:20])
    answer.make_conditional(request)
    return answer
