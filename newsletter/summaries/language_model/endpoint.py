"""One request to an OpenAI-compatible address: bounded in time and size, its failures in words."""

import os
import threading
import time
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import requests

from newsletter.config import SummarizerSettings
from newsletter.network.http_limits import DeadlineAdapter, describe_unreachable
from newsletter.summaries.language_model.diagnosis import CHAT, Diagnosis, base_address, diagnose
from newsletter.summaries.language_model.endpoint_quirks import EndpointQuirks, found_in
from newsletter.summaries.language_model.reply import Reply
from newsletter.text import one_line, visible

_MOST_BYTES = 1 << 20  # a sentence and a model's thoughts about it are a few kilobytes
_TOLD_CHARACTERS, _UNREAD_CHARACTERS = 200, 80  # of an error; of what is none
_PIECE = 1 << 12
_UNPACKED = ("identity", "gzip", "x-gzip", "deflate")  # some servers pack unasked
_REFUSED = (400, 422, 500, 501)  # llama.cpp answers 500 where a template knows no system role
_HIDDEN = "***"
_NOT_REACHED = "look at summarizer.base_url, and at the server's log"


class NoReplyError(Exception):
    """Nothing came back that could be read; its text says why."""


class Endpoint:
    """The address of a model; may be asked by several threads at once."""

    def __init__(self, settings: SummarizerSettings) -> None:
        self._settings = settings
        self._key = settings.api_key.get_secret_value()
        self._quirks = EndpointQuirks()
        self._of_thread = threading.local()  # a deadline cuts the connections of one thread only
        self._sessions: list[requests.Session] = []

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    def chat(self, messages: list[dict[str, str]]) -> Reply:
        """Ask for a completion, without what the endpoint has said that it does not take.

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
        tried: frozenset[str] = frozenset()
        while True:  # every turn leaves out more
            fitted = self._quirks.fit(body, tried)
            reply = self.ask("POST", CHAT, fitted)
            if reply.is_success:
                self._quirks.learn(tried)
            told = reply.content.decode(errors="replace")
            found = found_in(told, fitted) if reply.status in _REFUSED else frozenset()
            if not found:
                return reply
            tried |= found

    def ask(self, method: str, path: str, body: object = None) -> Reply:
        """As `chat`, whatever is asked."""
        base_url, mark, query = base_address(self._settings.base_url).partition("?")
        url = f"{base_url}{path}{mark}{query}"
        started_s = time.monotonic()
        session, adapter = self._connections()
        timeout_s = self._settings.timeout_s
        try:
            with (
                adapter.within(timeout_s),
                session.request(
                    method, url, json=body, timeout=timeout_s, allow_redirects=False, stream=True
                ) as response,
            ):
                content = _content(response)
        except requests.RequestException as error:
            raise NoReplyError(self._in_words(error)) from error
        except OSError as error:  # the file of certificates is not there
            raise NoReplyError(one_line(str(error))) from error
        except ValueError as error:  # urllib3 on a host that is no name
            raise NoReplyError("nobody can be asked at summarizer.base_url") from error
        return Reply(response.status_code, response.headers, content, time.monotonic() - started_s)

    def describe(self, reply: Reply) -> str:
        """An answer that is no completion, in one line: status and what it says of itself."""
        raw = reply.content.decode(errors="replace")[:_UNREAD_CHARACTERS]
        text = self._line(reply.error.message or raw)
        location = reply.headers.get("location", "")
        leads = f" (leads to {self._line(location)})" if location else ""
        told = f"HTTP {reply.status}{leads}: {text}"[:_TOLD_CHARACTERS].rstrip(": ")
        later = f", and not to come again for {reply.retry_after_s:.0f} s"
        return told + (later if reply.asks_for_too_long else "")

    def diagnose(self, reply: Reply) -> Diagnosis | None:
        """What it means, where it is no completion."""
        return diagnose(self._settings, reply)

    def _line(self, words: str) -> str:
        """A stranger's words without line breaks, the key, and what nobody sees."""
        line = visible(one_line(words))
        return line.replace(self._key, _HIDDEN) if self._key else line

    def _connections(self) -> tuple[requests.Session, DeadlineAdapter]:
        """Those of the thread that asks."""
        try:
            session, adapter = self._of_thread.connections
        except AttributeError:
            session, adapter = requests.Session(), DeadlineAdapter()
            for scheme in ("http://", "https://"):
                session.mount(scheme, adapter)
            session.auth = self._authorize
            # As OpenSSL calls them; where REQUESTS_CA_BUNDLE is set, requests takes that.
            session.verify = os.getenv("SSL_CERT_FILE") or os.getenv("SSL_CERT_DIR") or True
            self._sessions.append(session)
            self._of_thread.connections = session, adapter
        return session, adapter

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """As the session's `auth`, lest requests take what a ~/.netrc says of that host."""
        request.headers.update({"Accept-Encoding": "identity", "Accept": "application/json"})
        if self._key and self._is_azure:
            request.headers["api-key"] = self._key
        elif self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request

    @property
    def _is_azure(self) -> bool:
        """Azure wants the key under another name, on whatever host its gateway stands."""
        parts = urlsplit(self._settings.base_url)
        return "api-version=" in parts.query or f".{parts.hostname}".endswith(".azure.com")

    def _in_words(self, error: requests.RequestException) -> str:
        timeout_s = self._settings.timeout_s
        is_late = isinstance(error, requests.Timeout)
        remedy = " (summarizer.timeout_s)" if is_late else f"; {_NOT_REACHED}"
        host = urlsplit(self._settings.base_url).netloc
        return f"{host} {describe_unreachable(error, timeout_s)}{remedy}"


def _content(response: requests.Response) -> bytes:
    """What is read, but not without bound."""
    packed = response.headers.get("Content-Encoding", "identity").lower()
    if packed not in _UNPACKED:
        raise NoReplyError(f"the answer is packed ({one_line(packed)}), which was not asked for")
    content = bytearray()
    for part in response.iter_content(_PIECE):  # small: what is packed unfolds a thousandfold
        content += part
        if len(content) > _MOST_BYTES:
            raise NoReplyError(f"the answer is larger than {_MOST_BYTES >> 20} MB")
    return _in_utf_8(bytes(content), response.headers.get("Content-Type", ""))


def _in_utf_8(content: bytes, content_type: str) -> bytes:
    """What says that it is in another encoding; JSON should not be (RFC 8259, 8.1)."""
    header = Message()
    header["Content-Type"] = one_line(content_type)
    charset = header.get_content_charset("utf-8")
    try:
        return content if charset == "utf-8" else content.decode(charset, "replace").encode()
    except (LookupError, UnicodeError):  # no encoding of Python's, or none of texts
        return content
