"""GET shows, POST acts."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import Standing
from newsletter.subscribers import lifecycle
from newsletter.subscribers.link_claims import Purpose
from newsletter.web import create_app
from newsletter.web.button_presses import BUTTON, PressMarker
from newsletter.web.pages import EXTENSION
from tests.conftest import NOW, Cli


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings, clock=lambda: NOW)
    with app.test_client() as client:
        client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (of a person)"
        yield client
    app.extensions["newsletter.database"].dispose()


def pressed(client: FlaskClient, link: str) -> dict[str, str]:
    """What a page's form sends that somebody has read for a while."""
    key = client.application.extensions[EXTENSION].limits_key
    return {"shown": PressMarker(key, link).made(NOW - timedelta(minutes=1)), BUTTON: "1"}


def address(settings: Settings, purpose: Purpose, subscriber_id: int, slug: str = "audio") -> str:
    token = bootstrap.signed_links(settings).sign(purpose, f"{subscriber_id}.{slug}")
    return f"/{'u' if purpose is Purpose.UNSUBSCRIBE else purpose}/{token}"


def standing(database: Database, email: str) -> str:
    with database.read() as session:
        return lifecycle.get_subscriber(session, email).standing


def without_tokens(page: str) -> str:
    page = re.sub(r"/undo/[^\"]+", "/undo/", page)
    return re.sub(r'name="shown" value="[^"]+"', "", page)


@pytest.fixture
def link(settings: Settings, database: Database, readers: list[str]) -> str:
    """The first reader's unsubscribe link."""
    with database.read() as session:
        return address(
            settings, Purpose.UNSUBSCRIBE, lifecycle.get_subscriber(session, readers[0]).id
        )


def test_following_the_link_changes_nothing_however_often(
    client: FlaskClient, database: Database, link: str, readers: list[str]
) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "GET") * 25:
        assert client.open(link, method=method).status_code == 200
    assert standing(database, readers[0]) == Standing.CONFIRMED


def test_the_page_asks_with_one_button(client: FlaskClient, link: str) -> None:
    page = client.get(link, headers={"Accept-Language": "en"}).text
    assert "Leave 音频?" in page
    assert page.count('<form method="post">') == page.count(">Unsubscribe</button>") == 1


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"},
    ],
    ids=["one click, form", "one click, multipart"],
)
def test_a_post_acts_at_once_without_redirect_and_may_be_repeated(
    client: FlaskClient, database: Database, link: str, readers: list[str], body: dict[str, object]
) -> None:
    for _ in range(2):
        answer = client.post(link, **body)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert standing(database, readers[0]) == Standing.LEFT
    assert standing(database, readers[1]) == Standing.CONFIRMED


@pytest.mark.usefixtures("readers")
def test_somebody_long_gone_gets_the_same_kind_answer(
    client: FlaskClient, settings: Settings, link: str
) -> None:
    nobody = address(settings, Purpose.UNSUBSCRIBE, 999_999)
    gone = client.post(nobody, data=pressed(client, nobody))
    assert gone.status_code == 200
    assert without_tokens(gone.text) == without_tokens(
        client.post(link, data=pressed(client, link)).text
    )


def test_a_token_of_another_purpose_or_a_tampered_one_reveals_nothing(
    client: FlaskClient, database: Database, link: str, readers: list[str]
) -> None:
    tampered = link.replace("audio", "video")
    swapped = link.replace("/u/", "/confirm/")
    assert client.get(tampered).status_code == client.post(tampered).status_code == 400
    assert client.post(swapped).status_code == 400
    assert client.post(swapped).text == client.post("/confirm/nonsense").text
    assert standing(database, readers[0]) == Standing.CONFIRMED


def test_confirming_by_the_button_and_not_by_the_link(
    client: FlaskClient, cli: Cli, settings: Settings, database: Database
) -> None:
    cli("run")
    cli("subscribers", "add", "ada@reader.example")
    with database.read() as session:
        link = address(
            settings, Purpose.CONFIRM, lifecycle.get_subscriber(session, "ada@reader.example").id
        )
    assert "音频" in client.get(link).text
    assert standing(database, "ada@reader.example") == Standing.PENDING
    assert 'href="/audio/2025-07-11">' in client.post(link, data=pressed(client, link)).text
    assert standing(database, "ada@reader.example") == Standing.CONFIRMED


def test_an_old_confirm_link_does_not_bring_back_who_left(
    client: FlaskClient, cli: Cli, settings: Settings, database: Database
) -> None:
    cli("subscribers", "add", "ada@reader.example")
    with database.read() as session:
        link = address(
            settings, Purpose.CONFIRM, lifecycle.get_subscriber(session, "ada@reader.example").id
        )
    client.post(link, data=pressed(client, link))
    cli("subscribers", "remove", "ada@reader.example")
    assert client.post(link, data=pressed(client, link)).status_code == 410
    assert standing(database, "ada@reader.example") == Standing.LEFT


def test_the_archive_holds_every_issue_at_a_stable_address(client: FlaskClient, cli: Cli) -> None:
    cli("run")
    assert "/audio/2025-07-11" in client.get("/").text
    assert "/audio/2025-07-11" in client.get("/audio").text
    pages = client.application.extensions[EXTENSION]
    site = pages.settings.site.model_copy(update={"name": "音频"})
    pages.settings = pages.settings.model_copy(update={"site": site})
    issue = client.get("/audio/2025-07-11")
    assert "Re-Bottleneck" in issue.text
    assert "unsubscribe" not in issue.text
    assert '<p class="of"><a href="/audio">全部往期</a></p>' in issue.text
    for nothing in ("/video", "/audio/2025-07-12", "/audio/yesterday", "/a/b/c"):
        assert client.get(nothing).status_code == 404


def test_pages_speak_the_browsers_language(client: FlaskClient, link: str) -> None:
    assert "退订" in client.get(link, headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert "Unsubscribe" in client.get(link, headers={"Accept-Language": "en-US"}).text


def test_no_page_runs_a_strangers_script_or_asks_another_host(
    client: FlaskClient, cli: Cli, link: str
) -> None:
    cli("run")
    for page in ("/", "/audio/2025-07-11", link, "/nowhere"):
        answer = client.get(page)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        scripts = re.findall(r"<script[^>]*>[^<]*", answer.text)
        has_script = "script-src 'self';" in answer.headers["Content-Security-Policy"]
        ours = ['<script type="module" src="/static/issue.js">']
        assert scripts == (ours if page.startswith("/audio") else [])
        assert has_script == bool(scripts)
        assert not re.search(
            r'(src|<link rel="(?!canonical|alternate)[^>]+href)="http', answer.text
        )


def test_health_looks_at_the_database(client: FlaskClient, settings: Settings) -> None:
    told = client.get("/healthz").json
    assert told is not None
    assert told == {"status": "ok"}
    assert settings.database.url.startswith("sqlite")
