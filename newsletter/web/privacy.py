"""What is one's own: the data, and being forgotten."""

import json
from datetime import timedelta

from flask import Blueprint, Response

from newsletter import outbox
from newsletter.models import SubscriberRow
from newsletter.outbox import EmailType
from newsletter.subscribers import address_change, erasure, signup_limits
from newsletter.subscribers.signup_limits import Limit, LimitKey
from newsletter.subscribers.tokens import DataClaim, PreferencesClaim
from newsletter.transactional import data_export
from newsletter.transactional.build import DATA_LINK_LIVES
from newsletter.web.pages import gettext, pages
from newsletter.web.preferences import find_owner, has_owner, lock_owner

blueprint = Blueprint("privacy", __name__)

_DATA = Limit("data-day", 2, timedelta(days=1))


# Sent to the mailbox: who merely holds a forwarded issue learns nothing.
@blueprint.get("/preferences/<token>/data")
def ask_for_data(token: str) -> str:
    if not has_owner(token):
        return pages.expired_page()
    return pages.confirm_page(
        gettext("Your data"),
        gettext("We send a link to your address; behind it is all that we know, as JSON."),
        button=gettext("Send me my data"),
        onward=_link_to_preferences(token),
    )


@blueprint.post("/preferences/<token>/data")
def send_data(token: str) -> str:
    claim = pages.claim(PreferencesClaim, token)
    if not pages.press().counts:
        return ask_for_data(token)
    now = pages.clock()
    with pages.database.by_row.begin() as session:
        subscriber = lock_owner(session, claim)
        if subscriber is None:
            return pages.expired_page()
        if signup_limits.consume(session, [LimitKey(_DATA, str(subscriber.id))], now) is None:
            outbox.enqueue(session, EmailType.DATA, subscriber, now)
    pages.wake()
    return pages.message_page(
        gettext("Look into your inbox"), gettext("The link in the mail works for a day.")
    )


@blueprint.get("/data/<token>")
def data(token: str) -> Response | str:
    claim = pages.claim(DataClaim, token)
    if claim.has_ended(pages.clock()):
        return pages.expired_page()
    with pages.database.read() as session:
        subscriber = session.get(SubscriberRow, claim.subscriber_id)
        sent_at = claim.until - DATA_LINK_LIVES
        if subscriber is None or address_change.has_moved_since(session, subscriber, sent_at):
            return pages.expired_page()
        export = data_export.export_subscriber(session, subscriber)
    body = json.dumps(export, ensure_ascii=False, indent=2, default=str)
    named = {"Content-Disposition": 'attachment; filename="newsletter-data.json"'}
    return Response(body, mimetype="application/json", headers=named)


# Erased at once, by one button. It can do no more harm than leaving does.
@blueprint.get("/preferences/<token>/erase")
def ask_to_erase(token: str) -> str:
    claim = pages.claim(PreferencesClaim, token)
    with pages.database.read() as session:
        subscriber = find_owner(session, claim)
        if subscriber is None:
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
    return pages.confirm_page(
        gettext("Erase everything?"),
        *texts,
        button=gettext("Erase me"),
        onward=_link_to_preferences(token),
    )


@blueprint.post("/preferences/<token>/erase")
def erase(token: str) -> str:
    claim = pages.claim(PreferencesClaim, token)
    if not pages.press().counts:
        return ask_to_erase(token)
    with pages.database.write.begin() as session:
        subscriber = session.get(SubscriberRow, claim.subscriber_id)
        if subscriber is not None:
            subscriber = find_owner(session, claim)
            if subscriber is None:
                return pages.expired_page()
            now = pages.clock()
            erasure.erase(session, subscriber, now)
            outbox.enqueue(session, EmailType.GOODBYE, subscriber, now)
    pages.wake()
    return pages.message_page(
        gettext("You are erased"),
        gettext("One last mail says so. Nothing more will come."),
        onward=(pages.path("home"), gettext("To the newsletters")),
    )


def _link_to_preferences(token: str) -> tuple[str, str]:
    return pages.path("show_preferences", token=token), gettext("Back to the preferences")
