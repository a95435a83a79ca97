"""Readers who go to another address while their mail is on the wire: they get it, and once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import select

from newsletter import bootstrap, delivery_counters, machine_clock
from newsletter.cli.printing import output
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.models import AddressChangeRow, IssueRow
from newsletter.rendering.message import Message
from newsletter.sending import sender
from newsletter.sending.reports import totals
from newsletter.subscribers import address_change, change_back, lifecycle, opt_out
from newsletter.transports.base import SendResult, SendStatus, Transport
from newsletter.transports.memory import Memory
from tests.conftest import BY_HAND, Cli
from tests.sending.test_many_machines import PowerCutError

OLD, READER, NEW, NEXT = (
    f"{name}@reader.example" for name in ("reader03", "reader00", "moved", "moved-on")
)
LATER = SendResult(SendStatus.TRY_LATER, f"450 <{OLD}> come later", of_reader=True)
GONE = SendResult(SendStatus.REJECTED, f"550 5.1.1 <{OLD}> no such user", permanent=True)
LOST = SendResult(SendStatus.UNCERTAIN, f"<{OLD}> no answer")
TAKEN = SendResult(SendStatus.ACCEPTED)
SETTLE = ("deliveries", "settle", "--as", "resend")
Answer = SendResult | type[PowerCutError]
Turn = tuple[str, Answer, Callable[[], object]]


class Turning(Transport):
    """Takes every mail, but for some first does, and then answers, what is given for them."""

    at_once = 4

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns, self.memory = list(turns), Memory()

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        for mail in mails:
            answer: Answer = TAKEN
            if self.turns and self.turns[0][0] == mail.recipient:
                _, answer, happens = self.turns.pop(0)
                happens()
            if not isinstance(answer, SendResult):
                raise answer
            if answer is TAKEN:
                yield from self.memory.send([mail])
            else:
                yield mail, answer

    def close(self) -> None:
        """Nothing is open."""


class Day:
    """An issue whose readers move about."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database

    def send(self, *turns: Turn) -> list[str]:
        """To whom it went."""
        transport = Turning(turns)
        with bootstrap.open_services(
            self.settings, machine_clock.utc_now, output.progress_bar, lambda: False
        ) as services:
            parts = replace(services, transport=transport)
            with suppress(PowerCutError):
                daily.run_day(parts, self.settings.newsletters[0], None)
        return [mail.recipient for mail in transport.memory.sent]

    def move(self, old: str, new: str) -> int:
        with self.database.write.begin() as session:
            now = machine_clock.utc_now()
            reader = lifecycle.get_subscriber(session, old)
            change = address_change.request_change(session, reader, new, now)
            assert address_change.apply_change(session, change, now) is not None
            return change.id

    def move_back(self, change_id: int) -> None:
        with self.database.write.begin() as session:
            change = session.get_one(AddressChangeRow, change_id)
            assert change_back.undo_change(session, change, BY_HAND, machine_clock.utc_now())

    def leave(self, email: str) -> None:
        with self.database.write.begin() as session:
            reader = lifecycle.get_subscriber(session, email)
            opt_out.unsubscribe(session, reader, None, BY_HAND, machine_clock.utc_now())

    def told_to(self, email: str) -> str:
        """Of the issue, in their data; and the account holds."""
        with self.database.read() as session:
            issue = session.scalars(select(IssueRow)).one()
            counted = delivery_counters.of_issue(session, issue.id)
            assert counted == delivery_counters.scanned(session, issue.id)
            assert totals.delivery_totals(session, issue.id).balances
            return str(totals.history(session, lifecycle.get_subscriber(session, email).id))


@pytest.fixture
def day(
    settings: Settings, database: Database, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> Day:
    assert OLD in readers
    monkeypatch.setattr(sender, "_WAITS_S", (0.0, 0.0))
    return Day(settings, database)


@pytest.mark.on_both_databases
@pytest.mark.parametrize(
    ("answer", "new"),
    [
        (LATER, NEW),
        (GONE, NEW),
        (GONE, READER),
        (LOST, NEW),
        (LOST, READER),
        (TAKEN, NEW),
        (PowerCutError, NEW),
    ],
)
def test_who_moves_while_their_mail_is_on_the_wire_gets_it_once(
    cli: Cli, day: Day, readers: list[str], answer: Answer, new: str
) -> None:
    taken = day.send((OLD, answer, lambda: day.move(OLD, new)))
    taken += day.send()
    cli(*SETTLE)
    taken += day.send()
    expected = {*readers} if answer is TAKEN else {*readers, new} - {OLD}
    assert sorted(taken) == sorted(expected)
    assert OLD not in day.told_to(new)


def test_what_failed_before_a_move_comes_to_the_new_address_when_it_is_settled(
    cli: Cli, day: Day
) -> None:
    assert OLD not in day.send((OLD, GONE, lambda: None))
    day.move(OLD, NEW)
    assert "1 settled as resend" in cli(*SETTLE, "--state", "failed").out
    assert day.send() == [NEW]
    assert OLD not in day.told_to(NEW)


@pytest.mark.parametrize("at_last", [NEW, NEXT])
def test_who_moves_on_is_followed_and_so_is_who_takes_it_back(day: Day, at_last: str) -> None:
    changes: list[int] = []

    def move() -> None:
        changes.append(day.move(OLD, NEW))
        if at_last == NEXT:
            day.move(NEW, NEXT)

    back: Turn = (at_last, LATER, lambda: day.move_back(changes[0]))
    taken = day.send((OLD, LATER, move), back)
    taken += day.send()
    assert taken.count(OLD) == 1
    assert not {NEW, NEXT} & set(taken)
    assert at_last not in day.told_to(OLD)


def test_who_moves_to_where_somebody_had_left_gets_it_there(day: Day, readers: list[str]) -> None:
    """The delivery of that one was skipped, and takes the place of theirs."""
    leaver, mover = readers[5], readers[9]
    taken = day.send(
        (readers[0], TAKEN, lambda: day.leave(leaver)),
        (mover, LATER, lambda: day.move(mover, leaver)),
    )
    taken += day.send()
    assert sorted(taken) == sorted({*readers} - {mover})
    assert mover not in day.told_to(leaver)
