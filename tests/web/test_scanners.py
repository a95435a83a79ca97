"""A gateway that opens a mail's links in a real browser, runs scripts and presses buttons."""

import re
from contextlib import nullcontext
from email import message_from_bytes, policy
from html import unescape

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from newsletter.cli.main import _run
from newsletter.models import AddressChangeRow, SubscriberRow
from tests.gates.browser import Eyes
from tests.web.conftest import Site, path_of
from tests.web.test_button_presses import doubts, every_button
from tests.web.test_preferences import link_of
from tests.web.test_unsubscribe import leave_link

ADA, EVE, NEW, MOVED = (f"{name}@reader.example" for name in ("ada", "eve", "new", "moved"))
_ANY, _SEEN = "main button", "main button:not([tabindex='-1'])"
KINDS = {"confirm", "u", "undo", "change", "change-back"}


def mails_of_a_life(site: Site) -> None:
    """A confirm mail, a change asked for and one that was made, a goodbye with its undo."""
    site.sign_up(NEW)
    eve = site.confirmed(EVE, "audio", "text")
    site.confirmed("old@reader.example")
    site.post(f"{link_of(site, 'old@reader.example')}/address", email=MOVED)
    site.post(f"{link_of(site, ADA)}/address", email="next@reader.example")
    link = leave_link(site, eve.id)
    quick = site.client.post(path_of(link), data=every_button(site.get(link))[-2])
    site.press(quick, link)
    site.work()
    (change,) = (mail for mail in site.sent if mail.recipient == MOVED)
    change_link = site.link(change, "change")
    site.press(site.get(change_link), change_link)
    site.press(site.get(f"{link_of(site, ADA)}/data"), f"{link_of(site, ADA)}/data")
    site.work()


def links_in(site: Site) -> list[str]:
    """Every link to the site in these mails and in those of the issue, as paths."""
    texts = [text for mail in site.sent for text in (mail.html, mail.text)]
    for file in site.settings.folder.rglob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        texts += [part.get_content() for part in mail.walk() if not part.is_multipart()]
    links = re.compile(re.escape(site.settings.site.url) + r"/[^\s\"'<>)]+")
    return sorted({path_of(unescape(link)) for text in texts for link in links.findall(text)})


def state(site: Site) -> tuple[object, ...]:
    with site.database.read() as session:
        people = {row.email: row.standing for row in session.scalars(select(SubscriberRow))}
        moves = [(row.done_at, row.undone_at) for row in session.scalars(select(AddressChangeRow))]
    return {email: (people[email], site.held(email)) for email in people}, moves, doubts(site)


def press(page: Page, site: Site) -> None:
    """What a person sees, at once; then, with patience, what comes first on the page."""
    link = page.url
    for first, minutes in ((_SEEN, 0), (_ANY, 1)):
        page.goto(link)
        for _ in range(2 if page.locator(first).count() else 0):
            site.clock.pass_by(minutes=minutes)
            button = page.locator(first).first
            is_taken = button.evaluate("button => button.form.checkValidity()")  # no box unticked
            with page.expect_navigation() if is_taken else nullcontext():
                button.dispatch_event("click")


@pytest.mark.slow
def test_a_scanner_that_opens_executes_and_presses_moves_nobody(
    eyes: Eyes, site: Site, address: str
) -> None:
    site.confirmed(ADA, "audio", "text")
    assert _run(("run", "audio", "--config", str(site.settings.folder / "newsletter.toml"))) == 0
    mails_of_a_life(site)
    links, before = links_in(site), state(site)
    kinds = {link.split("/")[1]: link for link in links}
    assert kinds.keys() > KINDS
    for link in map(kinds.__getitem__, KINDS):
        eyes.visit(f"{address}{link}", lambda page, _: press(page, site))
    assert state(site) == before
    site.clock.pass_by(minutes=10)  # the links are in doubt no more
    assert "You are in" in site.press(site.get(kinds["confirm"]), kinds["confirm"]).text
