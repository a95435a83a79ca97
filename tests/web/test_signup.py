"""Nobody is subscribed by a stranger, nobody is bombed, and the form tells nothing of anybody."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from newsletter import bootstrap
from newsletter.cli.main import _run
from newsletter.config import SendingSettings, Settings
from newsletter.health import readiness
from newsletter.models import (
    Base,
    ConsentRow,
    FormLimitRow,
    OutboxRow,
    SignupRow,
    Standing,
    SubscriberRow,
)
from newsletter.rendering.inspection import wire
from newsletter.rendering.message import Message
from newsletter.sending.limits.rate_limit import RateLimiter
from newsletter.services import Work
from newsletter.subscribers import erasure, form_limits, lifecycle, opt_out, signups, suppression
from newsletter.subscribers.addresses import normalize_address
from newsletter.subscribers.link_claims import EraseClaim
from newsletter.transactional.outbox_round import OutboxRound
from newsletter.transactional.outbox_worker import OutboxWorker
from newsletter.transports.base import SendResult, TransportDownError
from newsletter.transports.memory import Memory
from newsletter.transports.smtp.transport import Smtp
from newsletter.web.background import Task
from tests.conftest import BY_HAND
from tests.transports.smtp_standins import RealSmtp, smtp_settings
from tests.web.conftest import Hand, Site, opened, path_of

ADA = "ada@reader.example"


def test_from_the_form_to_the_welcome(site: Site) -> None:
    asked = site.sign_up(ADA, "audio", "text")
    assert asked.status_code == 200
    assert "Look into your inbox" in asked.text
    assert not site.sent
    site.work()
    (confirm,) = site.sent
    assert confirm.recipient == ADA
    assert "Speech & Text" in confirm.text
    link = site.link(confirm, "confirm")
    page = site.get(link)
    assert "You will get: 音频, Speech &amp; Text." in page.text
    assert site.held(ADA) == {"audio", "text"}
    found = site.subscriber(ADA)
    assert found is not None
    assert found.standing == Standing.PENDING
    assert "You are in" in site.press(page, link).text
    found = site.subscriber(ADA)
    assert found is not None
    assert found.standing == Standing.CONFIRMED
    site.press(page, link)
    site.work()
    _, welcome = site.sent
    assert welcome.campaign == "welcome"
    assert not site.work().sent


def test_from_the_form_to_the_last_letter_with_a_name_beyond_ascii(site: Site) -> None:
    """The letters leave by a real server that offers SMTPUTF8."""
    address = "用户@xn--fsqu00a.example"
    with RealSmtp() as server:
        transport = Smtp(smtp_settings(server.port))
        outbox_worker = replace(site.outbox_worker, transport=lambda: transport)
        asked = site.sign_up(" 用户@例子.example ")
        outbox_worker.run_once()
        found = site.subscriber(address)
        assert found is not None
        links = bootstrap.signed_links(site.settings)
        confirm = links.confirm(found.id, ["audio"], site.clock.now + timedelta(days=1))
        site.press(site.get(confirm), confirm)
        assert "For 用" in site.get(links.preferences(found.id, address)).text
        outbox_worker.run_once()
        erase = links.url(EraseClaim(found.id, site.clock.now + timedelta(days=1)))
        site.press(site.get(erase), erase)
        outbox_worker.run_once()
    assert "Look into your inbox" in asked.text
    assert {recipient for _, recipient, _ in server.postbox.taken} == {address}
    kinds = [re.search(rb"Feedback-ID: [^:]*:([a-z]+)", raw) for _, _, raw in server.postbox.taken]
    assert [each and each[1] for each in kinds] == [b"confirm", b"welcome", b"goodbye"]
    for _, _, raw in server.postbox.taken:
        assert f"\r\nTo: {address}\r\n".encode() in raw
        assert list(wire.find_wire_faults(raw)) == []
    with site.database.read() as session:
        assert suppression.suppression_reason(session, address) == suppression.ERASED


def test_what_was_consented_to_is_kept_and_no_address_of_a_machine(site: Site) -> None:
    site.sign_up(ADA, "text", network="203.0.113.77")
    site.work()
    link = site.link(site.sent[0], "confirm")
    site.press(site.get(link), link)
    with site.database.read() as session:
        asked, confirmed = session.scalars(select(ConsentRow).order_by(ConsentRow.id)).all()
    assert (asked.act, confirmed.act) == ("asked", "confirmed")
    assert asked.newsletters == confirmed.newsletters == ["text"]
    assert asked.wording == "We ask by mail first; leaving takes one click."
    assert confirmed.wording == "You will get: Speech & Text."
    assert asked.network != confirmed.network
    site.database.dispose()
    content = b"".join(each.read_bytes() for each in site.settings.folder.glob("newsletter.db*"))
    assert b"203.0.113" not in content


def test_the_answer_is_the_same_whatever_the_address_is(site: Site) -> None:
    site.confirmed("confirmed@reader.example")
    with site.database.write.begin() as session:
        suppression.suppress(session, "suppressed@reader.example", "bounced", site.clock.now)
    erased = site.confirmed("erased@reader.example")
    with site.database.write.begin() as session:
        erasure.erase(session, session.get_one(SubscriberRow, erased.id), site.clock.now)
    site.sign_up("pending@reader.example")
    site.work()
    pages = set()
    for number, who in enumerate(("new", "pending", "confirmed", "suppressed", "erased")):
        before = _rows(site, SignupRow)
        answer = site.sign_up(f"{who}@reader.example", network=f"198.51.{number}.1")
        # The same work for all: one row in the queue, and nothing is looked up or written beside.
        assert _rows(site, SignupRow) - before == 1
        assert not _rows(site, OutboxRow)
        pages.add((answer.status_code, answer.text, tuple(sorted(answer.headers.keys()))))
    assert len(pages) == 1
    site.work()
    streams = {mail.recipient.partition("@")[0]: mail.campaign for mail in site.sent}
    assert streams == {
        "pending": "confirm",
        "new": "confirm",
        "confirmed": "already",
        "erased": "confirm",
    }


def test_a_stranger_cannot_subscribe_a_reader_to_more(site: Site) -> None:
    site.confirmed(ADA, "audio")
    site.sign_up(ADA, "audio", "text")
    site.work()
    assert site.held(ADA) == {"audio"}
    link = site.link(site.sent[0], "confirm")
    assert "You will get: Speech &amp; Text." in site.get(link).text
    site.press(site.get(link), link)
    assert site.held(ADA) == {"audio", "text"}


def test_a_yes_is_a_yes_to_what_its_own_mail_names(site: Site) -> None:
    site.sign_up(ADA, "audio")
    site.work()
    site.clock.pass_by(days=1, minutes=1)
    site.sign_up(ADA, "text")
    site.work()
    first, second = (site.link(mail, "confirm") for mail in site.sent)
    site.press(site.get(first), first)
    assert site.held(ADA) == {"audio"}
    site.press(site.get(second), second)
    assert site.held(ADA) == {"audio", "text"}


def test_an_old_link_offers_a_new_one(site: Site) -> None:
    site.sign_up(ADA)
    site.work()
    link = site.link(site.sent[0], "confirm")
    site.clock.pass_by(days=8)
    page = site.get(link)
    assert "This link has had its day" in page.text
    assert "This link has had its day" in site.post(link).text
    assert "Look into your inbox" in site.press(page, link).text
    site.work()
    link = site.link(site.sent[1], "confirm")
    site.press(site.get(link), link)
    assert site.held(ADA) == {"audio"}


def test_the_page_after_asking_anew_can_be_read_in_another_language(site: Site) -> None:
    site.sign_up(ADA)
    site.work()
    link = site.link(site.sent[0], "confirm")
    site.clock.pass_by(days=8)
    site.press(site.get(link), link)
    moved = site.client.get(f"{path_of(link)}/again?lang=zh")
    assert moved.location == f"{link}?lang=zh"
    page = site.client.get(path_of(moved.location))
    assert page.status_code == 200
    assert 'lang="zh-Hans"' in page.text
    assert site.get("/confirm/nonsense/again").status_code == 400


def test_who_never_confirms_is_asked_three_times_and_then_forgotten(site: Site) -> None:
    for _ in range(6):
        site.sign_up(ADA)
        site.work()
        site.clock.pass_by(days=1, minutes=1)
    assert len(site.sent) == 3
    site.clock.pass_by(days=31)
    site.clean()
    assert not any(_rows(site, table) for table in (SubscriberRow, ConsentRow, FormLimitRow))


def test_who_erased_themselves_is_asked_once_a_month_at_most(site: Site) -> None:
    erased = site.confirmed(ADA)
    with site.database.write.begin() as session:
        erasure.erase(session, session.get_one(SubscriberRow, erased.id), site.clock.now)
    for _ in range(5):
        site.sign_up(ADA)
        site.work()
        site.clock.pass_by(days=2)
    assert [mail.campaign for mail in site.sent] == ["confirm"]
    link = site.link(site.sent[0], "confirm")
    site.clock.now -= timedelta(days=9)
    site.press(site.get(link), link)
    assert site.held(ADA) == {"audio"}


@pytest.mark.parametrize(
    ("email", "trouble"),
    [
        (each, "This is no e-mail address")
        for each in ("ada", "", "用 户@b.example", "ａｄａ@b.example", "ü\u202e@b.example")
    ],
)
def test_a_slip_in_the_form_is_told_beside_it(site: Site, email: str, trouble: str) -> None:
    answer = site.sign_up(email)
    assert answer.status_code == 400
    assert trouble in answer.text
    assert 'aria-describedby="trouble"' in answer.text


def test_nothing_is_chosen_for_anybody(site: Site) -> None:
    assert "Choose at least one" in site.sign_up(ADA, "nothing-of-ours").text
    assert site.work().answered == 0


def test_a_robot_that_fills_every_field_is_not_taken_in(site: Site) -> None:
    assert "Look into your inbox" in site.sign_up(ADA, website="https://spam.example").text
    assert site.work().answered == 0


def test_what_strangers_type_is_never_mailed(site: Site) -> None:
    site.sign_up(ADA, language="<script>", name="Buy pills at https://spam.example")
    site.work()
    assert "spam.example" not in site.sent[0].text + site.sent[0].html


def test_a_closed_list_takes_nobody(two: Settings) -> None:
    shut = two.model_copy(update={"signup": two.signup.model_copy(update={"open": False})})
    for site in opened(shut, Hand()):
        assert '<form method="post"' not in site.get("/").text
        assert site.sign_up(ADA).status_code == 403


@pytest.mark.slow
def test_ten_thousand_sign_ups_of_one_mailbox_send_one_mail(site: Site) -> None:
    spelt = [
        lambda n: f"victim+{n}@gmail.com",
        lambda n: f"v.ictim+{n}@googlemail.com",
        lambda n: ("vic.tim" if n % 2 else "VICTIM") + "@Gmail.com",
    ]
    for number in range(200):
        network = f"10.{number // 250}.{number % 250}.9"
        assert site.sign_up(spelt[number % 3](number), network=network).status_code == 200
    _flood(site, [spelt[number % 3](number) for number in range(9_800)])
    site.work()
    assert len(site.sent) == 1
    assert all(_rows(site, table) <= 1 for table in (SignupRow, SubscriberRow, OutboxRow))


@pytest.mark.slow
def test_a_flood_of_strangers_waits_behind_the_hourly_cap_and_an_alarm(
    two: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    tight = two.signup.model_copy(update={"per_hour": 30, "waiting": 500})
    settings = two.model_copy(update={"signup": tight})
    for site in opened(settings, Hand()):
        _flood(site, [f"someone{number}@d{number % 20}.example" for number in range(600)])
        site.work()
        assert len(site.sent) == 30
        assert _rows(site, SignupRow) == 470
        assert "the limit mails-hour is used up" in caplog.text
        assert "the limit waiting is used up" in caplog.text
        told = [each.text for each in readiness.check(settings, site.clock.now)]
        assert any("the limit mails-hour (30) turned 1 away" in line for line in told)
        assert any("the limit waiting (500) turned 100 away" in line for line in told)
        site.clock.pass_by(hours=1, minutes=1)
        site.work()
        assert len(site.sent) == 60
        site.clock.pass_by(days=2)
        site.work()
        assert _rows(site, SignupRow) == 0


@pytest.mark.slow
def test_one_domain_and_one_network_cannot_take_all_the_room(site: Site) -> None:
    _flood(site, [f"someone{number}@one.example" for number in range(100)])
    _flood(site, ["other@two.example"])
    site.work()
    assert len(site.sent) == site.settings.signup.per_domain_hour + 1
    answers = [
        site.sign_up(f"p{number}@z.example", network=f"192.0.2.{number}").status_code
        for number in range(25)
    ]
    assert answers == [200] * 20 + [429] * 5
    assert site.sign_up("q@z.example", network="2001:db8:1:2::3").status_code == 200


def _rows(site: Site, table: type[Base]) -> int:
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _flood(site: Site, emails: list[str]) -> None:
    """Sign-ups from as many networks as there are addresses, past the pages."""
    with site.database.write.begin() as session:
        for email in emails:
            wish = signups.SignupRequest(
                normalize_address(email), ["audio"], "en", "words", "network"
            )
            signups.request_signup(session, wish, site.settings.signup, site.clock.now)


def test_leaving_and_signing_up_again_is_a_new_yes(site: Site) -> None:
    site.confirmed(ADA)
    with site.database.write.begin() as session:
        opt_out.unsubscribe(
            session, lifecycle.get_subscriber(session, ADA), None, BY_HAND, site.clock.now
        )
    site.sign_up(ADA)
    site.work()
    link = site.link(site.sent[0], "confirm")
    site.press(site.get(link), link)
    assert site.held(ADA) == {"audio"}


def test_a_run_sends_what_a_dead_server_left_behind(site: Site) -> None:
    site.clock.now = datetime.now(UTC)  # as the command's clock
    site.sign_up(ADA)
    assert _run(("run", "audio", "--config", str(site.settings.folder / "newsletter.toml"))) == 0
    (mail,) = (site.settings.folder / "outbox").glob("confirm-*.eml")
    assert ADA.encode() in mail.read_bytes()


def test_a_letter_that_cannot_leave_waits_and_is_given_up_after_two_days(site: Site) -> None:
    class Down(Memory):
        def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
            raise TransportDownError(f"the server is away from {len(mails)}")

    down = replace(site.outbox_worker, transport=Down)
    site.sign_up(ADA)
    assert down.run_once().waiting == "the server is away from 1"
    assert not down.run_once().waiting  # not at once again
    site.clock.pass_by(minutes=2)
    assert site.work().sent == 1
    site.sign_up("bob@reader.example")
    for _ in range(80):
        down.run_once()
        site.clock.pass_by(hours=1)
    assert _rows(site, OutboxRow) == 0


@pytest.mark.slow
def test_two_workers_send_a_letter_once_and_a_dead_ones_letter_is_sent_by_the_next(
    site: Site,
) -> None:
    site.sign_up(ADA)
    site.outbox_worker._answer()
    now = site.clock.now
    taken = site.outbox_worker._take(OutboxRound(site.database, site.transport, now))
    assert taken.mail is not None
    assert site.work().sent == 0
    site.clock.pass_by(minutes=6)
    assert site.work().sent == 1
    assert site.sent[0].message_id == taken.mail.message_id


def _limited(site: Site, **limits: object) -> tuple[OutboxWorker, list[float]]:
    """The worker within some sending limits, and what it slept; the clock goes on meanwhile."""
    settings = site.settings.model_copy(update={"sending": SendingSettings.model_validate(limits)})
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        site.clock.now += timedelta(seconds=seconds)

    return replace(site.outbox_worker, settings=settings, sleep=sleep), slept


def test_letters_keep_to_the_limits_of_issues(site: Site) -> None:
    worker, slept = _limited(site, per_second=4)
    for number in range(6):
        site.sign_up(f"reader{number}@host{number}.example", network=f"192.0.{number}.1")
    assert worker.run_once().sent == 6
    assert sum(slept) >= 1.0  # one leaves at once, five wait a quarter of a second each


def test_what_the_hour_has_no_room_for_waits_in_the_outbox(site: Site) -> None:
    worker, slept = _limited(site, per_hour=60)
    for number in range(3):
        site.sign_up(f"reader{number}@host{number}.example", network=f"192.0.{number}.1")
    report = worker.run_once()
    assert (report.sent, sum(slept)) == (1, 0)
    assert "the limits of [sending]" in report.waiting
    site.clock.pass_by(minutes=2)
    assert worker.run_once().sent == 1
    assert _rows(site, OutboxRow) == 1


def test_a_letter_gets_its_turn_beside_an_issue_that_takes_all_that_the_hour_allows(
    site: Site,
) -> None:
    worker, slept = _limited(site, per_hour=100)
    limits = worker.settings.sending
    claimed = 0

    def sleep(seconds: float) -> None:
        nonlocal claimed
        worker.sleep(seconds)
        with site.database.write.begin() as session:
            limiter = RateLimiter(session, limits, {}, site.clock.now, 1)
            limiter.spend(max(limiter.number, 0))
            claimed += max(limiter.number, 0)

    sleep(1.0)
    assert claimed == 1
    site.sign_up("ada@reader.example")
    assert replace(worker, sleep=sleep).run_once().sent == 1
    assert (claimed, 10 < sum(slept) < 40) == (1, True)


def test_who_is_stopped_while_the_limits_make_a_letter_wait_leaves_it_to_the_next(
    site: Site,
) -> None:
    worker, slept = _limited(site, per_hour=100)
    for number in range(2):
        site.sign_up(f"reader{number}@host{number}.example", network=f"192.0.{number}.1")
    assert replace(worker, stopping=lambda: len(slept) > 3).run_once().sent == 1
    assert worker.run_once().sent == 1  # at once, and not when a lease is over


def test_a_letter_to_a_slow_domain_lets_the_others_pass(site: Site) -> None:
    worker, _ = _limited(site, per_domain={"slow.example": 0.1})
    for number, domain in enumerate(("slow.example", "slow.example", "fast.example")):
        site.sign_up(f"reader{number}@{domain}", network=f"192.0.{number}.1")
    assert worker.run_once().sent == 2
    assert {mail.recipient.partition("@")[2] for mail in site.sent} == {
        "slow.example",
        "fast.example",
    }
    site.clock.pass_by(minutes=1)
    assert worker.run_once().sent == 1


@pytest.mark.parametrize(
    ("written", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("192.0.2.77:4711", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("[2001:db8:1:2::5]", "2001:db8:1::/48"),
        ("[2001:db8:1:2::5]:4711", "2001:db8:1::/48"),
        ('"[2001:db8:1:2::5%eth0]:4711"', "2001:db8:1::/48"),
        ("unix:", "unknown"),
    ],
)
def test_a_client_is_known_however_a_proxy_writes_its_address(written: str, network: str) -> None:
    assert form_limits.network_of(written) == network


def test_what_follows_from_a_sign_up_waits_until_its_answer_is_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    order: list[str] = []

    class Stopping(Event):
        def wait(self, timeout: float | None = None) -> bool:
            order.append("pause")
            return super().wait(timeout and 0)

    def act() -> None:
        order.append("work")
        task.wake.set()
        if len(order) > 1:
            task.stopping.set()
        raise OperationalError("SELECT secret", None, sqlite3.OperationalError("no such file"))

    task = Task("letters", Work(15, act))  # what breaks keeps nobody from what comes next
    task.stopping = Stopping()
    task.thread.start()
    task.thread.join()
    assert order[:3] == ["work", "pause", "work"]
    first, *_ = caplog.records
    assert first.getMessage() == "letters had trouble (no such file); it looks again later"
    assert not first.exc_info
