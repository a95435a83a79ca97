"""What is one's own: the data, and being forgotten."""

import json
from datetime import timedelta

from flask import Blueprint, Response

from newsletter import outbox
from newsletter.models import SubscriberRow
from newsletter.outbox import EmailType
from newsletter.subscribers import erasure, signup_limits
from newsletter.subscribers.signup_limits import Limit, LimitKey
from newsletter.subscribers.tokens import DataClaim, PreferencesClaim
from newsletter.transactional import data_export
from newsletter.web.pages import pages, say
from newsletter.web.preferences import is_of_somebody, owner

blueprint = Blueprint("privacy", __name__)

_DATA = Limit("data-day", 2, timedelta(days=1))


# Sent to the mailbox: who merely holds a forwarded issue learns nothing.
@blueprint.get("/preferences/<token>/data")
def ask_for_data(token: str) -> str:
    if not is_of_somebody(token):
        return pages.expired_page()
    return pages.confirm_page(
        say("Your data"),
        say("We send a link to your address; behind it is all that we know, as JSON."),
        button=say("Send me my data"),
        onward=_back(token),
    )


@blueprint.post("/preferences/<token>/data")
def send_data(token: str) -> str:
    claim = pages.claim(PreferencesClaim, token)
    now = pages.clock()
    with pages.database.write.begin() as session:
        subscriber = owner(session, claim)
        if subscriber is None:
            return pages.expired_page()
        if signup_limits.consume(session, [LimitKey(_DATA, str(subscriber.id))], now) is None:
            outbox.enqueue(session, EmailType.DATA, subscriber, now)
    pages.wake()
    return pages.message_page(
        say("Look into your inbox"), say("The link in the mail works for a day.")
    )


@blueprint.get("/data/<token>")
def data(token: str) -> Response | str:
    claim = pages.claim(DataClaim, token)
    if claim.has_ended(pages.clock()):
        return pages.expired_page()
    with pages.database.read() as session:
        subscriber = session.get(SubscriberRow, claim.subscriber_id)
        if subscriber is None:
            return pages.expired_page()
        told = data_export.export_subscriber(session, subscriber)
    body = json.dumps(told, ensure_ascii=False, indent=2, default=str)
    named = {"Content-Disposition": 'attachment; filename="newsletter-data.json"'}
    return Response(body, mimetype="application/json", headers=named)


# Erased at once, by one button. It can do no more harm than leaving does.
@blueprint.get("/preferences/<token>/erase")
def ask_to_erase(token: str) -> str:
    if not is_of_somebody(token):
        return pages.expired_page()
    return pages.confirm_page(
        say("Erase everything?"),
        say("You leave, and all that we know of you is gone. This cannot be undone."),
        say("Only a code stays, made from your address, so that no list brings you back."),
        button=say("Erase me"),
        onward=_back(token),
    )


@blueprint.post("/preferences/<token>/erase")
def erase(token: str) -> str:
    claim = pages.claim(PreferencesClaim, token)
    with pages.database.write.begin() as session:
        subscriber = session.get(SubscriberRow, claim.subscriber_id)
        if subscriber is not None:
            subscriber = owner(session, claim)
            if subscriber is None:
                return pages.expired_page()
            now = pages.clock()
            erasure.erase(session, subscriber, now)
            outbox.enqueue(session, EmailType.GOODBYE, subscriber, now)
    pages.wake()
    return pages.message_page(
        say("You are erased"),
        say("One last mail says so. Nothing more will come."),
        onward=(pages.path("home"), say("To the newsletters")),
    )


def _back(token: str) -> tuple[str, str]:
    return pages.path("show_preferences", token=token), say("Back to the preferences")
