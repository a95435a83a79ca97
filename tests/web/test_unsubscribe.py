"""Leaving takes one click, works for ever, and is nobody else's to do."""

import sqlite3
from contextlib import contextmanager
from itertools import product
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import func, select

from newsletter import bootstrap, slugs
from newsletter.config import Settings
from newsletter.models import ConsentRow, SubscriberRow
from newsletter.subscribers import erasure, health, suppression
from newsletter.subscribers.link_claims import (
    ALL,
    ChangeBackClaim,
    ChangeClaim,
    DataClaim,
    EraseClaim,
    PreferencesClaim,
    Purpose,
    UndoClaim,
    UnsubscribeClaim,
)
from newsletter.subscribers.signed_links import SignedLinks
from tests.conftest import NOW
from tests.web.conftest import Site, opened, path_of

ADA = "ada@reader.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def leave_link(site: Site, subscriber_id: int, newsletter: str = "audio") -> str:
    return bootstrap.signed_links(site.settings).unsubscribe(subscriber_id, newsletter)


def dump(settings: Settings) -> list[str]:
    """Every row of the database, as it would be written down."""
    connection = sqlite3.connect(settings.folder / "newsletter.db")
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_mail_program_unsubscribes_as_rfc_8058_has_it(site: Site, content_type: str) -> None:
    ada = site.confirmed(ADA, "audio", "text")
    link = leave_link(site, ada.id)
    for _ in range(3):
        answer = site.client.post(
            link.removeprefix(site.settings.site.url), data=ONE_CLICK, content_type=content_type
        )
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert site.held(ADA) == {"text"}
    with site.database.read() as session:
        _, left = session.scalars(select(ConsentRow).order_by(ConsentRow.id)).all()
    assert (left.act, left.newsletters, left.wording) == (
        "left",
        ["audio"],
        "List-Unsubscribe=One-Click",
    )


def test_from_one_newsletter_or_from_all(site: Site) -> None:
    ada = site.confirmed(ADA, "audio", "text")
    link = leave_link(site, ada.id)
    page = site.get(link)
    assert "Leave 音频?" in page.text
    assert "Leave all newsletters" in page.text
    assert "Nothing more will come." in site.post(link, **{"from": ALL}).text
    assert site.held(ADA) == set()


@pytest.mark.slow
def test_the_goodbye_offers_to_take_it_back(site: Site) -> None:
    ada = site.confirmed(ADA, "audio", "text")
    link = leave_link(site, ada.id)
    gone = site.post(link)
    assert "Nothing more of 音频 will come." in gone.text
    assert "You are in again" in site.press(gone, link).text
    assert "You are in again" in site.press(gone, link).text
    assert site.held(ADA) == {"audio", "text"}


def test_a_way_back_undoes_only_the_leave_that_it_was_shown_for(site: Site) -> None:
    """Whoever was forwarded a mail can press its link once more, and finds no way to bring back."""
    ada = site.confirmed(ADA)
    link = leave_link(site, ada.id)
    own = site.post(link)
    site.clock.pass_by(days=2)
    assert "had its day" in site.press(site.post(link), link).text
    assert site.held(ADA) == set()
    assert "You are in again" in site.press(own, link).text


def test_taking_it_back_works_for_a_week_and_never_against_a_complaint(site: Site) -> None:
    ada = site.confirmed(ADA)
    link = leave_link(site, ada.id)
    gone = site.post(link)
    with site.database.write.begin() as session:
        suppression.suppress(session, ADA, "complaint", site.clock.now)
    assert "had its day" in site.press(gone, link).text
    bob = site.confirmed("bob@reader.example")
    gone = site.post(leave_link(site, bob.id))
    site.clock.pass_by(days=7, minutes=1)
    assert "had its day" in site.press(gone, link).text
    later = site.post(leave_link(site, bob.id))
    assert "had its day" in site.press(later, link).text
    assert site.held("bob@reader.example") == set()


def test_the_erased_get_the_same_kind_answer(site: Site) -> None:
    ada = site.confirmed(ADA)
    link = leave_link(site, ada.id)
    with site.database.write.begin() as session:
        erasure.erase(session, session.get_one(SubscriberRow, ada.id), site.clock.now)
    gone = site.post(link)
    assert gone.status_code == 200
    assert "You are out" in gone.text
    assert "had its day" in site.press(gone, link).text


def test_links_outlive_the_keys_that_signed_them(two: Settings, site: Site) -> None:
    ada = site.confirmed(ADA)
    old = [key.get_secret_value() for key in two.site.secret_keys]
    rotated = SignedLinks("https://x.example", ["a brand new secret key", *old])
    link = leave_link(site, ada.id)
    claim = rotated.read(UnsubscribeClaim, link.rpartition("/")[2])
    assert claim == UnsubscribeClaim(ada.id, "audio")
    preferences = bootstrap.signed_links(two).preferences_token(ada.id, ADA)
    found = rotated.read(PreferencesClaim, preferences)
    assert found is not None
    assert rotated.is_to(ADA, 0, found)


@pytest.mark.slow
def test_a_scanner_that_follows_every_link_a_hundred_times_changes_no_byte(site: Site) -> None:
    ada = site.confirmed(ADA, "audio", "text")
    site.sign_up("new@reader.example")
    site.work()
    links = bootstrap.signed_links(site.settings)
    until = site.clock.now.replace(year=2030)
    prefs = f"/preferences/{links.preferences_token(ada.id, ADA)}"
    confirm = site.link(site.sent[0], "confirm").removeprefix(site.settings.site.url)
    pages = [
        *("/", "/audio", "/audio/feed", "/healthz", "/look.css", "/robots.txt", "/nowhere"),
        *(prefs, f"{prefs}/address", f"{prefs}/data", f"{prefs}/erase", confirm),
        f"{confirm}/again",
        f"/u/{links.token(UnsubscribeClaim(ada.id, 'audio'))}",
        f"/undo/{links.token(UndoClaim(ada.id, until, 'audio'))}",
        f"/data/{links.token(DataClaim(ada.id, until))}",
        f"/erase/{links.token(EraseClaim(ada.id, until))}",
        f"/change/{links.token(ChangeClaim(ada.id, until, 1))}",
        f"/change-back/{links.token(ChangeBackClaim(ada.id, until, 1))}",
    ]
    before = dump(site.settings)
    for page, method in product(pages, ("GET", "HEAD", "OPTIONS")):
        for _ in range(100 if page == confirm or "/u/" in page else 4):
            assert site.client.open(page, method=method).status_code < 500
    assert dump(site.settings) == before


def test_no_token_does_what_another_is_for(site: Site) -> None:
    ada = site.confirmed(ADA)
    links = bootstrap.signed_links(site.settings)
    before = dump(site.settings)
    doors = {
        Purpose.UNSUBSCRIBE: "/u/{}",
        Purpose.UNDO: "/undo/{}",
        Purpose.CONFIRM: "/confirm/{}",
        Purpose.PREFERENCES: "/preferences/{}/erase",
        Purpose.ERASE: "/erase/{}",
        Purpose.CHANGE: "/change/{}",
        Purpose.CHANGE_BACK: "/change-back/{}",
    }
    nonsense = site.client.post("/u/nonsense")
    assert nonsense.status_code == 400
    for made_for, (used_for, door) in product(Purpose, doors.items()):
        token = links.sign(made_for, f"{ada.id}.audio")
        if made_for is not used_for:
            answer = site.client.post(door.format(token))
            assert (answer.status_code, answer.text) == (400, nonsense.text)
        for broken in (token[:-1], token[1:], f"{token}A", token.replace(".", "..", 1)):
            assert site.client.post(door.format(broken)).status_code == 400
    assert dump(site.settings) == before


@rules(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    door=st.sampled_from(
        ["/u/", "/undo/", "/confirm/", "/preferences/", "/change/", "/data/", "/erase/", "/"]
    ),
    rest=st.text(max_size=200).map(lambda text: text.lstrip("/")),
    body=st.dictionaries(
        st.sampled_from(["email", "newsletter", "from", "pause", "language", "website"]),
        st.text(max_size=300),
    ),
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT"]),
)
def test_nothing_that_is_asked_makes_the_site_stumble(
    site: Site, door: str, rest: str, body: dict[str, str], method: str
) -> None:
    path = door + quote(rest.encode("utf-8", "surrogatepass"), safe="/")
    assert site.client.open(path, method=method, data=body).status_code < 500


@pytest.mark.parametrize(
    "behind",
    ["/", ".", ">.", "%20", "%E3%80%82", ").", "//", "%E2%80%A6", "=", "%5C", "%E2%80%8B."],
)
def test_a_link_works_with_what_was_copied_along(site: Site, behind: str) -> None:
    ada = site.confirmed(ADA)
    link = leave_link(site, ada.id) + behind
    assert site.get(link).status_code == 200
    assert site.post(link, **ONE_CLICK).status_code == 200
    assert site.held(ADA) == set()


def test_who_leaves_in_the_second_of_a_renaming_is_out(site: Site) -> None:
    ada = site.confirmed(ADA)
    link = path_of(leave_link(site, ada.id))
    site.get(link)  # the pages know the slugs of this second
    with site.database.write.begin() as session:
        slugs.rename(session, "audio", "speech", NOW)
    assert site.client.post(link, data=ONE_CLICK).status_code == 200
    assert site.held(ADA) == set()


def test_leaving_writes_nothing_a_second_time(site: Site) -> None:
    ada = site.confirmed(ADA)
    link = leave_link(site, ada.id)
    site.post(link)
    before = dump(site.settings)
    site.clock.pass_by(hours=1)
    site.post(link)
    assert dump(site.settings) == before
    with site.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ConsentRow)) == 2  # in, out


def test_a_link_whose_key_is_gone_says_what_to_do(site: Site) -> None:
    reader = site.confirmed("ada@reader.example", "audio")
    with site.database.write.begin() as session:
        health.remember_keys(site.settings, session, NOW.date())
    link = bootstrap.signed_links(site.settings).unsubscribe(reader.id, "audio")
    keys = site.settings.site.model_copy(update={"secret_keys": (SecretStr("a-fresh-key-of-16"),)})
    with contextmanager(opened)(
        site.settings.model_copy(update={"site": keys}), site.clock
    ) as later:
        page = later.get(link)
        assert page.status_code == 410
        assert "sign up once more with your address" in " ".join(page.text.split())
        assert later.post(link, **{"List-Unsubscribe": "One-Click"}).status_code == 410
        assert later.get("/u/nonsense").status_code == 400
        later.sign_up("ada@reader.example", "audio")
        later.work()
        (mail,) = later.sent
        assert later.get(later.link(mail, "preferences")).status_code == 200
