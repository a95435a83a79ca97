"""Answers that arXiv may say have not changed, kept with what it takes to ask (RFC 9110, 13.1)."""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import requests
from requests.structures import CaseInsensitiveDict

from newsletter.file_writing import replace_file
from newsletter.paths import make_private_folder, try_private_folder
from newsletter.sources.base import SourceError
from newsletter.sources.response_types import response_type

_VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_SUFFIX = ".answer"
_MOST = 400
_MOST_BYTES = 16_000_000
_LONGEST_S = 3 * 86_400.0


@dataclass(frozen=True)
class CachedResponse:
    """An answer with 200, as it came."""

    headers: CaseInsensitiveDict[str]
    body: bytes
    came_at: float  # both by the clock of whoever kept it
    fresh_until: float  # then it must be asked about; 0 where it always must

    def conditions(self) -> dict[str, str]:
        """The headers that ask whether it is still the same."""
        return {
            condition: self.headers[validator]
            for validator, condition in _VALIDATORS.items()
            if _bears(self.headers, validator)
        }

    def answer(self, request: requests.PreparedRequest) -> requests.Response:
        """The answer again, as if it had come now."""
        response = requests.Response()
        response.status_code, response.reason = requests.codes.ok, "OK"
        response.headers = self.headers.copy()
        response.encoding = requests.utils.get_encoding_from_headers(self.headers)
        response._content = self.body  # noqa: SLF001 - requests has no public way to make one
        response.url, response.request = request.url or "", request
        return response


class ResponseCache:
    """Kept answers by address. Whatever happens to their files, nobody's request fails by it."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def recall(self, url: str) -> CachedResponse | None:
        """The answer that was kept of an address, if it is whole and not too old."""
        file = self._file(url)
        try:
            if self._is_old(file):
                return None
            digest, head, body = file.read_bytes().split(b"\n", 2)
            if digest != _digest(head, body):
                return None
            told = json.loads(head)
            if told["url"] != url:
                return None
            headers = CaseInsensitiveDict[str](told["headers"])
            return CachedResponse(headers, body, told["came_at"], told["fresh_until"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def fresh(self, url: str) -> CachedResponse | None:
        """A kept answer that need not be asked for again yet."""
        kept, now = self.recall(url), self._clock()
        return kept if kept is not None and kept.came_at <= now < kept.fresh_until else None

    def came_since(self, url: str, began: float) -> CachedResponse | None:
        """The answer that came, to whichever process, since somebody `began` to want it."""
        kept = self.recall(url)
        return kept if kept is not None and began < kept.came_at <= self._clock() else None

    def keep(self, url: str, response: requests.Response, fresh_until: float = 0.0) -> None:
        """Keep an answer, which outdates another of that address."""
        headers, body, now = response.headers, response.content, self._clock()
        if len(body) > _MOST_BYTES:
            self.forget(url)
            return
        told = {"url": url, "headers": dict(headers), "came_at": now, "fresh_until": fresh_until}
        head = json.dumps(told).encode()
        with suppress(OSError):
            make_private_folder(self._folder)
            content = b"\n".join((_digest(head, body), head, body))
            replace_file(self._file(url), content, durable=False)
            os.utime(self._file(url), (now, now))  # the file system may go by another one
            self._prune()

    def forget(self, url: str) -> None:
        with suppress(OSError):
            self._file(url).unlink()

    def _file(self, url: str) -> Path:
        return self._folder / (hashlib.sha256(url.encode()).hexdigest() + _SUFFIX)

    def _is_old(self, file: Path) -> bool:
        return abs(self._clock() - file.stat().st_mtime) > _LONGEST_S

    def _prune(self) -> None:
        files = {file: file.stat().st_mtime for file in self._folder.glob(f"*{_SUFFIX}*")}
        newest_first = sorted(files, key=lambda file: files[file], reverse=True)
        for number, file in enumerate(newest_first):
            if number >= _MOST or self._is_old(file):
                file.unlink(missing_ok=True)


def is_worth_keeping(response: requests.Response) -> bool:
    """A web page that came instead of the answer might be confirmed for days."""
    return (
        response.status_code == requests.codes.ok
        and "no-store" not in response.headers.get("Cache-Control", "").lower()
        and response_type(response.content) is not None
    )


def _bears(headers: CaseInsensitiveDict[str], validator: str) -> bool:
    """A value that is folded over lines or holds bytes beyond ASCII is not sent back."""
    value = headers.get(validator, "")
    return bool(value) and value.isascii() and value.isprintable()


def _digest(head: bytes, body: bytes) -> bytes:
    return hashlib.sha256(head + b"\n" + body).hexdigest().encode()


# The folder that all `newsletter` processes of this machine's user share.

VARIABLE = "NEWSLETTER_CACHE_DIR"
_NAME = "newsletter"


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder, made and tried; the user's cache, or one in the temporary folder.

    A folder that the variable names has no substitute: two processes must not end up in two.

    Raises:
        SourceError: nothing can be written there.
    """
    named = environ.get(VARIABLE)
    candidates = [Path(named).absolute()] if named else list(_usual_places())
    for folder in candidates:
        with suppress(OSError):
            _try_own_folder(folder)
            return folder
    raise SourceError(
        f"{candidates[-1]}: cannot be written, and requests to arXiv are paced there;"
        f" {VARIABLE} names another folder"
    )


def _usual_places() -> Iterator[Path]:
    usual = platformdirs.user_cache_path(_NAME, appauthor=False)
    if usual.is_absolute():  # it is not where the user has no home
        yield usual
    user = os.getuid() if hasattr(os, "getuid") else "user"  # Windows has a folder a user
    yield Path(tempfile.gettempdir()) / f"{_NAME}-{user}"


def _try_own_folder(folder: Path) -> None:
    try_private_folder(folder)
    if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
        raise PermissionError("it is somebody else's")  # the temporary folder is everybody's
