"""Every issue whole at an address that stays, a feed that readers accept, a health that looks."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest

from newsletter import bootstrap, config
from newsletter.config import Settings
from newsletter.errors import WrongUseError
from newsletter.machine_clock import utc_now
from newsletter.models import OutboxRow
from newsletter.web import create_app
from tests.web.conftest import ENGLISH, Hand, Site, opened

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def site(with_issue: Settings) -> Iterator[Site]:
    yield from opened(with_issue, Hand())


def test_an_issue_is_whole_on_the_web(site: Site) -> None:
    page = site.get("/audio/2025-07-11").text
    assert page.count("<article") == page.count("<details>") == 26
    for section, words in (("new", "12 new"), ("cross", "3 cross-lists")):
        assert f'<a href="#{section}">{words}</a>' in page
        assert page.count(f'id="{section}"') == 1
    assert 'href="#main"' in page
    assert '<html lang="en"' in page
    assert "unsubscribe" not in page


def test_an_issue_has_one_address(site: Site) -> None:
    for other in ("/audio/20250711", "/audio/2025-W28-5", "/text/2025-07-11"):
        assert site.get(other).status_code == 404
    copied = site.get("/audio/2025-07-11/.").text
    assert f'<link rel="canonical" href="{site.settings.site.url}/audio/2025-07-11">' in copied


def test_others_can_show_a_page_by_its_own_words(site: Site) -> None:
    for page, title in (("/", "What arXiv announced today"), ("/audio", "音频")):
        text = site.get(page).text
        assert f'<meta property="og:url" content="{site.settings.site.url}{page}">' in text
        assert f'<meta property="og:title" content="{title}">' in text
        assert 'hreflang="zh-CN"' in text or 'hreflang="zh' in text
    with site.get("/favicon.ico") as icon:
        assert (icon.status_code, icon.data[:4]) == (200, b"\0\0\1\0")


def test_a_redirect_leads_to_the_site_and_not_to_where_somebody_says_it_is(site: Site) -> None:
    for path in ("/static//style.css", f"/confirm/{confirm_token(site)}/again"):
        moved = site.client.get(path, headers={"Host": "evil.example"})
        assert moved.location.startswith(f"{site.settings.site.url}/")


def confirm_token(site: Site) -> str:
    links = bootstrap.signed_links(site.settings)
    return links.confirm(1, ["audio"], site.clock.now).rpartition("/")[2]


def test_a_site_below_the_path_of_a_newsletter_is_refused(two: Settings) -> None:
    file = two.folder / "newsletter.toml"
    with pytest.raises(WrongUseError, match="choose another slug"):
        config.load(file, {"NEWSLETTER_SITE__URL": "https://example.org/text/papers"})


def test_a_browser_that_has_the_page_is_not_sent_it_again(site: Site) -> None:
    first = site.get("/audio/2025-07-11")
    assert first.headers["Cache-Control"].startswith("public")
    again = site.client.get(
        "/audio/2025-07-11", headers={**ENGLISH, "If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


def test_pages_of_a_key_are_kept_by_nobody(site: Site) -> None:
    answer = site.get("/u/nonsense")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_the_feed_has_what_rfc_4287_asks_for(site: Site) -> None:
    answer = site.get("/audio/feed")
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)  # noqa: S314 - our own
    (entry,) = feed.findall(f"{ATOM}entry")
    for element in (feed, entry):
        for tag in ("id", "title", "updated"):
            (found,) = element.findall(f"{ATOM}{tag}")
            assert found.text
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    links = {each.get("rel"): each.get("href") for each in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"{site.settings.site.url}/audio/feed"
    assert entry.findtext(f"{ATOM}id") == f"{site.settings.site.url}/audio/2025-07-11"
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "").tzinfo is not None
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    assert "arxiv.org/abs/" in (content.text or "")
    assert not site.get("/text/feed").text.count("<entry>")


def test_the_language_is_the_browsers_or_what_one_picks(site: Site) -> None:
    assert "What arXiv announced today" in site.get("/").text
    picked = site.get("/?lang=zh").text
    assert "arXiv 今日公布" in picked
    assert "/audio/2025-07-11?lang=zh" in picked
    assert "What arXiv announced today" in site.get("/?lang=tlh").text


def test_health_tells_of_the_work_and_of_trouble(site: Site) -> None:
    site.clock.now = utc_now()  # as the run's was
    site.confirmed("ada@reader.example")
    with site.database.write.begin() as session:
        stuck = OutboxRow(
            kind="goodbye",
            email="x@reader.example",
            language="en",
            subscriber_id=1,
            reference="r",
            about={},
            written_at=site.clock.now,
            not_before=site.clock.now,
        )
        session.add(stuck)
    answer = site.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})  # nothing that counts
    site.clock.pass_by(hours=7)
    answer = site.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "trouble"})
    assert answer.headers["Retry-After"]


def test_health_is_bad_when_the_tables_are_not_ours(site: Site) -> None:
    connection = sqlite3.connect(site.settings.folder / "newsletter.db")
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.commit()
    connection.close()
    for page in ("/healthz", "/ready"):
        assert site.get(page).status_code == 503


def with_site(two: Settings, **changes: object) -> Settings:
    return two.model_copy(update={"site": two.site.model_copy(update=changes)})


def test_below_a_path_and_behind_https(two: Settings) -> None:
    below = with_site(two, url="https://example.org/papers")
    for site in opened(below, Hand()):
        for asked in ("/papers/", "/"):
            answer = site.client.get(asked, headers={"Host": "evil.example", **ENGLISH})
            assert 'action="/papers/"' in answer.text
            assert "evil.example" not in answer.text
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert (
            b"https://example.org/papers/audio/feed" in site.client.get("/papers/audio/feed").data
        )
        assert "Strict-Transport-Security" in site.client.get("/papers/nope").headers


@pytest.mark.parametrize(("proxies", "answers"), [(0, {200, 429}), (1, {200})])
def test_the_clients_address_is_believed_from_our_proxies_only(
    two: Settings, proxies: int, answers: set[int]
) -> None:
    behind = two.model_copy(update={"web": two.web.model_copy(update={"proxies": proxies})})
    for site in opened(behind, Hand()):
        given = {
            site.client.post(
                "/",
                data={"email": f"p{number}@z.example", "newsletter": "audio"},
                headers={"X-Forwarded-For": f"6.6.6.6, 10.1.{number}.1"},
            ).status_code
            for number in range(25)
        }
        assert given == answers


def test_a_server_that_calls_us_without_settings_sends_mail_by_itself(
    two: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWSLETTER_CONFIG", str(two.folder / "newsletter.toml"))
    app = create_app()
    background = app.extensions["newsletter.background"]
    with app.test_client() as client:
        client.post("/", data={"email": "ada@reader.example", "newsletter": "audio"})
    background.stop()
    database = app.extensions["newsletter.database"]
    bootstrap.outbox_worker(two, database, utc_now).run_once()
    database.dispose()
    (mail,) = (two.folder / "outbox").glob("confirm-*.eml")
    assert b"ada@reader.example" in mail.read_bytes()


def test_a_host_that_is_none_is_a_bad_request(site: Site) -> None:
    for host in (f"{'a' * 64}.example", "a..example:80"):
        assert site.client.get("/", headers={"Host": host}).status_code == 400
