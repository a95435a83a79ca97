"""A program of the operator's signs people up and off, within what its token allows."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from werkzeug.test import TestResponse

from newsletter import config
from newsletter.config import ApiClientSettings, Settings
from newsletter.errors import WrongUseError
from newsletter.models import ConsentRow
from newsletter.subscribers import suppression
from tests.web.conftest import Hand, Site, opened
from tests.web.test_stolen_mail import move

ADA = "ada@reader.example"
SHOP, CRM = "the token of a web shop", "the token of a trusted machine"


@pytest.fixture
def site(two: Settings) -> Iterator[Site]:
    clients = {
        "shop": ApiClientSettings(token=SecretStr(SHOP), newsletters=("audio",), per_hour=5),
        "crm": ApiClientSettings(
            token=SecretStr(CRM), newsletters=("audio", "text"), may_vouch=True
        ),
    }
    yield from opened(two.model_copy(update={"api": clients}), Hand())


def post(site: Site, token: str, **sent: object) -> TestResponse:
    bearer = {"Authorization": f"Bearer {token}"}
    return site.client.post("/api/subscribers", json=sent, headers=bearer)


def delete(site: Site, token: str, email: str, query: str = "") -> TestResponse:
    bearer = {"Authorization": f"Bearer {token}"}
    return site.client.delete(f"/api/subscribers/{email}{query}", headers=bearer)


def test_the_mailbox_is_asked_and_the_answer_says_nothing(site: Site) -> None:
    site.confirmed("bob@reader.example")
    with site.database.write.begin() as session:
        suppression.suppress(session, "eve@reader.example", "complained", site.clock.now)
    answers = [post(site, SHOP, email=f"{who}@reader.example") for who in ("ada", "bob", "eve")]
    assert {(each.status_code, each.text) for each in answers} == {(202, answers[0].text)}
    site.work()
    assert [mail.recipient for mail in site.sent] == [ADA, "bob@reader.example"]
    link = site.link(site.sent[0], "confirm")
    assert "You are in" in site.press(site.get(link), link).text
    with site.database.read() as session:
        asked = session.scalars(select(ConsentRow).where(ConsentRow.act == "asked")).first()
    assert asked is not None
    assert (asked.way, asked.wording) == ("api", "by shop")


def test_a_trusted_one_vouches_but_not_for_who_left(site: Site) -> None:
    first = post(site, CRM, email=ADA, newsletters=["audio"], consent="ticked the box, 3 July")
    assert (first.status_code, first.json) == (
        200,
        {"status": "confirmed", "confirmed": ["audio"], "asked": []},
    )
    with site.database.read() as session:
        vouched = session.scalars(select(ConsentRow).where(ConsentRow.act == "confirmed")).one()
    assert (vouched.way, vouched.wording) == (
        "api",
        "a program's word: crm: ticked the box, 3 July",
    )
    assert delete(site, CRM, ADA).status_code == 204
    assert site.held(ADA) == set()
    again = post(site, CRM, email=ADA, newsletters=["audio"], consent="ticked it again")
    assert again.json == {"status": "asked", "confirmed": [], "asked": ["audio"]}
    assert site.work().sent == 1
    with site.database.write.begin() as session:
        suppression.suppress(session, "eve@reader.example", "complained", site.clock.now)
    refused = post(site, CRM, email="eve@reader.example", consent="said so")
    assert (refused.status_code, "complained" in refused.text) == (409, True)


def test_a_token_reaches_as_far_as_it_is_for(site: Site) -> None:
    site.confirmed(ADA, "audio", "text")
    assert delete(site, SHOP, ADA, "?newsletter=text").status_code == 403
    assert delete(site, SHOP, ADA).status_code == 204
    assert delete(site, SHOP, "nobody@reader.example").status_code == 204
    assert site.held(ADA) == {"text"}
    for sent, status in (
        ({"email": ADA, "newsletters": ["text"]}, 403),
        ({"email": ADA, "consent": "really"}, 403),
        ({"email": "no address"}, 400),
        ({"email": ADA, "language": "tlh"}, 400),
        ({"email": ADA, "newsletters": "audio"}, 400),
        ({"email": ADA, "newsletters": [["audio"]]}, 400),
        ({"email": ADA, "language": ["en"]}, 400),
        ({"email": "\ud800@reader.example"}, 400),
    ):
        answer = post(site, SHOP, **sent)
        assert (answer.status_code, bool(answer.json and answer.json["error"])) == (status, True)
    bearer = {"Authorization": f"bearer {SHOP}"}  # RFC 7235: of any case
    nested = site.client.post(
        "/api/subscribers", data="[" * 30_000, headers=bearer, content_type="application/json"
    )
    nowhere, wrong_way = site.client.get("/api/nothing"), site.client.get("/api/subscribers")
    statuses = [(one.status_code, bool(one.json)) for one in (nested, nowhere, wrong_way)]
    assert statuses == [(400, True), (404, True), (405, True)]
    for token in ("", "wrong", SHOP[:-1]):
        answer = post(site, token, email=ADA)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    for _ in range(5):
        assert post(site, SHOP, email=ADA).status_code == 202
    busy = post(site, SHOP, email=ADA)
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "3600")
    assert delete(site, SHOP, ADA).status_code == 204  # who signs many up can still let one go
    form = site.client.post("/api/subscribers", data={"email": ADA}, headers=bearer)
    assert (form.status_code, "Content-Type" in form.text) == (400, True)


def test_a_token_for_what_is_not_there_is_refused_at_the_start(two: Settings) -> None:
    file = two.folder / "newsletter.toml"
    with file.open("a", encoding="utf-8") as added:
        added.write(f'\n[api.shop]\ntoken = "{SHOP}"\nnewsletters = ["video"]\n')
    with pytest.raises(WrongUseError, match=r"api\.shop\.newsletters: there is no .*'video'"):
        config.load(file, {})


def test_who_moved_leaves_where_they_are_now_and_the_answer_does_not_say_where(site: Site) -> None:
    site.confirmed(ADA, "audio", "text")
    move(site, ADA, "ada@new.example")
    answer = delete(site, SHOP, ADA)
    assert (answer.status_code, answer.data) == (204, b"")
    assert site.held("ada@new.example") == {"text"}


@pytest.mark.parametrize("email", ["a/b@reader.example", "a%2Fb@reader.example"])
def test_an_address_with_a_slash_can_leave(site: Site, email: str) -> None:
    site.confirmed("a/b@reader.example", "audio")
    assert delete(site, SHOP, email).status_code == 204
    assert site.held("a/b@reader.example") == set()


def test_a_leave_ends_a_sign_up_that_still_waits(site: Site) -> None:
    post(site, CRM, email=ADA)
    assert delete(site, SHOP, ADA).status_code == 204
    post(site, SHOP, email="bob@reader.example")
    delete(site, SHOP, "bob@reader.example")
    site.work()
    (asked,) = site.sent
    assert asked.recipient == ADA
    link = site.link(asked, "confirm")
    site.press(site.get(link), link)
    assert site.held(ADA) == {"text"}
