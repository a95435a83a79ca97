"""One request to an OpenAI-compatible address: bounded in time and size, its failures in words."""

import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from newsletter.config import SummarizerSettings
from newsletter.text import one_line

_MOST_BYTES = 1 << 20  # a sentence and a model's thoughts about it are a few kilobytes
_TOLD_CHARACTERS = 200
_HIDDEN = "***"


class NoReplyError(Exception):
    """Nothing came back that could be read; its text says why."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes
    seconds: float

    @property
    def is_success(self) -> bool:
        return self.status == httpx.codes.OK

    @property
    def asked_to_wait_s(self) -> float:
        """The seconds that `Retry-After` asks for; a date there counts from the answer's own."""
        asked = self.headers.get("retry-after", "").strip()
        if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,3})?", asked):
            return float(asked)
        try:
            now = parsedate_to_datetime(self.headers.get("date", ""))
            return max(0.0, (parsedate_to_datetime(asked) - now).total_seconds())
        except (ValueError, TypeError, IndexError, OverflowError):
            return 0.0


class Endpoint:
    """The address of a model; may be asked by several threads at once."""

    def __init__(self, settings: SummarizerSettings) -> None:
        self._settings = settings
        self._key = settings.api_key.get_secret_value()
        # Packed bodies could unfold without bound.
        headers = {"Accept-Encoding": "identity", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        self._client = httpx.Client(headers=headers, timeout=settings.timeout_s)

    def close(self) -> None:
        self._client.close()

    def chat(self, messages: list[dict[str, str]]) -> Reply:
        """Ask for a completion.

        Raises:
            NoReplyError: the address was not reached, or its answer cannot be read.
        """
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": messages,
            **self._settings.options,
        }
        if self._settings.temperature is not None:
            body["temperature"] = self._settings.temperature
        return self.ask("POST", "/chat/completions", body)

    def ask(self, method: str, path: str, body: object = None) -> Reply:
        """As `chat`, whatever is asked."""
        url = f"{self._settings.base_url}{path}"
        begun = time.monotonic()
        try:
            with self._client.stream(method, url, json=body) as response:
                content = b"".join(self._parts(response, begun))
        except httpx.HTTPError as error:
            raise NoReplyError(self._in_words(error)) from error
        seconds = time.monotonic() - begun
        return Reply(response.status_code, response.headers, content, seconds)

    def told(self, reply: Reply) -> str:
        """An answer that is no completion, in one line: status and what it says of itself."""
        text = one_line(_message(reply.content) or reply.content.decode(errors="replace"))
        if self._key:
            text = text.replace(self._key, _HIDDEN)
        location = reply.headers.get("location", "")
        leads = f" (leads to {one_line(location)})" if location else ""
        return f"HTTP {reply.status}{leads}: {text}"[:_TOLD_CHARACTERS].rstrip(": ")

    def _parts(self, response: httpx.Response, begun: float) -> Iterator[bytes]:
        """What is read; the client's own time-out starts again with every byte."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise NoReplyError("the answer is packed, which was not asked for")
        size = 0
        for part in response.iter_raw():
            size += len(part)
            if size > _MOST_BYTES:
                raise NoReplyError(f"the answer is larger than {_MOST_BYTES >> 20} MB")
            if time.monotonic() - begun > self._settings.timeout_s:
                raise NoReplyError(self._late)
            yield part

    @property
    def _late(self) -> str:
        return f"no answer within {self._settings.timeout_s:g} s (summarizer.timeout_s)"

    def _in_words(self, error: httpx.HTTPError) -> str:
        host = urlsplit(self._settings.base_url).netloc
        if isinstance(error, httpx.ConnectTimeout):
            return f"{host} takes no connection; is its address right, does a firewall keep it?"
        if isinstance(error, httpx.TimeoutException):
            return self._late
        if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
            return f"{host} cut its answer off"
        return f"{host} {_unconnected(error)}"


def _unconnected(error: httpx.HTTPError) -> str:
    """Why no connection came about."""
    cause = _cause(error)
    if isinstance(error, httpx.ProxyError):
        return f"cannot be reached through the proxy: {one_line(str(error))[:80]}"
    if isinstance(cause, socket.gaierror):
        return "has no address in the DNS; is summarizer.base_url right, is this machine online?"
    if isinstance(cause, ssl.SSLError):
        return f"cannot be reached: no secure connection, {_reason(cause)}"
    if isinstance(cause, ConnectionRefusedError):
        return "cannot be reached: nobody listens there; does the server run?"
    return f"cannot be reached: {one_line(str(error))[:80]}"


def _cause(error: BaseException) -> BaseException:
    """What is at the bottom of it."""
    inner = error.__cause__ or error.__context__
    return error if inner is None else _cause(inner)


def _reason(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or one_line(error.reason or str(error)).lower()


def _message(content: bytes) -> str:
    """What providers put into `error`, or `message`, or `detail`."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "detail"):
        if isinstance(told, dict) and name in told:
            told = told[name]
    return told if isinstance(told, str) else ""
