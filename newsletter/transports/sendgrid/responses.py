"""Translates SendGrid's answers, or the lack of one, into results for the mails of a request."""

import json
import math
import random
import re
import socket
import ssl

import requests
from python_http_client.exceptions import HTTPError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from newsletter.network.http_limits import reasons, retry_after_s
from newsletter.text import brief
from newsletter.transports.base import (
    ProviderRefusalError,
    SendResult,
    SendStatus,
    TransportDownError,
)
from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import refusal_cause
from newsletter.transports.sendgrid.advice import advice, advice_of_account
from newsletter.transports.sendgrid.bounded_client import LostAnswerError

TOO_LARGE = 413
_BAD_REQUEST = 400
# What SendGrid says of a fault of ours, and of one of its own after which nothing was taken. Any
# other status comes from somebody before it, a gateway or a proxy, who may have passed the request
# on: https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/errors
_NOT_NOW = (408, 425, 429, 500, 503)
_NOT_TAKEN = (*range(400, 500), *_NOT_NOW)
_PERHAPS_OF_ONE = (_BAD_REQUEST, 403, 422, 451)
_TOO_MANY = 429
_LONGEST_WAIT_S = 3600.0  # whatever the header says
_USUAL_WAIT_S = 60.0  # after a 429, where nothing is said that can be read
_BROKEN = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ssl.SSLEOFError)
_NEVER_REACHED = (NewConnectionError, ConnectTimeoutError, ProxyError)


class WholeRequestError(ProviderRefusalError):
    """A request was refused for good, without a reader's name; one of its readers may be the cause.

    `of_account`: its words are about the account, so about everybody.
    """

    def __init__(self, told: str, todo: str, *, of_account: bool) -> None:
        super().__init__(f"{told}; {todo}")
        self.result = SendResult(SendStatus.TRY_LATER, told)
        self.of_account = of_account


def result_of_error(error: HTTPError, now_s: float) -> SendResult:
    """The meaning of an HTTP error at this time (in seconds since 1970).

    Only an error in SendGrid's own form proves that the mails were not taken.

    Raises:
        WholeRequestError: we cannot tell which mails it means; it may be all.
        ProviderRefusalError: it would meet every reader.
    """
    status, body = error.status_code, error.body
    words = words_of(body)
    said = f"HTTP {status} {words or (brief(body) if body else '')}".strip()
    if status not in _NOT_TAKEN or not _errors(body):
        return SendResult(SendStatus.UNCERTAIN, f"not SendGrid's own answer: {said}")
    told = f"SendGrid: {said}"
    of_account = advice_of_account(status, words)
    if status in _NOT_NOW:
        told = f"{told}; {of_account}" if of_account else told
        return SendResult(SendStatus.TRY_LATER, told, wait_s=_asked_wait(error, now_s))
    if status == TOO_LARGE:
        return SendResult(SendStatus.REJECTED, told, of_sender=True)
    if status == _BAD_REQUEST and _about_a_reader(body):
        cause = refusal_cause(words)
        return SendResult(SendStatus.REJECTED, told, of_sender=cause is RefusalCause.SENDER)
    todo = advice(status, words)
    if status in _PERHAPS_OF_ONE:
        raise WholeRequestError(told, todo, of_account=of_account is not None)
    raise ProviderRefusalError(f"{told}; {todo}")


def result_of_no_answer(error: requests.RequestException) -> SendResult:
    """The result of a request without a status: surely not taken where no server was reached.

    Raises:
        TransportDownError: the address or its certificate is wrong.
    """
    if isinstance(error, ValueError):
        raise TransportDownError(f"transport.base_url: {brief(error)}") from error
    parts = list(reasons(error))
    words = brief(parts[-1])
    if isinstance(error, LostAnswerError) or any(isinstance(part, _BROKEN) for part in parts):
        return SendResult(SendStatus.UNCERTAIN, f"the connection to SendGrid broke: {words}")
    if any(isinstance(part, ssl.SSLError) or _is_no_name(part) for part in parts):
        raise TransportDownError(f"SendGrid cannot be used: {words}; see transport.base_url")
    if any(isinstance(part, _NEVER_REACHED) for part in parts):
        return SendResult(SendStatus.TRY_LATER, f"SendGrid cannot be reached: {words}")
    if isinstance(error, requests.Timeout):
        return SendResult(SendStatus.UNCERTAIN, "SendGrid did not answer in time")
    return SendResult(SendStatus.UNCERTAIN, f"SendGrid's answer was lost: {words}")


def _is_no_name(error: BaseException) -> bool:
    return isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME


def named_personalizations(detail: bytes) -> list[int]:
    """The places of the personalizations that a refusal names, each once."""
    found = (re.match(r"personalizations\.(\d{1,6})\b", field) for field, _ in _errors(detail))
    return sorted({int(match[1]) for match in found if match})


def counted_requests(body: bytes) -> int | None:
    """How many mails the statistics of a category count as requested; None where unreadable.

    https://www.twilio.com/docs/sendgrid/api-reference/categories/retrieve-email-statistics-for-categories
    """
    try:
        days = json.loads(body)
        return sum(int(stat["metrics"]["requests"]) for day in days for stat in day["stats"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _asked_wait(error: HTTPError, now_s: float) -> float | None:
    """How long to wait: until the later of X-RateLimit-Reset and Retry-After, and a little.

    The little differs from sender to sender, so that they come back at different moments. None
    where the answer names no time, except after a 429.
    """
    headers = error.headers or {}
    said_s, usual_s = [retry_after_s(headers) or math.nan], None
    if error.status_code == _TOO_MANY:  # the limit says nothing of any other trouble
        said_s.append(_number(headers.get("X-RateLimit-Reset", "")) - now_s)  # since 1970
        usual_s = _USUAL_WAIT_S
    wait_s = max(filter(math.isfinite, said_s), default=usual_s)
    if wait_s is None:
        return None
    wait_s = min(max(wait_s, 0.0), _LONGEST_WAIT_S)
    return wait_s + random.uniform(0.5, 3.0)  # noqa: S311 - an offset in time, not a secret


def _number(text: str) -> float:
    """The number; NaN where it is not one."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _about_a_reader(body: bytes) -> bool:
    fields = [field for field, _ in _errors(body)]
    return bool(fields) and all(field.startswith("personalizations") for field in fields)


def words_of(body: bytes) -> str:
    """SendGrid's words on an error; empty where the body is not its own."""
    said = "; ".join(f"{field} {message}".strip() for field, message in _errors(body))
    return brief(said) if said else ""


def _errors(body: bytes) -> list[tuple[str, str]]:
    """The field and the message of each error; empty where the body is not SendGrid's."""
    try:
        return [
            (str(error.get("field") or ""), str(error["message"]))
            for error in json.loads(body)["errors"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
