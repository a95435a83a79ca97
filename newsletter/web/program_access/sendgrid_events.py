"""Takes SendGrid's posted events: trusted by signature, answered once they are kept.

They act soon after, in the background (feedback/webhook_queue.py), so an answer takes milliseconds.

An answer other than 2xx makes SendGrid come again for a day, so a busy database is a 503. A body
that can never become right is a 4xx. One odd event among many is quarantined.
"""

import logging
from datetime import timedelta

from flask import Blueprint, Request, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import RequestEntityTooLarge

from newsletter.feedback import sendgrid_webhook, webhook_queue
from newsletter.feedback.sendgrid_webhook import NotEventsError, NotGenuineError
from newsletter.web.pages import EXTENSION, pages

_SIGNATURE = "newsletter.sendgrid_signature"
LARGEST_BODY = 5 * 1024 * 1024  # SendGrid posts at most 768 kB
blueprint = Blueprint("sendgrid_events", __name__)
_log = logging.getLogger(__name__)


@blueprint.record
def _load_key(state: BlueprintSetupState) -> None:
    """At the start, so that a key that is none is said there."""
    settings = state.app.extensions[EXTENSION].settings.feedback
    state.app.extensions[_SIGNATURE] = sendgrid_webhook.Signature(
        settings.sendgrid_public_key, timedelta(seconds=settings.max_age_s)
    )


@blueprint.post("/hooks/sendgrid")
def sendgrid() -> Response:
    now = pages.clock()
    try:
        body = _body(request)
        current_app.extensions[_SIGNATURE].check(
            body,
            request.headers.get("X-Twilio-Email-Event-Webhook-Signature", ""),
            request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp", ""),
            now,
        )
        sendgrid_webhook.check_body(body)
    except RequestEntityTooLarge:
        return _answer(413, "more than 5 MB")
    except NotGenuineError as error:
        _log.warning("a request to /hooks/sendgrid was refused: %s", error)
        return _answer(403, "not signed by SendGrid just now")
    except NotEventsError as error:
        return _answer(400, str(error))
    try:
        webhook_queue.enqueue(pages.database, sendgrid_webhook.SOURCE, body, now)
    except OperationalError as error:
        _log.warning("feedback could not be kept, SendGrid will repeat it: %s", error.orig)
        return _answer(503, "come again")
    pages.wake()
    return _answer(202, "kept")


def _body(posted: Request) -> bytes:
    posted.max_content_length = LARGEST_BODY
    return posted.get_data(cache=False)


def _answer(status: int, text: str) -> Response:
    return Response(f"{text}\n", status=status, mimetype="text/plain")
