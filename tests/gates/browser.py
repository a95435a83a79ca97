"""A real browser for tests: what a page shows, asks for and gets wrong.

The browser lives in a thread of its own, since Playwright keeps an event loop running in whichever
thread it is used from, and other tests want theirs free.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, Route, sync_playwright

from tests.gates import tools

Scheme = Literal["light", "dark"]
View = tuple[int, Scheme]  # width in pixels
Result = TypeVar("Result")

MAIL_WIDTHS = (360, 800)
PAGE_WIDTHS = (360, 1280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

_HEIGHT = 800
_PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36"
# Chromium refuses to run as root inside its sandbox; the rest keeps it from calling home.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"


@dataclass(frozen=True)
class Look:
    """What was seen of one page at one width in one colour scheme."""

    violations: tuple[str, ...]  # axe-core's rule, and the first element that breaks it
    overflow: int  # pixels that a reader would have to scroll sideways
    remote: tuple[str, ...]  # addresses asked for that are not the page's own; none was let through
    height: int

    @property
    def faults(self) -> list[str]:
        """Everything that a gate holds against the page."""
        sideways = [f"scrolls {self.overflow} px sideways"] if self.overflow > 0 else []
        return [*self.violations, *sideways, *(f"asks for {each}" for each in self.remote)]


class Eyes:
    """A running browser. `page` is a whole HTML text, or an http or file address."""

    def __init__(self, browser: Browser, thread: ThreadPoolExecutor, axe: str) -> None:
        self._browser = browser
        self._thread = thread
        self._axe = axe

    def look(self, page: str, width: int = 360, scheme: Scheme = "light") -> Look:
        """Open a page and judge it."""
        return self.looks(page, [(width, scheme)])[0]

    def looks(self, page: str, views: Sequence[View]) -> list[Look]:
        """Open a page once, which takes a browser long, and judge it in each of these views."""

        def judged(opened: Page, remote: list[str]) -> list[Look]:
            opened.evaluate(self._axe)
            return [_judged(opened, remote, view) for view in views]

        return self.visit(page, judged, *views[0])

    def picture(
        self, page: str, width: int = 360, scheme: Scheme = "light", scale: float = 1
    ) -> bytes:
        """A PNG of the whole page."""
        return self.visit(
            page, lambda opened, _: opened.screenshot(full_page=True), width, scheme, scale
        )

    def visit(
        self,
        page: str,
        act: Callable[[Page, list[str]], Result],
        width: int = 360,
        scheme: Scheme = "light",
        scale: float = 1,
    ) -> Result:
        """Open a page and do something in it; `act` runs in the browser's thread.

        It gets the page and the list of remote addresses asked for so far.
        """
        return self._thread.submit(self._visited, page, act, width, scheme, scale).result()

    def _visited(
        self,
        page: str,
        act: Callable[[Page, list[str]], Result],
        width: int,
        scheme: Scheme,
        scale: float,
    ) -> Result:
        viewport = {"width": width, "height": _HEIGHT}
        context = self._browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]  # a TypedDict of Playwright's own
            color_scheme=scheme,
            device_scale_factor=scale,
            reduced_motion="reduce",
            user_agent=_PERSON,
        )
        try:
            opened = context.new_page()
            is_address = page.startswith(("http://", "https://", "file://"))
            own = _origin(page) if is_address else ""
            remote: list[str] = []
            opened.route("**/*", partial(_let_through, own=own, remote=remote))
            if is_address:
                opened.goto(page)
            else:
                opened.set_content(page)
            return act(opened, remote)
        finally:
            context.close()


@contextmanager
def opened_eyes() -> Iterator[Eyes]:
    """Start the browser, once for many pages."""
    program, axe = tools.need("chromium", "axe-core")
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="browser") as thread:
        playwright, browser = thread.submit(_started, program).result()
        try:
            yield Eyes(browser, thread, Path(axe).read_text(encoding="utf-8"))
        finally:
            thread.submit(_stopped, playwright, browser).result()


def _started(program: str) -> tuple[Playwright, Browser]:
    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
    return playwright, browser


def _stopped(playwright: Playwright, browser: Browser) -> None:
    browser.close()
    playwright.stop()


def _judged(page: Page, remote: Sequence[str], view: View) -> Look:
    width, scheme = view
    page.set_viewport_size({"width": width, "height": _HEIGHT})
    page.emulate_media(color_scheme=scheme)
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(told => told.violations)")
    return Look(
        violations=tuple(map(_violation, found)),
        overflow=int(page.evaluate(_OVERFLOW)),
        remote=tuple(remote),
        height=int(page.evaluate("document.scrollingElement.scrollHeight")),
    )


def _let_through(route: Route, own: str, remote: list[str]) -> None:
    """Only what the page itself serves; anything else is noted and refused."""
    address = route.request.url
    if _origin(address) in {own, "data://"}:
        route.continue_()
        return
    remote.append(address)
    route.abort()


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _violation(found: dict[str, Any]) -> str:
    node = found["nodes"][0]
    reason = " ".join(str(node.get("failureSummary", "")).split())
    return f"{found['id']}: {json.dumps(node['html'], ensure_ascii=False)[:200]} {reason[:300]}"
