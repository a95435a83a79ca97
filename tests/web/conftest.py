"""The site of two newsletters, its clock in the test's hand, and the mails it sends."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from socketserver import ThreadingMixIn
from urllib.parse import unquote, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from newsletter import bootstrap, config, scaffold
from newsletter.cli.main import _run
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import SubscriberRow
from newsletter.periodic_work import clean
from newsletter.rendering.message import Message
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.transactional.outbox_worker import OutboxReport, OutboxWorker
from newsletter.transports.memory import Memory
from newsletter.web import create_app
from newsletter.web.button_presses import BUTTON, MEANT, PressMarker
from newsletter.web.pages import EXTENSION
from tests.conftest import NOW, bring_to_state
from tests.gates.browser import Eyes, opened_eyes
from tests.serving import Running

SECOND = """
[[newsletters]]
slug = "text"
title = "Speech & Text"
categories = ["cs.CL"]
language = "en"
"""


class Hand:
    """The test's clock."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **much: float) -> None:
        self.now += timedelta(**much)


class _Forms(HTMLParser):
    """The forms of a page that people see: where each posts to, and what it sends by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._is_seen = False
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._is_seen = given.get("class") != "honey"
            if self._is_seen:
                self.forms.append((given.get("action") or "", {}))
        elif (
            tag == "input"
            and self._is_seen
            and (given.get("type") == "hidden" or given.get("name") == MEANT)
        ):
            self.forms[-1][1][given["name"] or ""] = given.get("value") or ""


class Browser(FlaskClient):
    """A client that says of itself what people's do."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (of a person)"


@dataclass
class Site:
    """What a person and an operator have of the site."""

    settings: Settings
    client: FlaskClient
    database: Database
    clock: Hand
    outbox_worker: OutboxWorker
    transport: Memory = field(default_factory=Memory)

    @property
    def sent(self) -> list[Message]:
        return self.transport.sent

    def work(self) -> OutboxReport:
        """What the thread of `serve` does by itself."""
        return self.outbox_worker.run_once()

    def clean(self) -> None:
        """What the same does every hour."""
        clean(self.database, self.settings, self.clock, lambda: False)

    def sign_up(
        self, email: str, *newsletters: str, network: str = "192.0.2.1", **more: str
    ) -> TestResponse:
        data = {"email": email, "newsletter": list(newsletters) or ["audio"], **more}
        return self.client.post(
            "/", data=data, environ_base={"REMOTE_ADDR": network}, headers=ENGLISH
        )

    def get(self, address: str) -> TestResponse:
        return self.client.get(path_of(address), headers=ENGLISH)

    def post(self, address: str, **data: object) -> TestResponse:
        """As somebody does who has looked at the page for a while."""
        given = pressed_after_a_while(self, path_of(address)) | data
        return self.client.post(path_of(address), data=given, headers=ENGLISH)

    def press(self, page: TestResponse, address: str, **data: object) -> TestResponse:
        """Press the button of a page that has one form, after reading it."""
        forms = _Forms()
        forms.feed(page.text)
        ((action, hidden),) = forms.forms
        self.clock.pass_by(seconds=5)
        return self.post(action or address, **hidden, **data)

    def subscriber(self, email: str) -> SubscriberRow | None:
        with self.database.read() as session:
            return lifecycle.find_subscriber(session, email)

    def held(self, email: str) -> set[str]:
        with self.database.read() as session:
            found = lifecycle.find_subscriber(session, email)
            return set() if found is None else set(lifecycle.active_subscriptions(session, found))

    def confirmed(self, email: str, *newsletters: str) -> SubscriberRow:
        with self.database.write.begin() as session:
            wish = SubscriptionRequest(list(newsletters) or ["audio"], "brief", "en")
            return lifecycle.add_subscriber(
                session, email, wish, "said so on the phone", self.clock.now
            )

    def link(self, mail: Message, kind: str) -> str:
        """The one link of that kind in a mail's text."""
        found = {word for word in mail.text.split() if f"/{kind}/" in word}
        (link,) = found
        return link


ENGLISH = {"Accept-Language": "en"}


def pressed_after_a_while(site: Site, address: str) -> dict[str, str]:
    """What the form of a page sends by its button once somebody has looked at it."""
    key = site.client.application.extensions[EXTENSION].limits_key
    page = PressMarker(key, unquote(urlsplit(address).path))
    return {"shown": page.made(site.clock.now - timedelta(seconds=10)), BUTTON: "1"}


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture
def with_issue(two: Settings, kept_states: Path) -> Settings:
    """The same two, with the bundled day's issue of `audio`."""
    file = two.folder / "newsletter.toml"

    def run() -> None:
        assert _run(("run", "audio", "--config", str(file))) == 0

    bring_to_state(kept_states, "two newsletters and an issue", two.folder, run)
    return config.load(file, {})  # with the keys of whoever made it


def opened(settings: Settings, clock: Hand) -> Iterator[Site]:
    transport = Memory()
    app = create_app(settings, clock)
    database = app.extensions["newsletter.database"]
    links = bootstrap.signed_links(settings)
    outbox_worker = OutboxWorker(database, settings, links, lambda: transport, clock)
    app.test_client_class = Browser
    with app.test_client() as client:
        yield Site(settings, client, database, clock, outbox_worker, transport)
    database.dispose()


@pytest.fixture
def two(tmp_path: Path) -> Settings:
    """`audio` in Chinese and `text` in English."""
    scaffold.write_configuration(tmp_path / "newsletter.toml", scaffold.DEMO, {})
    file = tmp_path / "newsletter.toml"
    content = file.read_text(encoding="utf-8").replace("[source]", f"{SECOND}\n[source]", 1)
    file.write_text(content, encoding="utf-8")
    return config.load(file, {})


@pytest.fixture
def site(two: Settings) -> Iterator[Site]:
    yield from opened(two, Hand())


@pytest.fixture(scope="module")
def eyes() -> Iterator[Eyes]:
    with opened_eyes() as opened_:
        yield opened_


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
