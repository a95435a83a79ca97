"""A person with a real browser: sign up, confirm, choose, pause, leave, undo, be erased."""

import os
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from playwright.sync_api import Page

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.models import Standing
from tests.gates.browser import PAGE_WIDTHS, Eyes, Scheme, opened_eyes
from tests.serving import Running
from tests.web.conftest import Hand, Site, opened, path_of

pytestmark = pytest.mark.slow

ADA, USER = "ada@reader.example", "用户@reader.example"


@pytest.fixture(scope="module")
def eyes() -> Iterator[Eyes]:
    with opened_eyes() as opened_:
        yield opened_


@pytest.fixture
def site(two: Settings) -> Iterator[Site]:
    yield from opened(two, Hand())


class _Server(Running, ThreadingMixIn, WSGIServer):
    """Unlike Werkzeug's, it closes an answer also when the browser has hung up."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where a browser finds the site."""
    with _Server(("127.0.0.1", 0), _Quiet) as server:
        server.set_app(site.client.application)
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize(("width", "who"), list(zip(PAGE_WIDTHS, (ADA, USER), strict=True)))
def test_a_whole_life(eyes: Eyes, site: Site, address: str, width: int, who: str) -> None:
    """With NEWSLETTER_PICTURES=FOLDER, a picture of each page after its button is kept there."""
    pictures = os.environ.get("NEWSLETTER_PICTURES")

    def press(page: Page, words: str) -> None:
        site.clock.pass_by(seconds=5)
        page.get_by_role("button", name=words, exact=True).click()
        if pictures:
            page.screenshot(path=Path(pictures) / f"{width} {words}.png")

    def sign_up(page: Page, _: list[str]) -> str:
        page.get_by_role("checkbox", name="Speech & Text").check()
        page.get_by_label("Your e-mail address").fill(who)
        press(page, "Sign up")
        return page.get_by_role("heading", level=1).inner_text()

    assert eyes.visit(f"{address}/?lang=en", sign_up, width) == "Look into your inbox"
    site.work()
    link = path_of(site.link(site.sent[0], "confirm"))

    def confirm(page: Page, _: list[str]) -> str:
        press(page, "Confirm")
        return page.get_by_role("heading", level=1).inner_text()

    assert eyes.visit(f"{address}{link}?lang=en", confirm, width) == "You are in"
    ada = site.subscriber(who)
    assert ada is not None
    assert ada.standing == Standing.CONFIRMED
    links = bootstrap.signed_links(site.settings)
    preferences = path_of(links.preferences(ada.id, who))

    def choose(page: Page, _: list[str]) -> tuple[str, str]:
        page.get_by_role("checkbox").first.check()
        page.get_by_label("How much of each paper").last.select_option("titles")
        page.get_by_label("No mail up to and including").fill("2025-08-01")
        press(page, "Save")
        told = page.get_by_role("status").inner_text()
        return told, page.get_by_label("No mail up to and including").input_value()

    saved = eyes.visit(f"{address}{preferences}?lang=en", choose, width)
    assert saved == ("Saved. It holds from the next issue on.", "2025-08-01")
    assert site.held(who) == {"audio", "text"}

    def leave(page: Page, _: list[str]) -> str:
        press(page, "Leave all newsletters")
        assert page.get_by_role("heading", level=1).inner_text() == "You are out"
        press(page, "Undo")
        return page.get_by_role("heading", level=1).inner_text()

    unsubscribe = path_of(links.unsubscribe(ada.id, "text"))
    assert eyes.visit(f"{address}{unsubscribe}?lang=en", leave, width) == "You are in again"
    assert site.held(who) == {"audio", "text"}

    def erase(page: Page, _: list[str]) -> str:
        page.get_by_role("link", name="Erase me").click()
        press(page, "Erase me")
        return page.get_by_role("heading", level=1).inner_text()

    assert eyes.visit(f"{address}{preferences}?lang=en", erase, width) == "You are erased"
    assert site.subscriber(who) is None


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 360, "light"), ("en", 1280, "dark"), ("zh", 360, "dark")],
)
def test_no_page_has_a_fault(
    eyes: Eyes, site: Site, address: str, language: str, width: int, scheme: Scheme
) -> None:
    ada = site.confirmed(ADA)
    links = bootstrap.signed_links(site.settings)
    preferences = path_of(links.preferences(ada.id, ADA))
    pages = ("/", "/audio", preferences, f"{preferences}/address", f"{preferences}/erase", "/nope")
    faults = [
        (page, fault)
        for page in pages
        for fault in eyes.look(f"{address}{page}?lang={language}", width, scheme).faults
    ]
    assert not faults
