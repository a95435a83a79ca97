"""To another address: the new one confirms, the old one is told and can take it back."""

from datetime import timedelta

from flask import Blueprint, request
from sqlalchemy.orm import Session

from newsletter import notice_queue, outbox
from newsletter.errors import WrongUseError
from newsletter.models import AddressChangeRow, SubscriberRow
from newsletter.notice_queue import Notice
from newsletter.outbox import EmailType
from newsletter.sending.readers import freezing
from newsletter.subscribers import (
    address_change,
    change_back,
    consent_log,
    form_limits,
    lifecycle,
)
from newsletter.subscribers.addresses import normalize_address
from newsletter.subscribers.consent_log import ConsentAction
from newsletter.subscribers.form_limits import Limit, LimitKey
from newsletter.subscribers.link_claims import ChangeBackClaim, ChangeClaim, PreferencesClaim
from newsletter.subscribers.signups import SignupLimits
from newsletter.web.pages import gettext, pages
from newsletter.web.reader_pages.preferences import has_owner, lock_owner

blueprint = Blueprint("change_address", __name__)

_MOVES = Limit("moves-day", 3, timedelta(days=1))


@blueprint.get("/preferences/<token>/address")
def ask_address(token: str) -> str:
    return _address_form(token) if has_owner(token) else pages.expired_page()


@blueprint.post("/preferences/<token>/address")
def note_address(token: str) -> tuple[str, int]:
    claim = pages.claim(PreferencesClaim, token)
    entered = request.form.get("email", "")[:320]
    press = pages.press()
    if not press.counts:
        again = gettext("Machines press buttons too. Press it once more.")
        trouble = pages.once_more(again) if press.doubt else ""
        return _address_form(token, trouble, entered), 400 if trouble else 200
    try:
        address = normalize_address(entered)
    except WrongUseError:
        trouble = gettext("This is no e-mail address that we can write to.")
        return _address_form(token, trouble, entered, is_wrong=True), 400
    with pages.database.row_locked.begin() as session:
        subscriber = lock_owner(session, claim)
        if subscriber is None:
            return pages.expired_page(), 200
        _request_change(session, subscriber, address)
    pages.wake()
    heading = gettext("Look into the inbox of the new address")
    text = gettext("A mail to it is on its way. Until its button is pressed, nothing changes.")
    return pages.message_page(heading, text), 200


# What the links in the two mails do: the one to the new address, the other to the old.
@blueprint.get("/change/<token>")
def ask_to_move(token: str) -> str:
    if pages.claim(ChangeClaim, token).has_ended(pages.clock()):
        return pages.expired_page()
    return pages.confirm_page(
        gettext("Is this your new address?"), button=gettext("Yes, send them here")
    )


@blueprint.post("/change/<token>")
def move(token: str) -> str:
    claim = pages.claim(ChangeClaim, token)
    if not pages.press().counts:
        return ask_to_move(token)
    with pages.database.write.begin() as session:
        moved = _apply_change(session, claim)
        if moved is None:
            return pages.expired_page()
        onward = _preferences_of(moved)
    pages.wake()
    return pages.message_page(
        gettext("Your newsletters come here now"), _links_ended(), onward=onward
    )


@blueprint.get("/change-back/<token>")
def ask_to_move_back(token: str) -> str:
    if pages.claim(ChangeBackClaim, token).has_ended(pages.clock()):
        return pages.expired_page()
    return pages.confirm_page(gettext("Your address was changed"), button=gettext("Change it back"))


@blueprint.post("/change-back/<token>")
def move_back(token: str) -> str:
    claim = pages.claim(ChangeBackClaim, token)
    if not pages.press().counts:
        return ask_to_move_back(token)
    now = pages.clock()
    evidence = pages.evidence(gettext("Change it back"))
    with pages.database.write.begin() as session:
        change = session.get(AddressChangeRow, claim.change_id)
        if (
            claim.has_ended(now)
            or change is None
            or not change_back.undo_change(session, change, evidence, now)
        ):
            return pages.expired_page()
        onward = _preferences_of(session.get_one(SubscriberRow, change.subscriber_id))
    return pages.message_page(
        gettext("Changed back"),
        f"{gettext('Your newsletters come to this address again.')} {_links_ended()}",
        onward=onward,
    )


def _links_ended() -> str:
    return gettext(
        "The links to your preferences in older mails have ended; those to leave work on."
    )


def _preferences_of(subscriber: SubscriberRow) -> tuple[str, str]:
    token = pages.links.preferences_token(subscriber.id, subscriber.email, subscriber.moves)
    return pages.path("show_preferences", token=token), gettext("To your preferences")


def _address_form(
    token: str, trouble: str = "", entered: str = "", *, is_wrong: bool = False
) -> str:
    """`is_wrong` is the address that was entered."""
    shown = {"trouble": trouble, "is_wrong": is_wrong, "written": entered}
    return pages.render("web/address.html", token=token, **shown)


def _request_change(session: Session, subscriber: SubscriberRow, address: str) -> None:
    """Have the new address asked, within the limits of every mail that a stranger can cause."""
    now = pages.clock()
    limits = SignupLimits(pages.settings.signup)
    uses = [LimitKey(_MOVES, str(subscriber.id)), *limits.of_mail(session, address)]
    if form_limits.consume(session, uses, now) is None:
        change = address_change.request_change(session, subscriber, address, now)
        outbox.enqueue(session, EmailType.CHANGE, subscriber, now, {"change": change.id}, address)


def _apply_change(session: Session, claim: ChangeClaim) -> SubscriberRow | None:
    """Apply the change and tell the old address once; returns the subscriber at the new one."""
    now = pages.clock()
    change = session.get(AddressChangeRow, claim.change_id)
    if change is None or claim.has_ended(now):
        return None
    first = change.done_at is None
    address_change.lock_both(session, change)
    freezing.freeze_subscriber(session, change.subscriber_id)
    moved = address_change.apply_change(session, change, now)
    if moved is not None and first:
        evidence = pages.evidence(gettext("Yes, send them here"))
        mover = session.get_one(SubscriberRow, change.subscriber_id)
        for subscriber in dict.fromkeys((mover, moved)):
            shown = evidence if subscriber is moved else evidence.to_others()
            consent_log.record_consent(session, subscriber, ConsentAction.MOVED, [], shown, now)
        slugs = list(lifecycle.active_subscriptions(session, moved))
        notice = Notice("moved", moved, slugs, evidence.way, old=mover)
        notice_queue.enqueue_notice(session, notice, now)
        about = {"change": change.id}
        outbox.enqueue(session, EmailType.CHANGED, mover, now, about, change.old_email)
    return moved
