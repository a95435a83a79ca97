"""What SendGrid's answers, and the lack of one, mean for the mails of a request."""

import json
import math
import random
import re
import socket
import ssl
from urllib.error import URLError

from python_http_client.exceptions import HTTPError

from newsletter.text import brief
from newsletter.transports.base import SendResult, SendStatus, TransportDownError
from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import refusal_cause

_BAD_REQUEST = 400
_FORBIDDEN = (401, 403)
_LATER = (408, 429)
_TOO_MANY = 429
_LONGEST_WAIT_S = 3600.0  # whatever the header says
_USUAL_WAIT_S = 60.0  # where it says nothing that can be read
_GATEWAY = (502, 504)  # somebody between us and SendGrid lost the answer
_SERVER = 500
_BROKEN = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ssl.SSLEOFError)


def result_of_error(error: HTTPError, now_s: float) -> SendResult:
    """The meaning of an HTTP error at this time (in seconds since 1970).

    Raises:
        TransportDownError: it would meet every reader.
    """
    status, body = error.status_code, error.body
    told = f"SendGrid: HTTP {status} {_reasons(body)}".strip()
    if status in _GATEWAY:
        return SendResult(SendStatus.UNCERTAIN, told)
    if status == _TOO_MANY:
        return SendResult(SendStatus.TRY_LATER, told, wait_s=_until_reset(error, now_s))
    if status in _LATER or status >= _SERVER:
        return SendResult(SendStatus.TRY_LATER, told)
    if status == _BAD_REQUEST and _about_a_reader(body):
        cause = refusal_cause(_reasons(body))
        return SendResult(SendStatus.REJECTED, told, of_sender=cause is RefusalCause.SENDER)
    if status in _FORBIDDEN:
        raise TransportDownError(f"{told}; check transport.api_key and the sender's rights")
    raise TransportDownError(f"{told}; this is about no single reader, so nobody is marked")


def result_of_no_connection(error: URLError) -> SendResult:
    """The meaning of a request that urllib could not send as a whole.

    Raises:
        TransportDownError: the address or its certificate is wrong.
    """
    reason = error.reason
    if isinstance(reason, _BROKEN):
        return SendResult(
            SendStatus.UNCERTAIN, f"the connection to SendGrid broke: {brief(reason)}"
        )
    wrong_host = isinstance(reason, socket.gaierror) and reason.errno == socket.EAI_NONAME
    if wrong_host or isinstance(reason, ssl.SSLError):
        raise TransportDownError(
            f"SendGrid cannot be used: {brief(reason)}; see transport.base_url"
        )
    return SendResult(SendStatus.TRY_LATER, f"SendGrid cannot be reached: {brief(reason)}")


def named_personalizations(detail: bytes) -> list[int]:
    """The places of the personalizations that a refusal names, each once."""
    found = (re.match(r"personalizations\.(\d{1,6})\b", field) for field, _ in _errors(detail))
    return sorted({int(match[1]) for match in found if match})


def counted_requests(body: bytes) -> int | None:
    """How many mails the statistics of a category count as asked for; None where it is none.

    https://www.twilio.com/docs/sendgrid/api-reference/categories/retrieve-email-statistics-for-categories
    """
    try:
        days = json.loads(body)
        return sum(int(stat["metrics"]["requests"]) for day in days for stat in day["stats"])
    except (ValueError, KeyError, TypeError):
        return None


def _until_reset(error: HTTPError, now_s: float) -> float:
    """How long to wait after a 429: until X-RateLimit-Reset (seconds since 1970), and a little.

    The little differs from sender to sender, so that not all come back in the same moment.
    """
    try:
        wait_s = float(error.headers["X-RateLimit-Reset"]) - now_s
    except (KeyError, TypeError, ValueError):
        wait_s = _USUAL_WAIT_S
    if not math.isfinite(wait_s):
        wait_s = _USUAL_WAIT_S
    wait_s = min(max(wait_s, 0.0), _LONGEST_WAIT_S)
    return wait_s + random.uniform(0.5, 3.0)  # noqa: S311 - an offset in time, not a secret


def _about_a_reader(body: bytes) -> bool:
    fields = [field for field, _ in _errors(body)]
    return bool(fields) and all(field.startswith("personalizations") for field in fields)


def _reasons(body: bytes) -> str:
    errors = _errors(body)
    if not errors:
        return brief(body) if body else ""
    return brief("; ".join(f"{field} {message}".strip() for field, message in errors))


def _errors(body: bytes) -> list[tuple[str, str]]:
    """The field and the message of each error; none where the body is not SendGrid's."""
    try:
        return [
            (str(error.get("field") or ""), str(error["message"]))
            for error in json.loads(body)["errors"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
