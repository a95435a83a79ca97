"""`newsletter check` tries what it names: wrong settings, each with the line that mends it."""

import errno
import json
import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from werkzeug.serving import make_server

from newsletter import bootstrap, machine_clock
from newsletter.bootstrap import load_transport
from newsletter.config import Settings, SourceSettings
from newsletter.database import db, postgresql
from newsletter.database.db import Database
from newsletter.errors import StoppedError
from newsletter.finding import Finding
from newsletter.health import public_address, quick_checks, readiness, site_watch, storage
from newsletter.models import IssueRow
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession
from newsletter.subscribers import health as subscribers_health
from newsletter.transports.sendgrid import health as sendgrid_health
from newsletter.transports.smtp import health as smtp_health
from newsletter.web.app import create_app
from tests.certificates import Certificate, certificate, needs_openssl
from tests.conftest import NOW, Cli
from tests.feedback.imap_standin import ImapStandIn
from tests.postgresql import Server
from tests.transports.http_standin import Answer, HttpStandIn
from tests.transports.smtp_standins import (
    CLOSE,
    SILENCE,
    OddSmtp,
    RealSmtp,
    unused_port,
)

ROOT = Path(__file__).resolve().parents[2]
Set = Callable[..., None]
Found = Callable[[str], list[tuple[str, str]]]


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Set:
    """Set values of a section, as an operator does in the environment."""
    assert settings.folder.exists()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")

    def set_all(section: str, **values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"NEWSLETTER_{section}__{name}".upper(), str(value))

    return set_all


@pytest.fixture
def found(cli: Cli) -> Found:
    """What `check` finds of a part: levels and texts; its exit code fits."""

    def find(part: str) -> list[tuple[str, str]]:
        said = cli("check", "--json")
        findings = json.loads(said.out)
        assert said.code == int(any(finding["level"] == "trouble" for finding in findings))
        return [(each["level"], each["text"]) for each in findings if each["part"] == part]

    return find


@pytest.fixture(scope="module")
def for_localhost(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"), "DNS:localhost")


USUAL = "transport.port"
LOGIN = {"username": "ada", "password": "wrong"}
SMTP_FAULTS: dict[str, tuple[dict[str, str], Mapping[str, object], str]] = {
    "wrong password": (
        {"AUTH": "535 5.7.8 bad credentials"},
        LOGIN,
        "the login is refused: look at transport.username and transport.password (535 5.7.8 bad",
    ),
    "password not looked at": (
        {"AUTH": "454 4.7.0 Temporary authentication failure"},
        LOGIN,
        "the login cannot be looked at for now: try again in a few minutes (454 4.7.0",
    ),
    "no login offered": (
        {"EHLO": "250 odd.example"},
        LOGIN,
        "takes no login; leave transport.username and transport.password empty",
    ),
    "no login offered in plain text": (
        {"EHLO": "250-odd.example\r\n250 STARTTLS"},
        LOGIN,
        'offers no login without encryption; set transport.security = "starttls"',
    ),
    "neither STARTTLS nor a login": (
        {"EHLO": "250 odd.example"},
        {"security": "starttls", **LOGIN},
        'or "none": the way to a server of this machine is safe; leave transport.username and',
    ),
    "a login wanted": (
        {"MAIL": "530 5.7.0 Authentication required"},
        {},
        "it wants a login: set transport.username and transport.password (530",
    ),
    "a quota used up": (
        {"MAIL": "550 5.4.5 Daily user sending quota exceeded"},
        {},
        "ask your provider about quota and account (550 5.4.5 Daily",
    ),
    "encryption wanted": (
        {
            "EHLO": "250-odd.example\r\n250 STARTTLS",
            "MAIL": "530 5.7.0 Must issue a STARTTLS command first",
        },
        {},
        'wants encryption: set transport.security = "starttls" (530',
    ),
    "no STARTTLS": (
        {},
        {"security": "starttls"},
        'offers no STARTTLS; set transport.security = "tls" with transport.port = 465',
    ),
    "plain text where TLS is set": (
        {},
        {"security": "tls"},
        'does not begin with TLS: set transport.security = "starttls", or transport.port = 465',
    ),
    "a sender it does not take": (
        {"MAIL": "550 5.7.1 not yours"},
        LOGIN,
        "it takes no mails from daily@newsletter.example: look at site.sender",
    ),
    "no SMTP server": ({"greeting": "HTTP/1.1 400 Bad Request"}, {}, "no SMTP server answers"),
    "busy": ({"greeting": "421 4.3.2 come back later"}, {}, "it turns us away (421 4.3.2 come"),
    "hangs up": ({"greeting": CLOSE}, {}, "no SMTP server answers there"),
    "says nothing at the login": (
        {"AUTH": SILENCE},
        {"timeout_s": 0.2, **LOGIN},
        "it greets, and at the login hangs up or says nothing more",
    ),
    "says nothing": ({"greeting": SILENCE}, {"timeout_s": 0.2}, "no SMTP server answers there"),
}


@pytest.mark.parametrize("fault", SMTP_FAULTS)
def test_a_wrong_setting_of_smtp_is_one_line_with_what_to_change(
    settings: Settings, fault: str
) -> None:
    replies, wrong, line = SMTP_FAULTS[fault]
    with OddSmtp(**replies) as server:
        told = {"use": "smtp", "host": "127.0.0.1", "port": server.port, "security": "none"}
        transport = settings.transport.model_validate({**told, **wrong})
        tried = settings.model_copy(update={"transport": transport})
        (finding,) = load_transport(tried).check_health(tried, NOW)
    assert finding.level == "trouble"
    assert finding.text.startswith(f"127.0.0.1:{server.port}: ")
    assert line in finding.text
    assert "\n" not in finding.text
    assert "DATA" not in server.heard


@needs_openssl
def test_encryption_is_told_apart_and_a_name_that_does_not_fit(
    setting: Set, found: Found, for_localhost: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = OddSmtp(for_localhost.context, EHLO="250-odd.example\r\n250 STARTTLS", STARTTLS="220 go")
    setting("transport", use="smtp", host="127.0.0.1", security="starttls")
    with odd as server:
        setting("transport", port=server.port)
        ((_, untrusted),) = found("transport")
        with ImapStandIn(context=for_localhost.context) as tls:
            setting("feedback", imap_host="127.0.0.1", imap_port=tls.port, imap_security="tls")
            ((_, unread),) = found("mailbox")
        for_localhost.trust(monkeypatch)
        ((_, misnamed),) = found("transport")
        setting("transport", host="localhost")
        ((level, fine),) = found("transport")
    for told in (untrusted, unread):
        assert "its certificate cannot be trusted; SSL_CERT_FILE" in told
    assert "is for another name, which transport.host should be" in misnamed
    assert level == "ok"
    assert "answers (starttls) and mails from daily@newsletter.example; none was sent" in fine
    with ImapStandIn(context=for_localhost.context) as tls:
        setting("transport", port=tls.port, timeout_s=0.3)
        ((_, from_the_start),) = found("transport")
        monkeypatch.setitem(smtp_health._USUAL_PORTS, "starttls", tls.port)
        ((_, usual),) = found("transport")
    assert f'begins with TLS: set transport.security = "tls", or {USUAL} = 587' in from_the_start
    assert 'begins with TLS: set transport.security = "tls"' in usual
    assert USUAL not in usual, "which is what it is already"


def test_a_server_that_takes_everything_gets_no_mail(setting: Set, found: Found) -> None:
    def let_in(_server: object, _session: object, _envelope: object, _kind: str, data: Any) -> Any:  # noqa: ANN401 - as aiosmtpd calls it
        return AuthResult(success=data.password == b"open", handled=False)

    with RealSmtp(authenticator=let_in, auth_require_tls=False) as server:
        setting("transport", use="smtp", host="127.0.0.1", port=server.port, security="none")
        setting("transport", username="ada", password="open")
        assert [level for level, _ in found("transport")] == ["ok"]
        assert not server.postbox.taken
        setting("transport", password="shut")
        ((level, text),) = found("transport")
    assert level == "trouble"
    assert "the login is refused" in text


@pytest.mark.parametrize(
    ("section", "values", "part", "line"),
    [
        ("transport", {"use": "smpt"}, "transport", "no transport 'smpt'; did you mean 'smtp'?"),
        ("newsletters__0", {"categories": "math.AG"}, "source", "the bundled sample holds cs.SD"),
        ("source", {"use": "arxive"}, "source", "no source 'arxive'; did you mean 'arxiv'?"),
        ("summarizer", {"use": "opnai"}, "summarizer", "did you mean 'openai'?"),
        ("transport", {"directory": "newsletter.toml"}, "transport", "look at transport.directory"),
        ("feedback", {"maildir": "nowhere"}, "mailbox", "look at feedback.maildir"),
        ("feedback", {"imap_host": "no.such.invalid"}, "mailbox", "there is no such host"),
        ("transport", {"use": "smtp", "host": "no.such.invalid"}, "transport", "no such host"),
        ("transport", {"use": "smtp", "host": "127.0.0.1", "port": 1}, "transport", "mostly 587"),
        ("transport", {"use": "sendgrid"}, "transport", "transport.api_key is missing"),
        ("site", {"url": "https://no.such.invalid"}, "site", "look at site.url"),
        ("database", {"url": "sqlite:///other.db"}, "database", "`newsletter db upgrade` creates"),
        ("database", {"url": "oracle:///"}, "database", "which is not installed; for PostgreSQL"),
        ("database", {"url": "nonsense"}, "database", "database.url cannot be used"),
    ],
)
def test_a_wrong_setting_is_trouble_with_the_name_of_the_setting(
    setting: Set, found: Found, section: str, values: dict[str, object], part: str, line: str
) -> None:
    setting(section, **values)
    assert any(level == "trouble" and line in text for level, text in found(part)), found(part)
    if section == "database":
        said = [level for other in ("disk", "secrets") for level, _ in found(other)]
        assert said == ["ok", "ok"], "which is said once"


def test_a_database_server_that_says_nothing_is_not_waited_for(
    setting: Set, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install '.[postgresql]')")
    monkeypatch.setattr(postgresql, "_CONNECT_WITHIN_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        setting("database", url=f"postgresql+psycopg://ada@127.0.0.1:{port}/papers")
        assert "timeout expired; look at database.url" in found("database")[0][1]


def test_the_mailbox_is_logged_in_to_and_its_folder_opened(setting: Set, found: Found) -> None:
    with ImapStandIn(b"Subject: a bounce\n\n") as server:
        where = f"127.0.0.1:{server.port}"
        setting("feedback", imap_host="127.0.0.1", imap_port=server.port, imap_security="none")
        setting("feedback", imap_username="ada", imap_password="open-sesame")
        assert found("mailbox") == [
            ("ok", f"{where}: takes the login of ada, has the folder INBOX")
        ]
        assert not server.flags
        setting("feedback", imap_folder="Bounces")
        assert "has no such folder" in found("mailbox")[0][1]
        setting("feedback", imap_password="wrong")
        wrong = "([AUTHENTICATIONFAILED] wrong password); look at feedback.imap_username and"
        assert wrong in found("mailbox")[0][1]
        setting("feedback", imap_security="starttls")
        assert "it hangs up (it offers no STARTTLS)" in found("mailbox")[0][1]
        setting("feedback", imap_security="tls")
        assert "does not begin with TLS" in found("mailbox")[0][1]
    with OddSmtp() as server:
        setting("feedback", imap_port=server.port, imap_security="none")
        assert "that is an SMTP server, no IMAP server" in found("mailbox")[0][1]


def test_sendgrid_says_what_its_key_may_do_and_where_it_is_at_home(
    setting: Set, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HttpStandIn(lambda _request: Answer()) as ours, HttpStandIn(lambda _: Answer()) as eu:
        monkeypatch.setattr(sendgrid_health, "_REGIONS", {"global": ours.url, "EU": eu.url})
        setting("transport", use="sendgrid", api_key="SG.key", base_url=ours.url)
        ours.record = Answer(200, b'{"scopes": ["mail.send"]}')
        may_send, may_not_read = found("transport")
        assert "the key may send mails; none was sent" in may_send[1]
        assert may_not_read[0] == "warning"
        assert "may not read statistics (stats.read)" in may_not_read[1]
        ours.record = Answer(200, b'{"scopes": ["mail.send", "stats.read"]}')
        assert len(found("transport")) == 1
        ours.record = Answer(200, b"<h1>It works!</h1>")
        assert "not as SendGrid does; look at transport.base_url" in found("transport")[0][1]
        ours.record = Answer(200, b'{"scopes": ["stats.read"]}')
        assert "give it Mail Send and Stats (read)" in found("transport")[0][1]
        ours.record, eu.record = Answer(401), Answer(401)
        assert (
            "the key is refused (HTTP 401); look at transport.api_key" in found("transport")[0][1]
        )
        eu.record = Answer(200, b'{"scopes": ["mail.send"]}')
        home = f'that key is of SendGrid\'s EU: transport.base_url = "{eu.url}"'
        assert home in found("transport")[0][1]
        assert not ours.requests + eu.requests


def test_one_request_to_arxiv_tells_of_its_pages_and_of_the_clock(
    setting: Set, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_clock, "utc_now", lambda: datetime.now(UTC) + timedelta(days=366))
    with HttpStandIn(lambda _request: Answer()) as arxiv:
        setting("source", use="feed", feed_url=f"{arxiv.url}/rss/{{categories}}", min_interval_s=0)
        arxiv.record = Answer(200, b"<rss><channel/></rss>")
        assert [level for level, _ in found("source")] == ["ok"]
        assert arxiv.asked == ["/rss/cs.SD"]
        ((level, text),) = found("clock")
        assert level == "trouble"
        assert text == "the clock of this machine is a year ahead of 127.0.0.1's; set it (NTP)"
        arxiv.record = Answer(200, b"<html>Log in to the hotel's network</html>")
        assert "answers, but not as arXiv does" in found("source")[0][1]
        arxiv.record = Answer(404)
        assert "HTTP 404; look at source.feed_url" in found("source")[0][1]
        setting("source", feed_url=f"http://127.0.0.1:{unused_port()}/{{categories}}")
        assert "cannot be reached" in found("source")[0][1]


def test_the_public_address_is_ours_where_it_knows_our_signature(
    setting: Set, settings: Settings, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting("site", url="http://127.0.0.1:1")
    ((level, unheard),) = found("site")
    assert level == "warning"
    assert "work on this machine only; and nothing of ours answers there (refuses con" in unheard
    setting("transport", use="smtp")
    ((level, unreachable),) = found("site")
    assert level == "trouble"
    assert "Readers elsewhere can neither leave nor follow any other link" in unreachable
    monkeypatch.setattr(site_watch, "is_only_here", lambda _host: False)
    served = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    url = f"http://127.0.0.1:{served.server_port}"
    threading.Thread(target=served.serve_forever, daemon=True).start()
    setting("site", url=url)
    assert ("ok", f"{url} is ours, and an unsubscribe link works there") in found("site")
    file = db.sqlite_file(settings.database.url, settings.folder)
    if file is not None:
        aside = file.rename(file.with_name("aside.db"))
        assert ("ok", f"{url} is ours, and its pages wait for the database") in found("site")
        aside.rename(file)
    setting("site", secret_keys='["another-key-than-the-one-that-serves"]')
    assert any("runs with other site.secret_keys" in text for _, text in found("site"))
    served.shutdown()
    served.server_close()
    assert any("is `newsletter serve` running" in text for _, text in found("site"))
    with HttpStandIn(lambda _request: Answer()) as stranger:
        setting("site", url=stranger.url)
        stranger.record = Answer(200, b"It works!")
        assert any("not as this program does" in text for _, text in found("site"))
        stranger.record = Answer(301, headers={"Location": "https://new.example/u/x"})
        assert any("set site.url to that" in text for _, text in found("site"))
        stranger.record = Answer(502)
        assert any("`newsletter serve` behind it running" in text for _, text in found("site"))


@pytest.mark.parametrize(
    ("url", "proxies", "words"),
    [
        ("http://papers.example.org", 1, "Put nginx or Caddy before"),
        ("https://papers.example.org", 0, "set web.proxies = 1"),
        ("https://papers.example.org", 1, None),
    ],
)
def test_what_is_to_stand_before_the_pages_is_said_where_it_does_not(
    settings: Settings, url: str, proxies: int, words: str | None
) -> None:
    site = settings.site.model_copy(update={"url": url})
    web = settings.web.model_copy(update={"proxies": proxies})
    findings = public_address._before_us(settings.model_copy(update={"site": site, "web": web}))
    assert [words in finding.text for finding in findings if words] == [True] * bool(words)


@contextmanager
def serving(settings: Settings, tls: Certificate, port: int = 0, **environ: str) -> Iterator[str]:
    """Its pages behind TLS, with what a proxy adds to each request; gives their address."""
    app = create_app(settings)
    pages = app.wsgi_app
    app.wsgi_app = lambda each, start: pages({**each, **environ}, start)  # type: ignore[assignment]
    served = make_server("127.0.0.1", port, app, threaded=True, ssl_context=tls.context)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    try:
        yield f"https://localhost:{served.server_port}"
    finally:
        served.shutdown()
        served.server_close()


@needs_openssl
@pytest.mark.parametrize(
    ("arrives", "proxies", "words"),
    [
        ("192.0.2.1", 1, None),
        ("192.0.2.1", 2, "too many: who sends that header is believed"),
        ("192.0.2.1, 192.0.2.2", 1, "2 entries from here, and web.proxies is 1, too few"),
        ("", 1, "let the proxy set it"),
    ],
)
@pytest.mark.usefixtures("database")
def test_as_many_proxies_are_believed_as_write_where_a_request_came_from(
    settings: Settings,
    for_localhost: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    arrives: str,
    proxies: int,
    words: str | None,
) -> None:
    monkeypatch.setattr(site_watch, "is_only_here", lambda _host: False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(for_localhost.file))
    site = settings.site.model_copy(update={"url": "", "postal_address": "1 Road"})
    web = settings.web.model_copy(update={"proxies": proxies})
    with serving(settings, for_localhost, HTTP_X_FORWARDED_FOR=arrives) as url:
        site = site.model_copy(update={"url": url})
        asking = settings.model_copy(update={"site": site, "web": web})
        ours, *warnings = public_address.check(asking, datetime.now(UTC))
    assert ours.level == "ok", ours
    assert [words in each.text for each in warnings if words] == [True] * bool(words), warnings


@needs_openssl
def test_the_public_address_is_watched_for_those_who_ask_the_database_only(
    settings: Settings,
    database: Database,
    for_localhost: Certificate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site_watch, "is_only_here", lambda _host: False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(for_localhost.file))
    now = datetime.now(UTC)
    port = unused_port()
    at = settings.site.model_copy(update={"url": f"https://localhost:{port}"})
    settings = settings.model_copy(update={"site": at})

    def seen(minutes: int) -> list[str]:
        moment = now + timedelta(minutes=minutes)
        public_address.check_when_due(settings, database, moment)
        return told(minutes)

    def told(minutes: int) -> list[str]:
        findings = site_watch.check(settings, database, now + timedelta(minutes=minutes))
        return [f"{each.level} {each.text}" for each in findings]

    with serving(settings, for_localhost, port):
        assert not seen(0)
        (ending,), (ended,) = told(40 * 60), told(49 * 60)
        assert "warning the certificate of localhost ends on" in ending
        assert "trouble the certificate of localhost ended on" in ended
    assert not seen(40), "it was asked lately"
    assert not seen(60), "a short outage is none"
    (down,) = seen(91)
    assert down.startswith(f"trouble {settings.site.url} refuses connections; look at site.url")
    with serving(settings, for_localhost, port):
        assert not seen(97)
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        assert not seen(150)
        assert "certificate that can be trusted (self-signed" in seen(181)[0]
        assert "renew or mend it at the proxy" in told(181)[0]


def test_who_gets_nothing_any_more_and_which_links_are_dead_is_trouble(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    with database.write.begin() as session:
        subscribers_health.remember_keys(settings, session, NOW.date())
    cli("run")
    with database.write.begin() as session:
        session.execute(update(IssueRow).values(frozen_at=NOW))
    assert not list(subscribers_health.check(settings, database, NOW))
    renamed = settings.newsletters[0].model_copy(update={"slug": "sound"})
    site = settings.site.model_copy(update={"secret_keys": (SecretStr("a-fresh-key-of-16"),)})
    changed = settings.model_copy(update={"newsletters": (renamed,), "site": site})
    orphaned, lost = subscribers_health.check(changed, database, NOW)
    assert (orphaned.level, lost.level) == ("trouble", "trouble")
    assert f"{len(readers)} readers of 'audio', which no [[newsletters]] names" in orphaned.text
    assert "Bring it back" in orphaned.text
    assert "from 2025-07-11 on is not in site.secret_keys" in lost.text
    dead = f"in {len(readers)} mails of then, also to unsubscribe, no longer work"
    assert dead in lost.text  # today's, too
    assert "put it behind the first until 2025-09-09" in lost.text
    assert "`newsletter config give-up-key 2025-07-11`" in lost.text
    with database.write.begin() as session:
        assert not subscribers_health.give_up_keys(settings, session, NOW.date()), "it is in use"
        assert subscribers_health.give_up_keys(changed, session, NOW.date()) == 1
        assert subscribers_health.lost_keys(changed, session) == ["2025-07-11"]
    _, given_up = subscribers_health.check(changed, database, NOW)
    assert (given_up.level, "was given up" in given_up.text) == ("ok", True)
    with database.write.begin() as session:
        subscribers_health.remember_keys(changed, session, NOW.date() + timedelta(days=1))
    (still,) = subscribers_health.check(changed, database, NOW + timedelta(days=400))
    assert "no [[newsletters]] names" in still.text, "by then no key is missed"
    both = (SecretStr("a-fresh-key-of-16"), *settings.site.secret_keys)
    site = settings.site.model_copy(update={"secret_keys": both})
    kept = settings.model_copy(update={"site": site})
    (finding,) = subscribers_health.check(kept, database, NOW + timedelta(days=2))
    assert finding.level == "ok"
    assert "number 2, signed until 2025-07-12, and may go on 2025-09-10" in finding.text


def test_a_full_disk_and_a_database_that_takes_no_row_are_trouble(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=5_000_000))
    (full,) = storage.check_room(settings, NOW)
    assert (full.level, full.part) == ("trouble", "disk")
    assert "5 MB are free" in full.text
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA query_only = ON")
    (refused,) = storage.check_writable(settings, database, NOW)
    assert refused.level == "trouble"
    assert "cannot be written (attempt to write a readonly database)" in refused.text


@pytest.mark.parametrize("broken", ["garbage", "torn", "full"])
def test_a_broken_database_is_one_line_and_every_other_part_is_tried(
    settings: Settings, found: Found, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings.folder / "newsletter.db"
    if broken == "full":
        full = OperationalError("", None, sqlite3.OperationalError("database or disk is full"))

        def fail(*_: object) -> None:
            raise full

        monkeypatch.setitem(quick_checks.QUICK_CHECKS, "sending", fail)
        monkeypatch.setitem(quick_checks.QUICK_CHECKS, "outbox", fail)
    else:
        whole = file.read_bytes()
        torn = whole[:4096] + b"x" * (len(whole) - 4096)
        file.write_bytes(b"no database at all" * 999 if broken == "garbage" else torn)
    troubles = [text for level, text in found("database") if level == "trouble"]
    assert len(troubles) == 1
    assert "\n" not in troubles[0]
    for part in ("disk", "transport", "source", "site"):
        assert found(part), part


def test_what_everybody_may_read_is_a_warning_and_json_has_always_a_reason(
    settings: Settings, found: Found, cli: Cli
) -> None:
    assert [level for level, _ in found("secrets")] == ["ok"]
    (settings.folder / "newsletter.env").write_text("NEWSLETTER_SITE__NAME=Papers\n")
    (settings.folder / "newsletter.env").chmod(0o644)
    ((level, text),) = found("secrets")
    assert (level, "chmod o= " in text) == ("warning", True)
    (settings.folder / "newsletter.toml").write_text("[site")
    said = cli("check", "--json")
    assert (said.code, json.loads(said.out)[0]["part"]) == (2, "configuration")


def test_what_does_not_end_is_said_and_nobody_waits_for_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = threading.Event()

    def wait(_settings: Settings, _now: datetime) -> list[Finding]:
        endless.wait()
        return []

    monkeypatch.setattr(readiness, "LIVE_CHECKS", {"oracle": wait})
    monkeypatch.setattr(readiness, "_WITHIN_S", 0.0)
    last = list(readiness.check(settings, NOW))[-1]
    endless.set()
    assert (last.part, last.level, last.text) == ("oracle", "trouble", "no end within 0 s")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion_by_the_documented_command(
    cli: Cli, shell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert f"_NEWSLETTER_COMPLETE={shell}_source newsletter" in page
    monkeypatch.setenv("_NEWSLETTER_COMPLETE", f"{shell}_source")
    with pytest.raises(SystemExit) as end:
        cli()
    assert end.value.code == 0


def test_the_shell_completes_topics_of_help_too(
    cli: Cli, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"_NEWSLETTER_COMPLETE": "bash_complete", "COMP_WORDS": "newsletter help de"}
    for name, value in {**asked, "COMP_CWORD": "2"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        cli()
    assert b"plain,deploy" in capfdbinary.readouterr().out


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_what_the_machine_lacks_is_one_line_and_no_traceback(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch, trouble: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(trouble, os.strerror(trouble), str(settings.folder))

    monkeypatch.setattr(bootstrap, "open_services", fail)
    said = cli("run")
    line = f"newsletter: {settings.folder}: {os.strerror(trouble)}; mend that and run again\n"
    assert (said.code, said.err) == (1, line)


def test_status_and_upgrade_tell_the_same_of_tables_that_a_newer_program_made(
    cli: Cli, database: Database
) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    same = "version 9999, this program knows none above"
    assert same in cli("db", "status").out
    assert same in cli("check", "--json").out
    upgrade = cli("db", "upgrade")
    assert (upgrade.code, same in upgrade.err, upgrade.err.count("\n")) == (1, True, 1)


def test_a_database_that_postgresql_does_not_have_is_named_with_the_command_that_makes_it(
    cli: Cli, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.folder.exists()
    monkeypatch.setenv("NEWSLETTER_DATABASE__URL", server.url("nobody_made_me"))
    cure = f"`createdb --host={server.folder} --username=tester nobody_made_me` makes it"
    status = cli("db", "status")
    assert (status.code, cure in status.out) == (1, True)
    assert cure in json.loads(cli("db", "status", "--json").out)["trouble"]
    for command in (("db", "upgrade"), ("run",)):
        said = cli(*command)
        assert (said.code, cure in said.err, said.err.count("\n")) == (1, True, 1)
    assert cure in " ".join(cli("check").out.split())


def test_a_machine_without_a_network_says_so_at_its_first_request(
    cli: Cli, settings: Settings, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def nowhere(host: str, *_: object, **__: object) -> None:
        asked.append(host)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    assert readers
    file = settings.folder / "newsletter.toml"
    file.write_text(file.read_text().replace('use = "bundled"', 'use = "arxiv"'))
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    said = cli("run")
    assert said.code == 1
    assert said.err == (
        "newsletter: no network: arxiv.org cannot be looked up or reached from here;"
        " run it again when there is one\n"
    )
    assert asked == ["arxiv.org"]


@pytest.mark.parametrize("refusal", [ConnectionRefusedError, TimeoutError])
def test_arxiv_that_lets_nobody_in_is_said_at_once_and_not_asked_again_and_again(
    cli: Cli,
    settings: Settings,
    readers: list[str],
    monkeypatch: pytest.MonkeyPatch,
    refusal: type[OSError],
) -> None:
    asked = []

    def closed(address: tuple[str, int], *_: object, **__: object) -> None:
        asked.append(address[0])
        raise refusal(errno.ECONNREFUSED, "Connection refused")

    assert readers
    file = settings.folder / "newsletter.toml"
    text = file.read_text().replace('use = "bundled"', 'use = "arxiv"\nmin_interval_s = 0.01')
    file.write_text(text)
    monkeypatch.setattr(urllib3.util.connection, "create_connection", closed)
    said = cli("run")
    assert (said.code, said.err.startswith("newsletter: no network: ")) == (1, True), said.err
    assert asked == ["arxiv.org", "rss.arxiv.org"][: len(asked)]


def test_a_wait_for_arxiv_ends_where_somebody_asks_to_stop(tmp_path: Path) -> None:
    slept: list[float] = []
    with HttpStandIn(lambda _: None) as busy:
        busy.record = Answer(503)
        adapter = PoliteAdapter(SourceSettings(), "", slept.append, folder=tmp_path)
        adapter.stopping = lambda: len(slept) > 2
        with pytest.raises(StoppedError, match="stopped while waiting for arXiv"):
            PoliteSession(adapter).get(busy.url)
    assert max(slept) < 1


@pytest.mark.parametrize(
    ("life", "left", "level"),
    [(90, 15, None), (90, 13, "warning"), (90, -1, "trouble"), (6, 5, None), (6, 1, "warning")],
)
def test_the_end_of_a_certificate_is_foreseen(life: int, left: int, level: str | None) -> None:
    ends = NOW + timedelta(days=left)
    certificate = site_watch.Certificate(ends - timedelta(days=life), ends)
    found = list(certificate.findings("papers.example.org", NOW))
    assert [finding.level for finding in found] == [level] * bool(level)
    assert all(f"{ends:%F}" in finding.text for finding in found)
