"""A reader's own data, and their erasure.

Issues are forwarded, and with them the link to the preferences. So a reader asks for either there,
and gets a link by mail that does it and works for a day.
"""

import json
from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from newsletter import outbox
from newsletter.models import SubscriberRow
from newsletter.outbox import EmailType
from newsletter.subscribers import address_change, erasure, form_limits
from newsletter.subscribers.form_limits import Limit, LimitKey
from newsletter.subscribers.link_claims import DataClaim, EraseClaim, PreferencesClaim
from newsletter.transactional import data_export
from newsletter.transactional.build import LINK_LIVES
from newsletter.web.pages import gettext, pages
from newsletter.web.reader_pages.preferences import has_owner, lock_owner

blueprint = Blueprint("privacy", __name__)

_MAILS_A_DAY = 2  # of each kind


@blueprint.get("/preferences/<token>/data")
def ask_for_data(token: str) -> str:
    text = gettext("We send a link to your address; behind it is all that we know, as JSON.")
    return _offer_link(token, gettext("Your data"), text, gettext("Send me my data"))


@blueprint.post("/preferences/<token>/data")
def send_data(token: str) -> str:
    return _mail_link(token, EmailType.DATA, ask_for_data)


@blueprint.get("/data/<token>")
def data(token: str) -> Response | str:
    claim = pages.claim(DataClaim, token)
    with pages.database.read() as session:
        subscriber = session.get(SubscriberRow, claim.subscriber_id)
        if subscriber is None or _is_over(session, subscriber, claim):
            return pages.expired_page()
        export = data_export.export_subscriber(session, subscriber)
    body = json.dumps(export, ensure_ascii=False, indent=2, default=str)
    named = {"Content-Disposition": 'attachment; filename="newsletter-data.json"'}
    return Response(body, mimetype="application/json", headers=named)


@blueprint.get("/preferences/<token>/erase")
def ask_for_erasure(token: str) -> str:
    text = gettext("We send a link to your address; the button behind it erases all that we know.")
    return _offer_link(token, gettext("Erase everything?"), text, gettext("Send me the link"))


@blueprint.post("/preferences/<token>/erase")
def send_erasure(token: str) -> str:
    return _mail_link(token, EmailType.ERASE, ask_for_erasure)


@blueprint.get("/erase/<token>")
def ask_to_erase(token: str) -> str:
    claim = pages.claim(EraseClaim, token)
    with pages.database.read() as session:
        subscriber = session.get(SubscriberRow, claim.subscriber_id)
        if subscriber is None or _is_over(session, subscriber, claim):
            return pages.expired_page()
        moved = address_change.can_be_taken_back(session, subscriber, pages.clock())
    texts = [
        gettext("You leave, and all that we know of you is gone. This cannot be undone."),
        gettext("Only a code stays, made from your address, so that no list brings you back."),
    ]
    if moved:
        texts.append(
            gettext("What belonged to your address of before goes a week after you changed it.")
        )
    return pages.confirm_page(gettext("Erase everything?"), *texts, button=gettext("Erase me"))


@blueprint.post("/erase/<token>")
def erase(token: str) -> str:
    claim = pages.claim(EraseClaim, token)
    if not pages.press().counts:
        return ask_to_erase(token)
    now = pages.clock()
    with pages.database.write.begin() as session:
        subscriber = session.get(SubscriberRow, claim.subscriber_id)
        if subscriber is not None:
            if _is_over(session, subscriber, claim):
                return pages.expired_page()
            erasure.erase(session, subscriber, now)
            outbox.enqueue(session, EmailType.ERASED, subscriber, now)
    pages.wake()
    return pages.message_page(
        gettext("You are erased"),
        gettext("One last mail says so. Nothing more will come."),
        onward=(pages.path("home"), gettext("To the newsletters")),
    )


def _offer_link(token: str, heading: str, text: str, button: str) -> str:
    """The page on which the owner of a preferences link asks for a mail."""
    if not has_owner(token):
        return pages.expired_page()
    return pages.confirm_page(heading, text, button=button, onward=_link_to_preferences(token))


def _mail_link(token: str, kind: EmailType, ask: Callable[[str], str]) -> str:
    """Send the owner of a preferences link a mail of that kind, or `ask` once more."""
    claim = pages.claim(PreferencesClaim, token)
    if not pages.press().counts:
        return ask(token)
    now = pages.clock()
    with pages.database.row_locked.begin() as session:
        subscriber = lock_owner(session, claim)
        if subscriber is None:
            return pages.expired_page()
        limit = Limit(f"{kind}-day", _MAILS_A_DAY, timedelta(days=1))
        if form_limits.consume(session, [LimitKey(limit, str(subscriber.id))], now) is None:
            outbox.enqueue(session, kind, subscriber, now)
    pages.wake()
    return pages.message_page(
        gettext("Look into your inbox"), gettext("The link in the mail works for a day.")
    )


def _is_over(session: Session, subscriber: SubscriberRow, claim: DataClaim) -> bool:
    """Whether a mailed link has had its day, or the mailbox is not theirs any more."""
    sent_at = claim.until - LINK_LIVES
    moved = address_change.has_moved_since(session, subscriber, sent_at)
    return moved or claim.has_ended(pages.clock())


def _link_to_preferences(token: str) -> tuple[str, str]:
    return pages.path("show_preferences", token=token), gettext("Back to the preferences")
