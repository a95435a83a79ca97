"""Leave by signed link, and take it back.

Scanners and mail programs follow links, so a GET only shows a button. The POST needs no cookie, no
login and no redirect (RFC 8058), and may come as often as it likes.
"""

from datetime import timedelta

from flask import Blueprint, Response, after_this_request, g, request
from sqlalchemy.orm import Session

from newsletter.health.public_address import ENTRIES, NOBODY
from newsletter.models import Standing
from newsletter.subscribers import address_change, consent_log, lifecycle, opt_out
from newsletter.subscribers.consent_log import Channel, ConsentAction
from newsletter.subscribers.link_claims import ALL, UndoClaim, UnsubscribeClaim
from newsletter.subscribers.opt_out import UNDO_WITHIN
from newsletter.subscribers.opt_out_by_link import UnsubscribeRequest
from newsletter.web.pages import gettext, pages

blueprint = Blueprint("unsubscribe", __name__)

# A way back undoes what was left at most so long before it was shown.
_PRESSED_TWICE = timedelta(hours=1)


# From one newsletter or from all, for ever, with the same kind answer for who is long gone.
@blueprint.get("/u/<token>")
def ask_to_leave(token: str) -> str:
    claim = pages.claim(UnsubscribeClaim, token)
    if claim.subscriber_id == NOBODY:
        after_this_request(_tell_entries)
    several = claim.newsletter != ALL and len(pages.newsletters) > 1
    return pages.confirm_page(
        gettext("Leave %(title)s?") % {"title": _title_or_site(claim.newsletter)},
        gettext("One click, and no more issues will come."),
        button=gettext("Unsubscribe"),
        second=("from", ALL, gettext("Leave all newsletters")) if several else None,
    )


def _tell_entries(response: Response) -> Response:
    """Tell `newsletter check`, which has a link without a reader, how many proxies wrote there."""
    written = request.environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    response.headers[ENTRIES] = str(len([entry for entry in written if entry.strip()]))
    return response


@blueprint.post("/u/<token>")
def leave(token: str) -> str:
    claim = pages.claim(UnsubscribeClaim, token)
    is_one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if not is_one_click and not pages.press().counts:
        return ask_to_leave(token)
    chosen = ALL if request.form.get("from") == ALL else claim.newsletter
    unsubscribing = UnsubscribeRequest(
        claim.subscriber_id,
        chosen,
        pages.evidence("List-Unsubscribe=One-Click", Channel.ONE_CLICK)
        if is_one_click
        else pages.evidence(gettext("Unsubscribe")),
        pages.clock(),
        mails_undo=_mails_undo(),
    )
    pages.unsubscribe_queue.unsubscribe(unsubscribing)
    if unsubscribing.mails_undo or pages.settings.notify:
        pages.wake()
    return unsubscribed_page(claim.subscriber_id, chosen)


@blueprint.get("/undo/<token>")
def ask_to_come_back(token: str) -> str:
    claim = pages.claim(UndoClaim, token)
    if claim.has_ended(pages.clock()):
        return pages.expired_page()
    with pages.database.read() as session:
        if _is_in(session, claim):
            return _in_again_page()
    title = _title_or_site(claim.newsletter)
    return pages.confirm_page(
        gettext("Get %(title)s again?") % {"title": title}, button=gettext("Undo")
    )


@blueprint.post("/undo/<token>")
def come_back(token: str) -> str:
    claim = pages.claim(UndoClaim, token)
    now = pages.clock()
    if claim.has_ended(now) or not pages.press().counts:
        return ask_to_come_back(token)
    newsletter = None if claim.newsletter == ALL else claim.newsletter
    with pages.database.row_locked.begin() as session:
        is_back = False
        for subscriber in address_change.lock_linked(session, claim.subscriber_id)[-1:]:
            since = claim.until - UNDO_WITHIN - _PRESSED_TWICE
            slugs = opt_out.resubscribe(session, subscriber, newsletter, since)
            evidence = pages.evidence(gettext("Undo"))
            if slugs:
                consent_log.record_consent(
                    session, subscriber, ConsentAction.CAME_BACK, slugs, evidence, now
                )
            active = lifecycle.active_subscriptions(session, subscriber)
            is_back = bool(active) and newsletter in (None, *active)
    if not is_back:
        return pages.expired_page()
    return _in_again_page()


def _is_in(session: Session, claim: UndoClaim) -> bool:
    """Whether the link's subscriber has the newsletter, or any where it says all."""
    for subscriber in address_change.resolve_subscriber_ids(session, claim.subscriber_id)[-1:]:
        active = lifecycle.active_subscriptions(session, subscriber)
        if subscriber.standing == Standing.CONFIRMED:
            return bool(active) if claim.newsletter == ALL else claim.newsletter in active
    return False


def _in_again_page() -> str:
    return pages.message_page(gettext("You are in again"), gettext("As if nothing had happened."))


def unsubscribed_page(subscriber_id: int, newsletter: str) -> str:
    """What a reader sees after leaving; the same for everybody."""
    until = pages.clock() + UNDO_WITHIN
    token = pages.links.token(UndoClaim(subscriber_id, until, newsletter))
    if newsletter == ALL or len(pages.newsletters) == 1:
        text = gettext("Nothing more will come.")
    else:
        title = {"title": _title_or_site(newsletter)}
        text = gettext("Nothing more of %(title)s will come.") % title
    return pages.message_page(
        gettext("You are out"),
        text,
        gettext("Changed your mind?"),
        form=(pages.path("come_back", token=token), gettext("Undo")),
    )


def _mails_undo() -> bool:
    """Whether a reader who leaves now gets a mail with the way back."""
    setting = pages.settings.web.undo_mail
    return setting == "everybody" or (setting == "doubtful" and bool(g.get("doubt")))


def _title_or_site(newsletter: str) -> str:
    return pages.settings.site.name if newsletter == ALL else pages.title_of(newsletter)
