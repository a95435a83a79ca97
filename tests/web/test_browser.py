"""A person with a real browser: sign up, confirm, choose, pause, leave, undo, be erased."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from newsletter import bootstrap
from newsletter.cli.main import _run
from newsletter.config import Settings
from newsletter.interests import interest_store
from newsletter.interests.named_interest import Interest, InterestType
from newsletter.models import Standing
from newsletter.subscribers.link_claims import TuneClaim
from tests.gates.browser import PAGE_WIDTHS, Eyes, Scheme
from tests.web.conftest import Hand, Site, opened, path_of

pytestmark = pytest.mark.slow

ADA, USER = "ada@reader.example", "用户@reader.example"


def _in_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


@pytest.fixture
def site(two: Settings) -> Iterator[Site]:
    yield from opened(two, Hand())


def press_too_fast_and_again_by_enter(site: Site, page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()
    site.clock.pass_by(seconds=5)
    page.get_by_role("checkbox", name="I am a person, and I mean it").check()
    with page.expect_navigation():
        page.keyboard.press("Enter")


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
        press_too_fast_and_again_by_enter(site, page, "Confirm")
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
        press(page, "Send me the link")
        assert page.get_by_role("heading", level=1).inner_text() == "Look into your inbox"
        site.work()
        page.goto(f"{address}{path_of(site.link(site.sent[-1], 'erase'))}?lang=en")
        press(page, "Erase me")
        return page.get_by_role("heading", level=1).inner_text()

    assert eyes.visit(f"{address}{preferences}?lang=en", erase, width) == "You are erased"
    assert site.subscriber(who) is None


@pytest.mark.parametrize("width", PAGE_WIDTHS)
def test_the_whole_life_of_an_interest(
    eyes: Eyes, site: Site, address: str, width: int, tmp_path: Path
) -> None:
    assert _run(("run", "audio", "--config", str(site.settings.folder / "newsletter.toml"))) == 0
    ada = site.confirmed(ADA)
    links = bootstrap.signed_links(site.settings)
    preferences = path_of(links.preferences(ada.id, ADA))
    saved = f"{address}{preferences}/interests?lang=en&saved=1"
    file = tmp_path / "papers.bib"
    file.write_text("@article{a, title={SecureSpeech}, eprint={2507.07799}}", encoding="utf-8")

    def press(page: Page, words: str) -> None:
        site.clock.pass_by(seconds=5)
        page.get_by_role("button", name=words, exact=True).click()

    def reasons(page: Page) -> list[str]:
        return page.locator(".reason").all_inner_texts()

    def name(page: Page, _: list[str]) -> list[str]:
        page.get_by_role("link", name="What comes first for you").click()
        page.get_by_label("Authors").first.fill("Jonah Casebeer")
        page.get_by_label("Words and phrases").fill("codec")
        page.get_by_label("Or choose a file").set_input_files(file)
        press(page, "Show what would come first")
        assert "1 entry read" in page.locator(".counted").inner_text()
        shown = reasons(page)
        with site.database.read() as session:
            assert not interest_store.rows_of(session, ada.id)
        press(page, "Save")
        page.goto(saved)  # where it leads, but for the site's own name
        assert page.get_by_role("status").inner_text().startswith("Saved.")
        assert [text.partition(" · ")[0] for text in reasons(page)] == shown
        return shown

    first, *others = eyes.visit(f"{address}{preferences}?lang=en", name, width)
    assert first == "by Jonah Casebeer, whom you follow"
    assert {"mentions codecs", "a paper you like"} <= set(others)

    def change_ones_mind(page: Page, _: list[str]) -> list[str]:
        page.get_by_role("link", name="Not this one?").click()
        press(page, "Not this one")
        page.get_by_role("link", name="Back to what comes first").click()
        assert not any("whom you follow" in text for text in reasons(page))
        page.get_by_role("link", name="Less like this").first.click()
        press(page, "Less like this")
        press(page, "Undo")
        assert page.get_by_role("heading", level=1).inner_text() == "Taken back"
        page.goto(f"{address}{preferences}/interests?lang=en")
        page.get_by_role("checkbox", name="SecureSpeech").check()
        page.get_by_label("Words and phrases").fill("")
        page.get_by_label("Authors").first.fill("")
        press(page, "Save")
        page.goto(saved)
        return reasons(page)

    assert not eyes.visit(f"{address}{preferences}/interests?lang=en", change_ones_mind, width)
    with site.database.read() as session:
        assert not interest_store.rows_of(session, ada.id)


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
    assert _run(("run", "audio", "--config", str(site.settings.folder / "newsletter.toml"))) == 0
    with site.database.write.begin() as session:
        named = [Interest(InterestType.AUTHOR, "Jonah Casebeer", detail={"in": ["cs.SD"]})]
        interest_store.add(session, ada.id, named, "page", site.clock.now)
    tune = links.token_to(TuneClaim, ada.id, ADA)
    pages = (
        *("/", "/audio", preferences, f"{preferences}/address", f"{preferences}/erase", "/nope"),
        *(f"{preferences}/interests", f"/tune/{tune}/2507.07799/more"),
        f"/tune/{tune}/2507.07867/less",
        f"{preferences}/namesake/2507.07867?author=Jonah+Casebeer",
    )
    faults = [
        (page, fault)
        for page in pages
        for fault in eyes.look(_in_language(f"{address}{page}", language), width, scheme).faults
    ]
    assert not faults
