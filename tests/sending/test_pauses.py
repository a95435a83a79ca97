"""How long nobody is sent to while the provider is in trouble."""

from datetime import timedelta

import pytest

from newsletter import machine_clock, outbox
from newsletter.database.db import Database
from newsletter.outbox import EmailType
from newsletter.sending.limits import pauses
from newsletter.subscribers import lifecycle
from tests.conftest import NOW, Cli


def test_pauses_for_the_provider_grow_up_to_a_bound_and_end_with_success(
    database: Database,
) -> None:
    with database.write.begin() as session:
        waits = [pauses.pause_sending(session, "HTTP 503", None, NOW) - NOW for _ in range(12)]
        assert [wait.total_seconds() / 60 for wait in waits[:6]] == [1, 2, 4, 8, 16, 30]
        assert max(waits) == timedelta(minutes=30)
        assert pauses.sending_pause(session, NOW) is not None
        assert pauses.sending_pause(session, NOW + timedelta(hours=1)) is None
        assert (
            pauses.sending_pause(session, NOW - timedelta(days=1)) is None
        )  # the clock was set back
        pauses.resume_sending(session, NOW)
        assert pauses.sending_pause(session, NOW) is None
        assert pauses.pause_sending(session, "HTTP 503", None, NOW) - NOW == timedelta(minutes=1)


@pytest.mark.on_both_databases
@pytest.mark.parametrize(
    ("first", "hours"),
    [(pauses.PAUSE, [2, 4, 8, 16, 24, 24]), (pauses.PAUSE_FOR_UNKNOWN, [0.25, 0.5, 1, 2, 4, 8])],
)
def test_a_domain_that_is_paused_again_within_a_day_waits_twice_as_long_up_to_a_day(
    database: Database, first: timedelta, hours: list[float]
) -> None:
    now, waits = NOW, list[timedelta]()
    with database.write.begin() as session:
        for _ in hours:
            until = pauses.pause_domain(session, "a.example", "it takes nothing", now, first)
            waits.append(until - now)
            now = until + timedelta(hours=23)
        assert waits == [timedelta(hours=each) for each in hours]
        now += timedelta(hours=1)
        assert pauses.pause_domain(session, "a.example", "once more", now, first) == now + first


def test_a_long_pause_is_not_made_shorter_by_another_cause(database: Database) -> None:
    with database.write.begin() as session:
        first = pauses.pause_domain(session, "a.example", "many blocks", NOW)
        again = pauses.pause_domain(session, "a.example", "no answer", first)
        assert again == first + timedelta(hours=4)
        unknown = pauses.PAUSE_FOR_UNKNOWN
        assert pauses.pause_domain(session, "a.example", "no such user", first, unknown) == again


def test_trouble_with_confirm_mails_is_told_as_long_as_one_waits(
    database: Database, cli: Cli, readers: list[str]
) -> None:
    now = machine_clock.utc_now()
    with database.write.begin() as session:
        pauses.pause_sending(session, "no answer after the mail", None, now, pauses.OUTBOX)
    assert "confirm mails" not in cli("check").out
    with database.write.begin() as session:
        reader = lifecycle.get_subscriber(session, readers[0])
        outbox.enqueue(session, EmailType.ALREADY, reader, now)
    assert "in trouble for confirm mails and the like (no answer" in cli("check").out
