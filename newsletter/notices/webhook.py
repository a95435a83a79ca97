"""One webhook: what it is sent, signed as Standard Webhooks has it, and what it answered.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import requests
import urllib3
from pydantic import SecretStr

from newsletter import __version__
from newsletter.config import NotifySettings, webhook_key
from newsletter.models import NoticeRow
from newsletter.network.http_limits import DeadlineAdapter, describe_unreachable, retry_after_s
from newsletter.text import brief

_MOST_BYTES = 1000  # of an answer; nobody needs more of it than a person who tries
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True)
class WebhookAnswer:
    """A target's answer; `trouble` says in a few words, without its address, why it failed."""

    trouble: str
    wait: timedelta = timedelta(0)  # as it asked for
    text: str = ""

    @property
    def is_taken(self) -> bool:
        return not self.trouble


def body_of(notice: NoticeRow, *, test: bool = False) -> bytes:
    """The event as JSON: the same octets at every attempt."""
    data: dict[str, object] = {
        "id": str(notice.subscriber_id),
        "email": notice.email,
        "newsletters": notice.newsletters,
        "way": notice.way,
        "doubt": notice.doubt,
    }
    if notice.old_subscriber_id is not None:
        data["old"] = {"id": str(notice.old_subscriber_id), "email": notice.old_email}
    event: dict[str, object] = {
        "type": f"subscriber.{notice.kind}",
        "timestamp": notice.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {name: value for name, value in data.items() if value is not None},
    }
    if test:
        event["test"] = True
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(
    secrets: tuple[SecretStr, ...], event_id: str, body: bytes, now: datetime
) -> Mapping[str, str]:
    """The three headers by which the other side knows that it was we, and just now."""
    timestamp = int(now.timestamp())
    content = f"{event_id}.{timestamp}.".encode() + body
    signatures = (
        hmac.digest(webhook_key(secret.get_secret_value()), content, hashlib.sha256)
        for secret in secrets
    )
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            f"v1,{base64.b64encode(signature).decode()}" for signature in signatures
        ),
    }


class Webhook:
    """A connection to one of them, for some notices one after the other."""

    def __init__(self, settings: NotifySettings, session: requests.Session) -> None:
        self._settings, self._session = settings, session
        self._adapter = DeadlineAdapter()
        for scheme in ("http://", "https://"):
            session.mount(scheme, self._adapter)

    def post(self, notice: NoticeRow, now: datetime, *, test: bool = False) -> WebhookAnswer:
        """Hand one over. It is taken where the answer is of 2xx, and nowhere else."""
        settings, body = self._settings, body_of(notice, test=test)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"newsletter/{__version__}",
            **signed_headers(settings.secrets, notice.event_id, body, now),
        }
        try:
            with (
                self._adapter.within(settings.timeout_s),
                self._session.post(
                    settings.url.get_secret_value(),
                    data=body,
                    headers=headers,
                    timeout=settings.timeout_s,
                    allow_redirects=False,  # it would lead where the operator did not choose
                    stream=True,
                ) as response,
            ):
                return _judged(response, _read(response))
        except requests.RequestException as error:
            return WebhookAnswer(f"it {describe_unreachable(error, settings.timeout_s)}")


@contextmanager
def opened(settings: NotifySettings) -> Iterator[Webhook]:
    with requests.Session() as session:
        yield Webhook(settings, session)


def _read(response: requests.Response) -> str:
    """The text of an answer, for a person who tries; if it breaks off, the status still counts."""
    try:
        text = response.raw.read(_MOST_BYTES, decode_content=False)
    except urllib3.exceptions.HTTPError:
        return ""
    return brief(text) if text else ""


def _judged(response: requests.Response, text: str) -> WebhookAnswer:
    status = response.status_code
    if response.ok and not response.is_redirect and status < HTTPStatus.MULTIPLE_CHOICES:
        return WebhookAnswer("", text=text)
    trouble = f"HTTP {status}"
    wait = min(timedelta(seconds=retry_after_s(response.headers)), _LONGEST_WAIT)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        trouble += ", which leads elsewhere: give the address that it leads to"
    elif status == HTTPStatus.GONE:
        trouble += ": it wants no more; take it out of [notify], or try it later"
        wait = _LONGEST_WAIT
    return WebhookAnswer(trouble, wait, text)
