"""Mails through SendGrid's v3 API, up to 1,000 readers a request.

https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
"""

import logging
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import requests
from python_http_client.exceptions import HTTPError

from newsletter.config import Settings, combinations
from newsletter.finding import Finding
from newsletter.text import brief
from newsletter.transports.base import (
    RecordUnreadableError,
    SenderProof,
    SendObserver,
    SendResult,
    SendStatus,
    Transport,
    TransportDownError,
)
from newsletter.transports.sendgrid.bounded_client import sendgrid_client
from newsletter.transports.sendgrid.parallel import (
    MOST_REQUESTS,
    MOST_TOGETHER,
    ParallelRequests,
)
from newsletter.transports.sendgrid.refused_parts import (
    RequestParts,
    Results,
    references,
    refused_alone,
)
from newsletter.transports.sendgrid.request_bodies import (
    LARGEST_REQUEST,
    MOST,
    EncodedRequest,
    encode_request,
)
from newsletter.transports.sendgrid.responses import (
    TOO_LARGE,
    WholeRequestError,
    counted_requests,
    named_personalizations,
    result_of_error,
    result_of_no_answer,
)

if TYPE_CHECKING:
    from newsletter.rendering.message import Message

_ACCEPTED = 202
_SELECTORS = ("s1", "s2")  # of its domain authentication
_RECORD_WITHIN_S = 10.0
_A_DAY = timedelta(days=1)  # its days are its own time zone's


def from_settings(settings: Settings) -> "SendGrid":
    combinations.check_sendgrid(settings.transport)
    key = settings.transport.api_key.get_secret_value()
    return SendGrid(key, settings.transport.base_url, settings.transport.timeout_s)


@dataclass
class _Response:
    """The answer to a request; `places` are the personalizations that a refusal names."""

    result: SendResult
    places: list[int] = field(default_factory=list)
    failure: WholeRequestError | None = None  # where it may meet everybody


class SendGrid(Transport):
    """Readers of the same content share a request; their own values are its substitutions."""

    at_once = MOST_TOGETHER
    shares_requests = True

    @classmethod
    def sender_proof(cls, settings: Settings) -> SenderProof:
        del settings
        place = "Settings, Sender Authentication"
        return SenderProof(provider="SendGrid", selectors=_SELECTORS, place=place)

    @classmethod
    def unheard(cls, settings: Settings) -> str:
        if settings.feedback.sendgrid_public_key:
            return ""
        return "nobody hears SendGrid's events: set feedback.sendgrid_public_key (docs/feedback.md)"

    def __init__(
        self,
        api_key: str,
        base_url: str,
        timeout_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        logging.getLogger("python_http_client.client").addFilter(_without_secrets)
        self._client = sendgrid_client(api_key, base_url)
        self._timeout_s = timeout_s
        self._clock = clock
        self._requests = ParallelRequests(self._send_alike)
        self._most = MOST  # readers that a request may be for, as far as is known
        self._largest_taken = 0  # readers of a request
        self._put_off: frozenset[str] = frozenset()  # by reference; not taken since

    def stream(
        self, chunks: Iterable[Sequence["Message"]], watch: SendObserver
    ) -> Generator[tuple["Message", SendResult]]:
        """A few requests at a time; only the mails of those under way are begun."""
        self._most = MOST
        with ThreadPoolExecutor(MOST_REQUESTS) as pool:
            yield from self._requests.send(chunks, watch, pool)

    def taken(self, campaign: str, day: date) -> int | None:
        """SendGrid's count for that category; it comes some minutes late.

        Raises:
            RecordUnreadableError: the key lacks the right to ask, or there is no answer.
        """
        try:
            response = self._client.categories.stats.get(
                query_params={"start_date": f"{day - _A_DAY}", "categories": campaign},
                timeout=min(self._timeout_s, _RECORD_WITHIN_S),
            )
            return counted_requests(response.body)
        except (HTTPError, OSError, ValueError) as error:  # no right to ask, or no answer
            raise RecordUnreadableError(
                f"SendGrid's statistics cannot be read ({brief(error)}; `newsletter check` tries"
                " the key)"
            ) from error

    def check_health(self, settings: Settings, now: datetime) -> Iterable[Finding]:
        from newsletter.transports.sendgrid import health

        yield from health.check(settings.transport, now)

    def _send_alike(self, mails: Sequence["Message"], watch: SendObserver) -> Results:
        """One request; where it is refused for some of its readers, as few more as possible."""
        parts, looks = RequestParts(mails), False
        while (part := parts.next(self._most)) is not None:
            answer = self._post(part.mails)
            result = answer.result
            if result.status is SendStatus.ACCEPTED:
                self._largest_taken = max(self._largest_taken, len(part.mails))
                if self._put_off:
                    self._put_off -= references(part.mails)
                yield from parts.take(part, result)
            elif result.status is SendStatus.UNCERTAIN:
                yield from ((mail, result) for mail in part.mails)
                unasked = SendResult(SendStatus.TRY_LATER, result.detail)
                yield from ((mail, unasked) for mail in parts.take_all())
            elif result.status is SendStatus.REJECTED:
                yield from parts.reject(part, result, answer.places)
            elif looks or self._may_be_of_some(mails, answer, watch):
                looks = True
                if not parts.look_into(part, result):
                    yield from self._stop(parts.take_all(), answer, watch)
            else:
                parts.put_back([part])
                yield from self._stop(parts.take_all(), answer, watch)
        yield from parts.blame()
        if self._largest_taken < len(mails):
            self._most = parts.largest_size or self._most

    def _may_be_of_some(
        self, mails: Sequence["Message"], answer: _Response, watch: SendObserver
    ) -> bool:
        """Whether a refusal of all these mails may be about some of them, or about their number.

        A "not now" is waited out, unless smaller requests were taken or these mails put off before.
        """
        return (
            answer.failure is not None
            or 0 < self._largest_taken < len(mails)
            or not self._put_off.isdisjoint(references(mails))
            or all(map(watch.refused_before, mails))
        )

    def _stop(self, mails: Sequence["Message"], answer: _Response, watch: SendObserver) -> Results:
        """Stop sending. Readers who were all refused before are refused for their own sake.

        Raises:
            TransportDownError: it would meet every reader for good.
        """
        result = answer.result
        if all(map(watch.refused_before, mails)):
            result = refused_alone(result)
        elif answer.failure is not None and (len(mails) > 1 or answer.failure.of_account):
            raise answer.failure
        else:
            self._put_off |= references(mails)
            words = result.detail if answer.failure is None else str(answer.failure)
            result = replace(result, detail=words, maybe_of_domain=len(mails) == 1)
        yield from ((mail, result) for mail in mails)

    def _post(self, mails: Sequence["Message"]) -> _Response:
        body = encode_request(mails)
        if len(body) > LARGEST_REQUEST:
            return _refuse_too_large(mails, body)
        try:
            return _Response(self._outcome(body))
        except HTTPError as error:
            if error.status_code == TOO_LARGE:  # of one reader: theirs is the large one
                self._most = min(self._most, len(mails) // 2) or MOST
            return self._refused(error)
        except requests.RequestException as error:
            return _Response(result_of_no_answer(error))
        except (OSError, ValueError) as error:  # no file of certificates, a host that is no name
            raise TransportDownError(f"SendGrid cannot be used: {brief(error)}") from error

    def _refused(self, error: HTTPError) -> _Response:
        try:
            result = result_of_error(error, self._clock())
        except WholeRequestError as failure:
            return _Response(failure.result, failure=failure)
        return _Response(result, named_personalizations(error.body))

    def _outcome(self, body: EncodedRequest) -> SendResult:
        response = self._client.mail.send.post(
            request_body=body,
            # Under this name the package takes the body as it is; its own JSON is slower.
            request_headers={"Content-Type": "application/json; charset=utf-8"},
            timeout=self._timeout_s,
        )
        if response.status_code != _ACCEPTED:  # after a redirect, or by a proxy
            words = f"HTTP {response.status_code} is no answer of SendGrid's"
            return SendResult(SendStatus.UNCERTAIN, words)
        return SendResult(SendStatus.ACCEPTED, provider_id=response.headers.get("X-Message-Id"))


def _refuse_too_large(mails: Sequence["Message"], body: EncodedRequest) -> _Response:
    """To be divided, as a request that one personalization makes bad."""
    if len(mails) > 1:
        return _Response(SendResult(SendStatus.REJECTED, "more than SendGrid takes in a request"))
    raise TransportDownError(
        f"a mail of {len(body) >> 20} MB is more than SendGrid takes; nobody is marked"
    )


def _without_secrets(record: logging.LogRecord) -> bool:
    """The package logs its authorization header and every recipient at DEBUG."""
    return record.levelno > logging.DEBUG
