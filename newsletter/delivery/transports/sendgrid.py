"""Mails through SendGrid's v3 API, up to 1,000 readers a request."""

import logging
from collections.abc import Hashable, Iterator, Sequence
from http.client import HTTPException, InvalidURL
from typing import Any
from urllib.error import URLError

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from newsletter.config import Settings
from newsletter.delivery.transports.outcomes import (
    Outcome,
    TransportDownError,
    Verdict,
    one_line,
    unmailable,
)
from newsletter.delivery.transports.sendgrid_answers import refused, unreached
from newsletter.errors import WrongUseError
from newsletter.rendering.mail import Mail

_MOST = 1000  # personalizations a request
_ACCEPTED = 202
_PERSONAL_HEADER = "List-Unsubscribe"


def from_settings(settings: Settings) -> "SendGrid":
    key = settings.transport.api_key.get_secret_value()
    if not key:
        raise WrongUseError("transport.api_key is missing; SendGrid sends nothing without one")
    return SendGrid(key, settings.transport.base_url, settings.transport.timeout_s)


class SendGrid:
    """Readers of the same content share a request; their own values are its substitutions."""

    at_once = _MOST

    def __init__(self, api_key: str, base_url: str, timeout_s: float) -> None:
        logging.getLogger("python_http_client.client").addFilter(_without_secrets)
        self._client = SendGridAPIClient(api_key, host=base_url)
        self._timeout_s = timeout_s

    def send(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        mailable = []
        for mail in mails:
            refusal = unmailable(mail)
            if refusal is None:
                mailable.append(mail)
            else:
                yield mail, refusal
        for group in _alike(mailable):
            yield from self._send_alike(group)

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
            return refused(error)
        except URLError as error:
            return unreached(error)
        except (UnicodeError, InvalidURL) as error:
            raise TransportDownError(f"transport.base_url: {one_line(error)}") from error
        except TimeoutError:
            return Outcome(Verdict.UNCERTAIN, "SendGrid did not answer in time")
        except (OSError, HTTPException) as error:
            return Outcome(Verdict.UNCERTAIN, f"SendGrid's answer was lost: {one_line(error)}")
        if response.status_code != _ACCEPTED:  # after a redirect, or by a proxy
            return Outcome(
                Verdict.UNCERTAIN, f"HTTP {response.status_code} is no answer of SendGrid's"
            )
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
        "headers": dict(_shared_headers(first)),
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


def _shared_headers(mail: Mail) -> tuple[tuple[str, str], ...]:
    """Headers that are the same for all readers; SendGrid dates its mails itself."""
    return tuple(
        (name, value) for name, value in mail.headers if name not in {_PERSONAL_HEADER, "Date"}
    )


def _alike(mails: Sequence[Mail]) -> Iterator[list[Mail]]:
    """Mails that can share a request, at most as many as one takes."""
    groups: dict[Hashable, list[Mail]] = {}
    for mail in mails:
        key = (id(mail.content), mail.sender, _shared_headers(mail))
        groups.setdefault(key, []).append(mail)
    for group in groups.values():
        for start in range(0, len(group), _MOST):
            yield group[start : start + _MOST]


def _without_secrets(record: logging.LogRecord) -> bool:
    """The package logs its authorization header and every recipient at DEBUG."""
    return record.levelno > logging.DEBUG
