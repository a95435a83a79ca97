"""Mails through SendGrid's v3 API, up to 1,000 readers a request."""

import json
import logging
import socket
from collections.abc import Iterator, Sequence
from http.client import HTTPException
from itertools import groupby
from typing import Any
from urllib.error import URLError

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from newsletter.config import Settings
from newsletter.delivery.transports.outcomes import Outcome, TransportDownError, Verdict
from newsletter.errors import WrongUseError
from newsletter.rendering.mail import Mail

_PERSONAL_HEADER = "List-Unsubscribe"
_BAD_REQUEST = 400
_TOO_MANY = 429
_REFUSED = (401, 403)
_GATEWAY = (502, 504)  # somebody between us and SendGrid lost the answer
_SERVER = 500


def from_settings(settings: Settings) -> "SendGrid":
    key = settings.transport.api_key.get_secret_value()
    if not key:
        raise WrongUseError("transport.api_key is missing; SendGrid sends nothing without one")
    return SendGrid(key, settings.transport.base_url, settings.transport.timeout_s)


class SendGrid:
    """Readers of the same content share a request; their own values are its substitutions."""

    at_once = 1000

    def __init__(self, api_key: str, base_url: str, timeout_s: float) -> None:
        # The package writes its authorization header to the log at DEBUG.
        logging.getLogger("python_http_client").setLevel(logging.INFO)
        self._client = SendGridAPIClient(api_key, host=base_url)
        self._timeout_s = timeout_s

    def send(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        for _, group in groupby(sorted(mails, key=_content), key=_content):
            yield from self._send_alike(list(group))

    def close(self) -> None:
        """The package keeps no connection."""

    def _send_alike(self, mails: list[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        outcome = self._post(request_body(mails))
        if outcome.verdict is Verdict.REJECTED and len(mails) > 1:
            # One bad personalization fails all of them: look for it in halves.
            middle = len(mails) // 2
            yield from self._send_alike(mails[:middle])
            yield from self._send_alike(mails[middle:])
            return
        for mail in mails:
            yield mail, outcome

    def _post(self, body: dict[str, Any]) -> Outcome:
        try:
            response = self._client.client.mail.send.post(
                request_body=body, timeout=self._timeout_s
            )
        except HTTPError as error:
            return _refused(error)
        except TimeoutError:
            return Outcome(Verdict.UNCERTAIN, "SendGrid did not answer in time")
        except URLError as error:
            return _unreached(error)
        except (OSError, HTTPException) as error:  # it closed with the request under way
            return Outcome(Verdict.UNCERTAIN, f"SendGrid's answer was lost: {error}")
        return Outcome(Verdict.ACCEPTED, provider_id=response.headers.get("X-Message-Id"))


def request_body(mails: Sequence[Mail]) -> dict[str, Any]:
    """One request for readers of the same content.

    Every header that is the reader's own stands in their personalization, since substitutions do
    not reach headers; `custom_args` are never redacted, so they hold the opaque reference only.
    """
    first = mails[0]
    name, address = first.sender
    return {
        "personalizations": [_personalization(mail) for mail in mails],
        "from": {"email": address, "name": name} if name else {"email": address},
        "subject": first.content.subject,
        "content": [
            {"type": "text/plain", "value": first.content.text},
            {"type": "text/html", "value": first.content.html},
        ],
        "headers": {
            header: value
            for header, value in first.headers
            if header not in (_PERSONAL_HEADER, "Date")  # SendGrid dates its mails itself
        },
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
        },
    }


def _personalization(mail: Mail) -> dict[str, Any]:
    own = {name: value for name, value in mail.headers if name == _PERSONAL_HEADER}
    return {
        "to": [{"email": mail.recipient}],
        "headers": {"Message-ID": mail.message_id, **own},
        "substitutions": mail.content.blanks.filled(mail.values),
        "custom_args": {"reference": mail.reference},
    }


def _content(mail: Mail) -> int:
    return id(mail.content)


def _refused(error: HTTPError) -> Outcome:
    told = f"SendGrid: HTTP {error.status_code} {_reasons(error.body)}".strip()
    if error.status_code in _REFUSED:
        raise TransportDownError(f"{told}; check transport.api_key and the sender's rights")
    if error.status_code in _GATEWAY:
        return Outcome(Verdict.UNCERTAIN, told)
    if error.status_code == _TOO_MANY or error.status_code >= _SERVER:
        return Outcome(Verdict.TRY_LATER, told)
    if error.status_code == _BAD_REQUEST and "personalizations" not in told:
        raise TransportDownError(f"{told}; nothing about one reader, so nobody is marked")
    return Outcome(Verdict.REJECTED, told)


def _unreached(error: URLError) -> Outcome:
    if isinstance(error.reason, TimeoutError) or "timed out" in str(error.reason):
        return Outcome(Verdict.TRY_LATER, "SendGrid could not be reached in time")
    if isinstance(error.reason, ConnectionRefusedError | socket.gaierror):
        return Outcome(Verdict.TRY_LATER, f"SendGrid cannot be reached: {error.reason}")
    return Outcome(Verdict.UNCERTAIN, f"SendGrid's answer was lost: {error.reason}")


def _reasons(body: bytes) -> str:
    try:
        errors = json.loads(body)["errors"]
        return "; ".join(f"{each.get('field') or ''} {each['message']}".strip() for each in errors)[
            :300
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return body.decode("utf-8", "replace")[:200]
