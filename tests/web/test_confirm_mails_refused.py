"""A provider that takes no confirm mail from anybody: none is lost, and it is asked by one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from newsletter.models import OutboxRow, SuppressionRow
from newsletter.sending import health
from newsletter.transactional.outbox_worker import OutboxReport
from newsletter.transports.smtp.transport import Smtp
from tests.transports.smtp_standins import CLOSE, GOOD_REPLIES, OddSmtp, smtp_settings
from tests.web.conftest import Site

READERS = 9
NO_USER = "550 5.1.1 no such user"


def sign_up(site: Site, number: int) -> None:
    site.sign_up(f"r{number}@d{number % 4}.example", network=f"192.0.{number}.1")


def work(site: Site, server: OddSmtp, *, at_once: bool = False) -> OutboxReport:
    transport = Smtp(smtp_settings(server.port))
    return replace(site.outbox_worker, transport=lambda: transport).run_once(at_once=at_once)


def counted(site: Site) -> tuple[int, int]:
    """Letters in the box, and suppressed addresses."""
    with site.database.read() as session:
        letters, suppressed = (
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (OutboxRow, SuppressionRow)
        )
    return letters, suppressed


def troubles(site: Site) -> list[str]:
    found = health.check(site.settings, site.database, site.clock.now, Smtp)
    return [finding.text for finding in found if "in trouble" in finding.text]


@pytest.mark.parametrize(
    ("when", "reply", "taken"),
    [
        ("RCPT", "550 5.4.5 Daily user sending limit exceeded", 0),
        (".", "550 account suspended", 3),
        (".", NO_USER, 0),
        ("MAIL", "421 4.7.0 come back later", 0),
        (".", CLOSE, 0),
        (".", CLOSE, 3),
    ],
)
def test_where_everybody_is_refused_no_letter_is_lost(
    site: Site, when: str, reply: str, taken: int
) -> None:
    for number in range(READERS):
        sign_up(site, number)
    with OddSmtp(**{when: [*[GOOD_REPLIES[when]] * taken, reply]}) as server:
        report = work(site, server)
        assert server.heard.count("MAIL") <= taken + READERS
    assert report.sent == taken
    assert counted(site) == (READERS - taken, 0)
    assert report.waiting
    assert len(troubles(site)) == 1
    assert report.waiting in troubles(site)[0]
    site.clock.pass_by(minutes=2)
    with OddSmtp(**{when: reply}) as server:
        assert work(site, server).waiting
        assert server.heard.count("MAIL") == 1  # a probe
        asked = len(server.heard)
        assert "after" in work(site, server).waiting  # and none while the pause lasts
        assert len(server.heard) == asked
    assert counted(site) == (READERS - taken, 0)
    site.clock.pass_by(hours=2)
    with OddSmtp() as server:
        assert work(site, server).sent == READERS - taken
    assert troubles(site) == []


def test_a_round_before_any_mail_s_next_try_says_what_they_wait_for(site: Site) -> None:
    sign_up(site, 0)
    with OddSmtp(RCPT="550 5.4.5 Daily quota exceeded") as server:
        work(site, server)
    with OddSmtp() as server:
        assert "5.4.5 Daily quota" in work(site, server, at_once=True).waiting
        site.clock.now += timedelta(hours=1)
        assert work(site, server, at_once=True).sent == 1
        assert not work(site, server, at_once=True).waiting


def test_a_mail_whose_answers_are_lost_is_sent_three_times_at_most(site: Site) -> None:
    sign_up(site, 1)
    with OddSmtp(**{".": CLOSE}) as server:
        for times in (1, 2, 3):
            report = work(site, server)
            assert (report.given_up, len(server.contents)) == (times // 3, times)
            site.clock.pass_by(hours=2)
        assert not work(site, server).waiting
        assert len(server.contents) == 3
    assert troubles(site) == []


def test_a_refused_letter_is_its_reader_s_once_others_were_taken_since(site: Site) -> None:
    sign_up(site, 1)
    with OddSmtp(RCPT=NO_USER) as server:
        assert work(site, server).waiting == NO_USER
    assert counted(site) == (1, 0)
    site.clock.pass_by(seconds=30)
    sign_up(site, 2)
    with OddSmtp() as server:
        assert work(site, server).sent == 1
    site.clock.pass_by(hours=2)
    with OddSmtp(RCPT=NO_USER) as server:
        assert work(site, server).given_up == 1
    assert counted(site) == (0, 1)
    sign_up(site, 3)
    sign_up(site, 4)
    with OddSmtp(RCPT=[NO_USER, GOOD_REPLIES["RCPT"]]) as server:
        report = work(site, server)
    assert (report.sent, report.given_up, counted(site)) == (1, 1, (0, 2))


def test_words_about_us_in_a_letter_s_refusal_suppress_nobody(site: Site) -> None:
    for number in range(3):
        sign_up(site, number)
    good = GOOD_REPLIES["RCPT"]
    with OddSmtp(RCPT=[good, "550 5.7.1 blocked", good]) as server:
        report = work(site, server)
    assert (report.sent, report.waiting) == (2, "550 5.7.1 blocked")
    assert counted(site) == (1, 0)
    assert troubles(site) == []
