"""Public pages as bytes: made once for each state of the archive, then served as they are.

A browser that has the page already is told so before it is made. While one thread makes a page
anew, the others serve the last one.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from flask import Response, current_app, request

from newsletter import paths
from newsletter.config import Settings
from newsletter.web.pages import SCRIPT_POLICY, chosen_language, pages

_MOST_BYTES = 64 * 1024 * 1024  # of all pages together, in each process
A_WHILE = "public, max-age=300"
KEPT_PAGES = "newsletter.kept_pages"


@dataclass(frozen=True)
class KeptPage:
    """One page, as it is sent."""

    etag: str
    body: bytes
    gzipped: bytes

    @property
    def size(self) -> int:
        return len(self.body) + len(self.gzipped)


class KeptPages:
    """The pages that were asked for last, within a bound of memory."""

    def __init__(self, settings: Settings) -> None:
        self._site = _fingerprint(settings)
        self._pages: OrderedDict[tuple[str, ...], KeptPage] = OrderedDict()
        self._lock = Lock()
        self._making = Lock()

    def answer(
        self,
        name: tuple[str, ...],
        state: object,
        make: Callable[[], bytes],
        mimetype: str = "text/html",
    ) -> Response:
        """The page of that name as of that state, by `make` where it is not kept.

        `state` is whatever the page changes with, beside the configuration and the templates.
        """
        etag = sha256(f"{self._site}\n{name}\n{state}".encode()).hexdigest()[:20]
        headers = {"Cache-Control": A_WHILE, "Vary": "Accept-Encoding, Accept-Language"}
        if request.if_none_match.contains_weak(etag):
            answer = Response(status=304, headers=headers)
        else:
            page = self._find(name, etag) or self._make(name, etag, make)
            etag = page.etag
            if request.accept_encodings["gzip"] > 0:
                headers["Content-Encoding"] = "gzip"
            body = page.gzipped if "Content-Encoding" in headers else page.body
            answer = Response(body, mimetype=mimetype, headers=headers)
        answer.set_etag(etag, weak=True)  # the same for both encodings
        return answer

    def _find(self, name: tuple[str, ...], etag: str | None = None) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(name)
            if page is None or etag not in (None, page.etag):
                return None
            self._pages.move_to_end(name)
            return page

    def _make(self, name: tuple[str, ...], etag: str, make: Callable[[], bytes]) -> KeptPage:
        """Make a page, one at a time: several would slow each other, and readers who leave."""
        of_a_moment_ago = self._find(name)
        if not self._making.acquire(blocking=of_a_moment_ago is None) and of_a_moment_ago:
            return of_a_moment_ago
        try:
            page = self._find(name, etag)
            if page is None:
                body = make()
                page = KeptPage(etag, body, gzip.compress(body, 6, mtime=0))
                self._keep(name, page)
            return page
        finally:
            self._making.release()

    def _keep(self, name: tuple[str, ...], page: KeptPage) -> None:
        with self._lock:
            self._pages[name] = page
            self._pages.move_to_end(name)
            total = sum(kept.size for kept in self._pages.values())
            while total > _MOST_BYTES:
                total -= self._pages.popitem(last=False)[1].size


def kept_page(state: object, make: Callable[[], str], *, has_script: bool = False) -> Response:
    """A page in the visitor's language; `has_script` lets it load ours."""
    name = (request.path, pages.language().language, chosen_language() or "")
    answer = _kept_pages().answer(name, state, lambda: make().encode())
    if has_script:
        answer.headers["Content-Security-Policy"] = SCRIPT_POLICY
    return answer


def kept_file(state: object, make: Callable[[], bytes], mimetype: str) -> Response:
    """Answer with a file that is the same in every language."""
    return _kept_pages().answer((request.path,), state, make, mimetype)


def _kept_pages() -> KeptPages:
    kept: KeptPages = current_app.extensions[KEPT_PAGES]
    return kept


def _fingerprint(settings: Settings) -> str:
    """A fingerprint of the program, the configuration and the templates of all pages."""
    shown = settings.model_dump_json(
        include={
            "site": {"name", "url", "postal_address"},
            "newsletters": True,
            "look": True,
            "signup": {"open"},
        }
    )
    found = sha256(f"{version('newsletter')}\n{shown}\n".encode())
    folders = [paths.templates() / "web", Path(__file__).parents[1] / "locales"]
    if settings.templates.dir is not None:
        folders.append(settings.folder / settings.templates.dir / "web")
    for folder in folders:
        for file in sorted(folder.glob("*.*")):
            found.update(file.read_bytes())
    return found.hexdigest()
