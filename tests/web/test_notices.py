"""Those that [notify] names hear who came and who left: signed, and no more than that."""

import hashlib
import hmac
import json
import logging
import re
import socket
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from newsletter import config, notice_queue, slugs
from newsletter.config import NotifySettings
from newsletter.database.db import Database
from newsletter.errors import WrongUseError
from newsletter.finding import Finding, Severity
from newsletter.models import NoticeRow, OutboxRow
from newsletter.notices import health
from newsletter.notices.notice_worker import NoticeWorker
from newsletter.subscribers import erasure, lifecycle, opt_out
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.transports.base import SendResult, SendStatus
from tests.conftest import BY_HAND, NOW, Cli
from tests.serving import Running
from tests.web.conftest import Hand, Site, opened

ADA, BOB = "ada@reader.example", "bob@reader.example"
SECRET = f"whsec_{b64encode(b'k' * 32).decode()}"
PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"


class _Server(Running, ThreadingHTTPServer):
    daemon_threads = True


class Receiver:
    """Somebody's receiver: keeps what came, and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answer: Callable[[dict[str, Any]], tuple[int, dict[str, str]]] = lambda _: (204, {})
        self.address = ""

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    @property
    def types(self) -> list[str]:
        return [str(event["type"]).removeprefix("subscriber.") for event in self.events]


def handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.heard.append(
                ({name.lower(): value for name, value in self.headers.items()}, body)
            )
            status, headers = receiver.answer(json.loads(body))
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    return Handler


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listening = Receiver()
    with _Server(("127.0.0.1", 0), handler_of(listening)) as server:
        listening.address = f"http://127.0.0.1:{server.server_port}/hooks/T0PSECRET"
        yield listening


def webhook(address: str, **more: object) -> NotifySettings:
    return NotifySettings.model_validate(
        {"url": address, "secrets": [SECRET], "timeout_s": 5.0, **more}
    )


@contextmanager
def told(two: config.Settings, **targets: NotifySettings) -> Iterator[Site]:
    yield from opened(two.model_copy(update={"notify": targets}), Hand())


def work(site: Site) -> int:
    return NoticeWorker(site.database, site.settings, site.clock).run_once()


def leave(site: Site, email: str) -> None:
    with site.database.write.begin() as session:
        subscriber = lifecycle.get_subscriber(session, email)
        opt_out.unsubscribe(session, subscriber, None, BY_HAND, site.clock.now)


def found(site: Site) -> list[Finding]:
    return list(health.check(site.settings, site.database, site.clock.now))


def test_the_receiver_of_the_page_hears_a_readers_whole_life(
    two: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", SECRET)
    (source,) = re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    recipe: dict[str, Any] = {"__name__": "receiver"}
    exec(compile(source, "receiver.py", "exec"), recipe)  # noqa: S102 - our own page
    lines: list[str] = []
    recipe["print"] = lambda *words, **_: lines.append(" ".join(map(str, words)))
    recipe["Receiver"].log_message = lambda *_: None
    with (
        _Server(("127.0.0.1", 0), recipe["Receiver"]) as server,
        told(two, crm=webhook(f"http://127.0.0.1:{server.server_port}/")) as site,
    ):
        recipe["time"] = type("Clock", (), {"time": lambda: Hand.__call__(site.clock).timestamp()})
        site.sign_up(ADA)
        site.work()
        assert work(site) == 0  # anybody can type an address
        confirm = site.link(site.sent[-1], "confirm")
        site.press(site.get(confirm), confirm)
        site.work()
        unsubscribe = site.link(site.sent[-1], "u")
        site.client.post(unsubscribe, data={"List-Unsubscribe": "One-Click"})
        site.client.post(unsubscribe, data={"List-Unsubscribe": "One-Click"})
        goodbye = site.get(unsubscribe)
        site.press(goodbye, unsubscribe)
        (undo,) = set(re.findall(r"/undo/[\w.~-]+", site.post(unsubscribe).text))
        site.press(site.get(undo), undo)
        (preferences,) = re.findall(r"\S+/preferences/[^/\s]+$", site.sent[-1].text, re.MULTILINE)
        site.post(f"{preferences}/address", email=BOB)
        site.work()
        change = site.link(site.sent[-1], "change")
        site.press(site.get(change), change)
        assert work(site) == 4
        with site.database.write.begin() as session:
            ada, bob = (lifecycle.get_subscriber(session, email) for email in (ADA, BOB))
            number, onward = ada.id, bob.id
            erasure.erase(session, bob, site.clock.now)
        assert work(site) == 1
        assert lines == [
            f"subscriber.confirmed {number} {ADA}",
            f"subscriber.left {number} {ADA}",
            f"subscriber.came_back {number} {ADA}",
            f"subscriber.moved {onward} {BOB}",
            f"subscriber.erased {onward} None",
        ]
        assert len(recipe["seen"]) == 5
        assert work(site) == 0


def test_a_notice_is_signed_with_every_secret_and_says_what_happened(
    two: config.Settings, receiver: Receiver
) -> None:
    other = f"whsec_{b64encode(b'o' * 24).decode()}"
    with told(two, crm=webhook(receiver.address, secrets=[SECRET, other])) as site:
        site.confirmed(ADA, "audio", "text")
        work(site)
    ((headers, body),) = receiver.heard
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    for secret, signature in zip(
        (SECRET, other), headers["webhook-signature"].split(), strict=True
    ):
        key = b64decode(secret.removeprefix("whsec_"))
        ours = b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        assert signature == f"v1,{ours}"
    assert int(headers["webhook-timestamp"]) == int(Hand().now.timestamp())
    assert json.loads(body) == {
        "type": "subscriber.confirmed",
        "timestamp": "2025-07-11T06:30:00Z",
        "data": {"id": "1", "email": ADA, "newsletters": ["audio", "text"], "way": "operator"},
    }


def test_each_hears_only_of_its_newsletters_and_events_and_nothing_that_was_rolled_back(
    two: config.Settings, receiver: Receiver
) -> None:
    targets = {
        "texts": webhook(f"{receiver.address}/texts", newsletters=["text"]),
        "leavings": webhook(f"{receiver.address}/leavings", events=["left"]),
    }
    with told(two, **targets) as site:
        site.confirmed(ADA, "audio", "text")
        site.confirmed(BOB, "audio")
        leave(site, ADA)
        with site.database.write() as session:  # never committed
            bob = lifecycle.get_subscriber(session, BOB)
            opt_out.unsubscribe(session, bob, None, BY_HAND, site.clock.now)
        work(site)
    assert [(event["type"], event["data"]["newsletters"]) for event in receiver.events] == [
        ("subscriber.left", ["audio", "text"]),
        ("subscriber.confirmed", ["text"]),
        ("subscriber.left", ["text"]),
    ]


def test_one_that_hears_of_a_newsletter_still_does_under_its_new_slug(
    two: config.Settings, receiver: Receiver
) -> None:
    with told(two, texts=webhook(receiver.address, newsletters=["text"])) as site:
        site.confirmed(ADA, "text")
        with site.database.write.begin() as session:
            slugs.rename(session, "text", "speech", site.clock.now)
        leave(site, ADA)
        work(site)
    assert [event["data"]["newsletters"] for event in receiver.events] == [["text"], ["speech"]]


def test_one_that_fails_is_asked_less_and_less_and_what_it_missed_comes_when_it_is_well(
    two: config.Settings, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answer = lambda _: (500, {})
    with told(two, crm=webhook(receiver.address)) as site, caplog.at_level(logging.INFO):
        for number in range(3):
            site.confirmed(f"reader{number}@reader.example")
        asked = []
        for _ in range(24 * 4):  # a day, looked at every quarter of an hour
            work(site)
            asked.append(len(receiver.heard))
            site.clock.pass_by(minutes=15)
        assert asked[0] == 1
        assert 20 <= asked[-1] <= 40
        (finding,) = found(site)
        assert finding.level is Severity.TROUBLE
        assert "crm takes nothing since 2025-07-11 06:30 UTC (HTTP 500); 3 wait" in finding.text
        receiver.answer = lambda _: (204, {})
        site.clock.pass_by(days=1)
        assert work(site) == 3
        assert [finding.level for finding in found(site)] == [Severity.OK]
        assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 3
    assert "T0PSECRET" not in caplog.text
    assert "@" not in caplog.text


def test_one_event_that_is_always_refused_holds_up_no_other_and_is_given_up(
    two: config.Settings, receiver: Receiver
) -> None:
    receiver.answer = lambda event: (400 if event["data"]["email"] == ADA else 204, {})
    with told(two, crm=webhook(receiver.address)) as site:
        site.confirmed(ADA)
        site.confirmed(BOB)
        assert work(site) == 0
        site.clock.pass_by(seconds=16)
        assert work(site) == 1  # bob's, though ada's is older
        for _ in range(12):
            site.clock.pass_by(hours=12)
            work(site)
        tries = receiver.types.count("confirmed") - 1
        assert 6 <= tries <= 10
        (finding,) = found(site)
        assert finding.level is Severity.WARNING
        assert "newsletter notify retry crm" in finding.text
        site.clock.pass_by(days=10)
        assert work(site) == 0
        receiver.answer = lambda _: (204, {})
        with site.database.write.begin() as session:
            assert notice_queue.retry_now(session, "crm", site.clock.now) == 1
        assert work(site) == 1
        assert [finding.level for finding in found(site)] == [Severity.OK]


@pytest.mark.parametrize(
    ("answer", "words", "wait_h"),
    [
        ((307, {"Location": "http://127.0.0.1:9/elsewhere"}), "leads elsewhere", 0),
        ((410, {}), "it wants no more", 23.9),
        ((429, {"Retry-After": "7200"}), "HTTP 429", 1.9),
        ((503, {"Retry-After": "99999999"}), "HTTP 503", 23.9),
        ((204, {"Content-Length": "0"}), "", 0),
    ],
)
def test_an_answer_says_whether_it_was_taken_and_when_to_come_again(
    two: config.Settings,
    receiver: Receiver,
    answer: tuple[int, dict[str, str]],
    words: str,
    wait_h: float,
) -> None:
    receiver.answer = lambda _: answer
    with told(two, crm=webhook(receiver.address)) as site:
        site.confirmed(ADA)
        work(site)
        (finding,) = found(site)
        assert words in finding.text
        assert finding.level is (Severity.WARNING if words else Severity.OK)
        site.clock.pass_by(hours=wait_h)
        work(site)
        assert len(receiver.heard) == 1
        if words:
            site.clock.pass_by(hours=0.2)
            work(site)
            assert len(receiver.heard) == 2


@pytest.mark.parametrize("speaks", [b"", b"HTTP/1.1 200 OK\r\nServer: ", b"?\r\n\r\n"])
def test_one_that_is_silent_or_talks_nonsense_ends_in_time(
    two: config.Settings, speaks: bytes
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        told(
            two, crm=webhook(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout_s=0.2)
        ) as site,
    ):
        site.confirmed(ADA)
        held: list[socket.socket] = []

        def answer() -> None:
            held.append(listening.accept()[0])
            held[0].sendall(speaks)

        talking = threading.Thread(target=answer)
        talking.start()
        assert work(site) == 0
        talking.join()
        held[0].close()
        (finding,) = found(site)
        assert finding.level is Severity.WARNING
        assert "127.0.0.1" not in finding.text


def test_a_process_that_dies_over_a_notice_leaves_it_to_the_next_with_the_same_identity(
    two: config.Settings, receiver: Receiver
) -> None:
    with told(two, crm=webhook(receiver.address)) as site:
        site.confirmed(ADA)
        with site.database.write.begin() as session:
            (row,) = notice_queue.claim(session, "crm", site.clock.now, 10)
        assert work(site) == 0  # leased to the dead one
        site.clock.pass_by(minutes=6)
        assert work(site) == 1
    assert [headers["webhook-id"] for headers, _ in receiver.heard] == [row.event_id]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_processes_that_tell_one_target_at_once_take_different_notices(database: Database) -> None:
    with database.write.begin() as session:
        for number in range(3):
            session.add(
                NoticeRow(
                    target="crm",
                    event_id=f"msg_{number}",
                    kind="confirmed",
                    subscriber_id=number,
                    newsletters=["audio"],
                    at=NOW,
                    not_before=NOW,
                )
            )
    with database.concurrent.begin() as one, database.concurrent.begin() as another:
        taken = [notice_queue.claim(session, "crm", NOW, 2) for session in (one, another)]
        assert [[row.subscriber_id for row in rows] for rows in taken] == [[0, 1], [2]]


def test_erasure_takes_the_address_out_of_what_waits(
    two: config.Settings, receiver: Receiver
) -> None:
    receiver.answer = lambda _: (500, {})
    with told(
        two, crm=webhook(receiver.address), me=NotifySettings(mail_to="me@papers.example")
    ) as site:
        ada = site.confirmed(ADA)
        leave(site, ADA)
        work(site)
        with site.database.write.begin() as session:
            erasure.erase(session, lifecycle.get_subscriber(session, ADA), site.clock.now)
        with site.database.read() as session:
            rows = session.scalars(select(NoticeRow)).all()
        assert [(row.kind, row.email, row.subscriber_id) for row in rows] == [
            ("erased", None, ada.id)
        ] * 2
        receiver.answer = lambda _: (204, {})
        site.clock.pass_by(minutes=6)
        work(site)
        assert receiver.events[-1]["data"] == {"id": str(ada.id), "newsletters": ["audio"]}
        site.work()
        (mail,) = site.sent
        assert f"Subscriber {ada.id} was erased here" in mail.text
        assert ADA not in mail.text


def test_an_operator_gets_one_mail_for_what_happens_within_five_minutes(
    two: config.Settings,
) -> None:
    with told(two, me=NotifySettings(mail_to="me@papers.example")) as site:
        site.confirmed(ADA)
        work(site)
        site.work()
        assert site.sent == []
        wish = SubscriptionRequest(["text"], "brief", "en")
        with site.database.write.begin() as session:
            for number in range(60):
                address = f"reader{number}@reader.example"
                lifecycle.add_subscriber(session, address, wish, "a fair", site.clock.now)
        leave(site, ADA)
        site.clock.pass_by(minutes=5)
        assert work(site) == 62
        site.work()
        (mail,) = site.sent
        assert mail.recipient == "me@papers.example"
        assert mail.content.subject.startswith("61 subscribed, 1 left: ")
        assert f"{ADA} subscribed to 音频" in mail.text
        assert "reader48@reader.example subscribed to Speech & Text" in mail.text
        assert "reader49@reader.example" not in mail.text
        assert "And 12 more" in mail.text
        leave(site, "reader0@reader.example")
        site.clock.pass_by(minutes=6)
        work(site)
        site.work()
        assert site.sent[-1].content.subject.startswith(
            "reader0@reader.example left Speech & Text:"
        )


def test_an_operators_mailbox_that_refuses_is_named_and_never_suppressed(
    two: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with told(two, me=NotifySettings(mail_to=ADA)) as site:
        site.confirmed(ADA)
        site.clock.pass_by(minutes=6)
        work(site)
        for _ in range(2):
            site.confirmed(BOB)
        refused = SendResult(SendStatus.REJECTED, f"550 5.1.1 no {ADA}", permanent=True)
        real = site.transport.send
        monkeypatch.setattr(
            site.transport,
            "send",
            lambda mails: (
                (mail, refused) if mail.campaign == "notice" else next(iter(real([mail])))
                for mail in mails
            ),
        )
        site.sign_up("carol@reader.example")
        site.work()
        site.clock.pass_by(minutes=2)
        site.sign_up("dan@reader.example")
        site.work()
        with site.database.read() as session:
            assert session.scalar(select(OutboxRow.id).where(OutboxRow.kind == "notice")) is None
        (finding,) = found(site)
        assert "a mail was refused: 550 5.1.1 no <address>" in finding.text
        assert site.held(ADA) == {"audio"}
        site.sign_up(ADA, "text")
        site.work()
        assert site.sent[-1].recipient == ADA


def test_the_metrics_and_the_checks_name_who_does_not_listen(
    two: config.Settings, receiver: Receiver
) -> None:
    receiver.answer = lambda _: (500, {})
    settings = two.model_copy(
        update={
            "notify": {
                "crm": webhook(receiver.address),
                "far": webhook("http://crm.example.org/x"),
            },
            "metrics": config.MetricsSettings.model_validate({"token": "a token for metrics"}),
        }
    )
    for site in opened(settings, Hand()):
        site.confirmed(ADA)
        with site.database.write.begin() as session:
            session.execute(delete(NoticeRow).where(NoticeRow.target == "far"))
            session.add(_left_over(site))
        work(site)
        headers = {"Authorization": "Bearer a token for metrics"}
        text = site.client.get("/metrics", headers=headers).text
        assert 'newsletter_notices_waiting{target="crm"} 1.0' in text
        assert 'newsletter_notices_failing{target="crm"} 1.0' in text
        words = " ".join(finding.text for finding in found(site))
        assert "far is told over plain http" in words
        assert "1 notice for gone, which [notify] does not name any more" in words
        site.clock.pass_by(days=31)
        site.clean()
        assert "gone" not in " ".join(finding.text for finding in found(site))


def _left_over(site: Site) -> NoticeRow:
    return NoticeRow(
        target="gone",
        event_id="msg_1",
        kind="left",
        subscriber_id=9,
        email=BOB,
        newsletters=["audio"],
        at=site.clock.now,
        attempts=0,
        not_before=site.clock.now,
    )


def test_commands_try_it_say_what_waits_and_send_it_again(
    two: config.Settings, receiver: Receiver, cli: Cli
) -> None:
    file = two.folder / "newsletter.toml"
    tables = (
        f'\n[notify.crm]\nurl = "{receiver.address}"\nsecrets = ["{SECRET}"]\n'
        '\n[notify.me]\nmail_to = "me@papers.example"\n'
    )
    file.write_text(file.read_text("utf-8") + tables, "utf-8")
    at = ("--config", str(file))
    shown = cli("config", "show", *at).out
    assert "T0PSECRET" not in shown
    assert "whsec" not in shown
    tried = cli("notify", "test", "crm", "--event", "moved", *at)
    assert (tried.code, "webhook-signature: v1," in tried.out) == (0, True)
    assert receiver.events[-1]["test"] is True
    assert receiver.events[-1]["data"]["old"]["email"] == "before@reader.example"
    assert cli("notify", "test", "me", *at).code == 0
    (mail,) = (two.folder / "outbox").glob("notice-*.eml")
    assert b"somebody@reader.example subscribed to" in mail.read_bytes()
    receiver.answer = lambda _: (418, {"Content-Length": "0"})
    refused = cli("notify", "test", "crm", *at)
    assert (refused.code, "crm did not take it: HTTP 418" in refused.err) == (1, True)
    assert cli("subscribers", "add", ADA, "--consent", "on the phone", *at).code == 0
    assert cli("notify", "retry", "crm", *at).code == 1
    listed = json.loads(cli("notify", "list", "--json", *at).out)
    assert [(row["name"], row["waiting"]) for row in listed] == [("crm", 1), ("me", 1)]
    receiver.answer = lambda _: (204, {})
    assert cli("notify", "retry", "crm", *at).out == "crm was told 1.\n"
    assert cli("notify", "retry", "crm", *at).out == "Nothing waits for crm.\n"
    assert "did you mean 'crm'?" in cli("notify", "test", "crn", *at).err
    made = cli("notify", "secret").out.strip()
    assert webhook("http://127.0.0.1/", secrets=[made]).secrets[0].get_secret_value() == made


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ('url = "https://a.example/"', "notify.crm: secrets are missing"),
        ('mail_to = "a@b.example"\nurl = "https://a.example/"', "needs either url"),
        ("", "needs either url"),
        ('url = "https://a.example/"\nsecrets = ["short"]', "is no webhook secret"),
        ('url = "ftp://a.example/"', "is no web address"),
        ('mail_to = "a@b.example"\nnewsletters = ["audoi"]', "there is no newsletter 'audoi'"),
        ('mail_to = "a@b.example"\nevents = ["opened"]', "notify.crm.events"),
        ('mail_to = "a@b.example"\nurls = "x"', "unknown setting 'notify.crm.urls'"),
    ],
)
def test_a_slip_in_the_settings_is_one_line(two: config.Settings, table: str, line: str) -> None:
    file = two.folder / "newsletter.toml"
    file.write_text(f"{file.read_text('utf-8')}\n[notify.crm]\n{table}\n", "utf-8")
    with pytest.raises(WrongUseError, match=re.escape(line)):
        config.load(file, {})
