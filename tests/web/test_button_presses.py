"""Gateways that look for harm follow links and press buttons; they speak for nobody."""

import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.models import ConsentRow, Standing
from newsletter.web.button_presses import BUTTON, DECOY, MEANT
from tests.web.conftest import ENGLISH, Hand, Site, opened, path_of, pressed_after_a_while
from tests.web.test_unsubscribe import ONE_CLICK, leave_link

ADA = "ada@reader.example"


def confirm_link(site: Site) -> str:
    site.sign_up(ADA)
    site.work()
    return site.link(site.sent[-1], "confirm")


def every_button(page: TestResponse) -> list[dict[str, str]]:
    """What each button of a page would send, hidden fields and all."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    buttons = re.findall(r"<button([^>]*)>", page.text)
    named = [dict(re.findall(r'(name|value)="([^"]*)"', button)) for button in buttons]
    return [fields | ({one["name"]: one["value"]} if one else {}) for one in named]


def scan(site: Site, link: str) -> None:
    """Follow, and press everything at once, three pages deep."""
    seen = [site.get(link)]
    for _ in range(3):
        seen = [
            site.client.post(path_of(link), data=sent)
            for page in seen[:2]
            for sent in every_button(page)
        ]
        assert all(page.status_code < 500 for page in seen)


def doubts(site: Site) -> list[tuple[str, str | None]]:
    with site.database.read() as session:
        rows = session.scalars(select(ConsentRow).order_by(ConsentRow.id))
        return [(row.act, row.doubt) for row in rows if row.act != "asked"]


def test_a_machine_that_presses_everything_neither_confirms_nor_leaves_nor_erases(
    site: Site,
) -> None:
    scan(site, confirm_link(site))
    subscriber = site.subscriber(ADA)
    assert subscriber is not None
    assert subscriber.standing == Standing.PENDING
    ada = site.confirmed("eve@reader.example", "audio", "text")
    links = bootstrap.signed_links(site.settings)
    preferences = links.preferences(ada.id, ada.email)
    for link in (leave_link(site, ada.id), preferences, f"{preferences}/erase"):
        scan(site, link)
    assert site.held(ada.email) == {"audio", "text"}
    assert not site.work().sent


def test_a_patient_machine_gives_itself_away_by_the_button_that_nobody_sees(site: Site) -> None:
    link = confirm_link(site)
    page = site.get(link)
    site.clock.pass_by(minutes=1)
    (decoyed,) = [sent for sent in every_button(page) if DECOY in sent]
    again = site.client.post(path_of(link), data=decoyed, headers=ENGLISH)
    assert "press it once more" in again.text
    assert site.held(ADA) == set() or doubts(site) == []
    assert "You are in" in site.press(again, link).text
    assert doubts(site) == [("confirmed", "decoy")]


@pytest.mark.parametrize("way", ["the page of before", "a new page"])
@pytest.mark.parametrize("gives_itself_away", [DECOY, "none"])
def test_a_link_stays_in_doubt_after_what_no_person_presses_whichever_page_comes_next(
    site: Site, gives_itself_away: str, way: str
) -> None:
    eve = site.confirmed("eve@reader.example", "audio", "text")
    before = doubts(site)
    for link in (confirm_link(site), leave_link(site, eve.id)):
        first = site.get(link)
        site.clock.pass_by(seconds=4)
        odd = next(sent for sent in every_button(first) if gives_itself_away in {*sent, "none"})
        odd = {name: odd[name] for name in odd if name in {"shown", gives_itself_away}}
        site.client.post(path_of(link), data=odd)
        page = first if way == "the page of before" else site.get(link)
        for sent in every_button(page):
            site.clock.pass_by(seconds=4)
            asked = site.client.post(path_of(link), data=sent, headers=ENGLISH)
            assert "press it once more" in asked.text
    assert doubts(site) == before
    assert site.held(eve.email) == {"audio", "text"}
    assert "You are out" in site.press(asked, link).text  # a person ticks the box
    site.work()
    assert site.sent[-1].campaign == "left"


def test_a_link_is_in_doubt_for_ten_minutes_and_in_every_process(site: Site) -> None:
    link = confirm_link(site)
    page = site.get(link)
    site.clock.pass_by(seconds=4)
    (decoyed,) = [sent for sent in every_button(page) if DECOY in sent]
    site.client.post(path_of(link), data=decoyed)
    for another in opened(site.settings, site.clock):
        assert "press it once more" in another.press(another.get(link), link).text
    site.clock.pass_by(minutes=10)
    assert "You are in" in site.press(site.get(link), link).text


def test_a_machine_that_waits_and_presses_again_does_not_say_that_it_means_it(site: Site) -> None:
    link = confirm_link(site)
    chrome = {"User-Agent": "Mozilla/5.0 Chrome/130.0", "Sec-Fetch-Mode": "navigate"}
    for headers in (ENGLISH | {"User-Agent": "python-requests/2.32"}, ENGLISH | chrome):
        page = site.get(link)
        for _ in range(4):
            site.clock.pass_by(minutes=1)
            (button,) = [one for one in every_button(page) if BUTTON in one]
            is_second = MEANT in page.text
            page = site.client.post(path_of(link), data=button, headers=headers)
            assert ("The box was not ticked" in page.text) is is_second
            ticked = button | dict(
                re.findall(r'type="checkbox" name="(\w+)" value="(1)"', page.text)
            )
            assert {DECOY, MEANT} < ticked.keys()  # whoever ticks every box
            site.clock.pass_by(minutes=1)
            page = site.client.post(path_of(link), data=ticked, headers=headers)
    assert doubts(site) == []
    assert "You are in" in site.press(page, link).text
    assert doubts(site) == [("confirmed", "decoy")]


def test_a_person_who_is_quick_presses_twice_and_has_the_way_back_in_the_mail(site: Site) -> None:
    ada = site.confirmed(ADA, "audio", "text")
    link = leave_link(site, ada.id)
    quick = site.client.post(path_of(link), data=every_button(site.get(link))[-2], headers=ENGLISH)
    assert site.held(ADA) == {"audio", "text"}
    assert "You are out" in site.press(quick, link).text
    assert site.held(ADA) == {"text"}
    site.work()
    (mail,) = site.sent
    assert mail.content.subject == "You left 音频"
    undo = site.link(mail, "undo")
    scan(site, undo)
    assert site.held(ADA) == {"text"}
    site.clock.pass_by(days=6)
    assert "You are in again" in site.press(site.get(undo), undo).text
    assert site.held(ADA) == {"audio", "text"}
    assert "You are in again" in site.get(undo).text
    assert doubts(site)[1:] == [("left", "too fast"), ("came back", None)]
    site.clock.pass_by(days=2)
    ended = site.get(undo)
    assert (ended.status_code, "had its day" in ended.text) == (410, True)


def test_a_form_that_comes_from_no_page_of_ours_means_nothing(site: Site) -> None:
    link = confirm_link(site)
    ada = site.confirmed("eve@reader.example")
    links = bootstrap.signed_links(site.settings)
    preferences = links.preferences(ada.id, ada.email)
    for forged in ({}, {"shown": "0.NONE.00"}, {"shown": "1..é"}, {"shown": "x.NONE."}):
        for target in (link, leave_link(site, ada.id), preferences, f"{preferences}/erase"):
            assert site.client.post(path_of(target), data=forged).status_code == 200
    assert site.held(ada.email) == {"audio"}
    assert doubts(site)[1:] == []


def test_a_form_counts_for_its_own_page_alone_and_by_a_button(site: Site) -> None:
    ada = site.confirmed(ADA, "audio", "text")
    eve = site.confirmed("eve@reader.example")
    link, other = leave_link(site, ada.id), leave_link(site, eve.id)
    shown = re.findall(r'name="(shown)" value="([^"]*)"', site.get(other).text)
    site.clock.pass_by(minutes=1)
    stolen = dict(shown) | {BUTTON: "1"}
    assert "Leave 音频?" in site.client.post(path_of(link), data=stolen, headers=ENGLISH).text
    again = site.client.post(path_of(other), data=dict(shown), headers=ENGLISH)  # form.submit()
    assert "press it once more" in again.text
    assert (site.held(ADA), site.held(eve.email)) == ({"audio", "text"}, {"audio"})
    assert "You are out" in site.press(again, other).text
    assert doubts(site)[2:] == [("left", "no button")]


def test_a_script_that_presses_in_a_browser_is_asked_once_more_and_a_person_is_not(
    site: Site,
) -> None:
    chrome = {"User-Agent": "Mozilla/5.0 Chrome/130.0", "Sec-Fetch-Mode": "navigate"}
    driven = chrome | {"Sec-Fetch-User": "?1"}  # as Playwright's presses say, too
    for who, headers, doubt in (
        ("script@reader.example", chrome, "scripted"),
        (
            "driven@reader.example",
            driven | {"User-Agent": "Mozilla/5.0 HeadlessChrome/156.0"},
            "scripted",
        ),
        ("hinted@reader.example", driven | {"Sec-CH-UA": '"HeadlessChrome";v="156"'}, "scripted"),
        (
            "gateway@reader.example",
            driven | {"User-Agent": "Mozilla/5.0 (BarracudaScanner) Chrome/130.0"},
            "scripted",
        ),
        (
            "phone@reader.example",
            driven | {"User-Agent": "Mozilla/5.0 (Android 14; CUBOT X) Chrome/130.0"},
            None,
        ),
        ("chrome@reader.example", chrome | {"Sec-Fetch-User": "?1"}, None),
        ("safari@reader.example", chrome | {"User-Agent": "Version/18 Safari/605"}, None),
    ):
        link = leave_link(site, site.confirmed(who).id)
        sent = pressed_after_a_while(site, link)
        page = site.client.post(path_of(link), data=sent, headers=ENGLISH | headers)
        assert ("press it once more" in page.text) is bool(doubt)
        if doubt:
            page = site.press(page, link)
        assert "You are out" in page.text
        assert doubts(site)[-1] == ("left", doubt)


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (X11) HeadlessChrome/156.0 Safari/537.36",
        "Mozilla/5.0 (compatible; ms-office; MSOffice 16)",
        "Mozilla/5.0 (Windows NT 10.0; Microsoft Outlook 16.0)",
    ],
)
def test_what_names_itself_a_machine_never_says_yes_and_is_told_what_a_person_does(
    site: Site, agent: str
) -> None:
    link = confirm_link(site)
    page = site.get(link)
    for told in ("press it once more", *["Open this page in another browser"] * 2):
        site.clock.pass_by(minutes=1)
        (shown,) = set(re.findall(r'name="shown" value="([^"]*)"', page.text))
        sent = {"shown": shown, BUTTON: "1"} | ({MEANT: "1"} if MEANT in page.text else {})
        page = site.client.post(path_of(link), data=sent, headers=ENGLISH | {"User-Agent": agent})
        assert (page.status_code, told in page.text) == (200, True)
    assert doubts(site) == []
    assert "You are in" in site.press(page, link).text


@pytest.mark.parametrize(
    ("agent", "doubt"),
    [
        ("python-requests/2.32", "scripted"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36", "scripted"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.1 Safari/605.1.15", "scripted"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/15.6 Safari/605.1.15", None),
        ("Mozilla/5.0 (X11; rv:78.0) Gecko/20100101 Firefox/78.0", None),
        ("Lynx/2.9.0", "scripted"),  # pressed once more by whoever reads the page
    ],
)
def test_over_https_what_says_less_than_its_browser_would_is_asked_once_more(
    two: Settings, agent: str, doubt: str | None
) -> None:
    secure = two.site.model_copy(update={"url": "https://papers.example.org"})
    for site in opened(two.model_copy(update={"site": secure}), Hand()):
        ada = site.confirmed(ADA)
        path = path_of(leave_link(site, ada.id))
        headers = ENGLISH | {"User-Agent": agent}
        sent = pressed_after_a_while(site, path)
        page = site.client.post(path, data=sent, headers=headers)
        assert ("press it once more" in page.text) is bool(doubt)
        if doubt:
            site.clock.pass_by(seconds=5)
            (again,) = set(re.findall(r'name="shown" value="([^"]*)"', page.text))
            told = sent | {"shown": again, MEANT: "1"}
            page = site.client.post(path, data=told, headers=headers)
        assert "You are out" in page.text
        assert doubts(site)[-1] == ("left", doubt)


@pytest.mark.parametrize(("setting", "mails"), [("doubtful", 0), ("everybody", 1), ("nobody", 0)])
def test_one_click_stays_as_it_is_and_a_setting_says_who_gets_the_way_back(
    two: Settings, setting: str, mails: int
) -> None:
    chosen = two.model_copy(update={"web": two.web.model_copy(update={"undo_mail": setting})})
    for site in opened(chosen, Hand()):
        ada = site.confirmed(ADA)
        for _ in range(2):
            link = path_of(leave_link(site, ada.id))
            assert site.client.post(link, data=ONE_CLICK).status_code == 200
        assert site.held(ADA) == set()
        assert site.work().sent == mails
