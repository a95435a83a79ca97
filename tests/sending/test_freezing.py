"""An audience that is written down in slices: two readers each here, with mails in between."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from newsletter import bootstrap, delivery_counters, machine_clock
from newsletter.cli.printing import output
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.models import DeliveryRow, IssueRow, IssueState, Standing, SubscriptionRow
from newsletter.sending import batch_worker
from newsletter.sending.readers import freezing
from newsletter.sending.reports import totals
from newsletter.subscribers import address_change, lifecycle, opt_out, rhythm
from newsletter.subscribers.lifecycle import SubscriptionRequest
from tests.conftest import BY_HAND, NOW, Cli
from tests.sending.frozen_issue import SmtpByReader, smtp
from tests.sending.test_many_machines import PowerCutError, Watched, cut_at
from tests.sending.test_restored import Copies, Send, arrived, copies, send

__all__ = ["copies", "send"]  # fixtures
WISH = SubscriptionRequest(["audio"], "titles", "en")
At = Callable[[int], None]


@pytest.fixture(autouse=True)
def _in_slices_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freezing, "BATCH_SIZE", 2)
    monkeypatch.setattr(freezing, "SLICE", 1)
    monkeypatch.setattr(freezing, "_LET_IN_S", 0)


def run(settings: Settings, at: At = lambda _: None) -> list[str]:
    """The day; to whom it went, and `at` is told before which mail."""
    transport = Watched(at)
    with bootstrap.open_services(
        settings, machine_clock.utc_now, output.progress_bar, lambda: False
    ) as services:
        daily.run_day(replace(services, transport=transport), settings.newsletters[0], None)
    return [mail.recipient for mail in transport.memory.sent]


@pytest.mark.on_both_databases
def test_the_others_are_written_down_while_mails_are_on_the_wire(
    settings: Settings, database: Database, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_worker, "_BUSY_AFTER", 1)
    by = []
    freeze_on = freezing.freeze_on

    def noted(*given: Any, **named: Any) -> bool:  # noqa: ANN401 - handed on as it comes
        by.append(threading.current_thread())
        return freeze_on(*given, **named)

    monkeypatch.setattr(freezing, "freeze_on", noted)
    with SmtpByReader(lambda _: None) as server:
        transport = smtp(server)
        with bootstrap.open_services(
            settings, machine_clock.utc_now, output.progress_bar, lambda: False
        ) as parts:
            used = replace(parts, transport=transport)
            daily.run_day(used, settings.newsletters[0], None)
        transport.close()
    assert account(database).sent == len(readers)
    assert server.taken == Counter(readers)
    assert by[0] is not threading.main_thread()


def account(database: Database) -> totals.DeliveryTotals:
    """Of the only issue; its counters are those of its rows."""
    with database.read() as session:
        issue = session.scalars(select(IssueRow)).one()
        counted = delivery_counters.of_issue(session, issue.id)
        assert counted == delivery_counters.scanned(session, issue.id)
        return totals.delivery_totals(session, issue.id)


@pytest.mark.on_both_databases
def test_the_first_mail_leaves_after_the_first_slice_and_the_moment_of_freezing_decides(
    settings: Settings, database: Database, readers: list[str]
) -> None:
    seen: list[totals.DeliveryTotals] = []
    new, lapsed = "new@reader.example", "lapsed@reader.example"

    def meanwhile(number: int) -> None:
        if number != 1:
            return
        seen.append(account(database))
        with database.write.begin() as session:
            assert len(session.scalars(select(DeliveryRow.reference)).all()) == 2
            now = machine_clock.utc_now()
            unread = lifecycle.get_subscriber(session, readers[11])
            opt_out.unsubscribe(session, unread, None, BY_HAND, now)
            lifecycle.add_subscriber(session, new, WISH, "on paper", now)
            back = lifecycle.get_subscriber(session, lapsed)
            lifecycle.confirm_subscriptions(session, back, {"audio": "full"}, now)
            weekly = lifecycle.get_subscriber(session, readers[9])
            rhythm.choose_rhythm(
                session, session.get_one(SubscriptionRow, (weekly.id, "audio")), "friday"
            )
            mover = lifecycle.get_subscriber(session, readers[10])
            change = address_change.request_change(session, mover, "moved@reader.example", now)
            freezing.freeze_subscriber(session, mover.id)
            address_change.apply_change(session, change, now)

    with database.write.begin() as session:
        gone = lifecycle.add_subscriber(session, lapsed, WISH, "on paper", NOW)
        opt_out.unsubscribe(session, gone, None, BY_HAND, NOW)
    sent = run(settings, meanwhile)
    assert sorted(sent) == sorted([*readers[:10], "moved@reader.example"])
    assert (seen[0].audience, seen[0].pending, seen[0].balances) == (12, 12, False)
    told = account(database)
    assert (told.audience, told.sent, told.balances) == (11, 11, True)
    assert run(settings) == []
    with database.read() as session:
        issue = session.scalars(select(IssueRow)).one()
        assert (issue.state, issue.frozen_up_to) == (IssueState.DONE, None)


@pytest.mark.on_both_databases
def test_killed_between_two_slices_the_next_run_goes_on_where_it_was(
    settings: Settings, database: Database, readers: list[str]
) -> None:
    with pytest.raises(PowerCutError):
        run(settings, cut_at(2))
    with database.read() as session:
        assert session.scalars(select(IssueRow.frozen_up_to)).one() is not None
    assert not account(database).balances
    assert run(settings) == readers[2:]
    told = account(database)
    assert (told.sent, told.uncertain) == (11, 1)


@pytest.mark.on_both_databases
def test_what_holds_the_mails_does_not_hold_the_account_and_an_empty_end_is_done(
    settings: Settings, database: Database, readers: list[str]
) -> None:
    def leave(number: int) -> None:
        if number == 1:  # all who are still to come
            with database.write.begin() as session:
                for email in readers[2:]:
                    person = lifecycle.get_subscriber(session, email)
                    opt_out.unsubscribe(session, person, None, BY_HAND, machine_clock.utc_now())

    assert run(settings, leave) == readers[:2]
    with database.write.begin() as session:
        issue = session.scalars(select(IssueRow)).one()
        assert (issue.state, issue.frozen_up_to) == (IssueState.DONE, None)
        session.execute(delete(DeliveryRow))
        session.execute(update(SubscriptionRow).values(left_at=None))
        for email in readers:
            lifecycle.get_subscriber(session, email).standing = Standing.CONFIRMED
        issue.state, issue.frozen_up_to = IssueState.FROZEN, 1
        issue.frozen_at = NOW  # too old to be sent
    assert run(settings) == []
    with database.read() as session:
        assert session.scalars(select(IssueRow.frozen_up_to)).one() is None
        assert len(session.scalars(select(DeliveryRow.reference)).all()) == 11


def test_of_a_past_day_no_slice_holds_who_came_later(
    settings: Settings, database: Database, readers: list[str]
) -> None:
    run(settings)
    with database.write.begin() as session:
        session.execute(delete(DeliveryRow))
        late = [lifecycle.get_subscriber(session, email).id for email in (readers[0], readers[8])]
        came = update(SubscriptionRow).where(SubscriptionRow.subscriber_id.in_(late))
        session.execute(came.values(since=machine_clock.utc_now()))
        issue = session.scalars(select(IssueRow)).one()
        freezing.freeze_audience(session, issue, issue.frozen_at)
    assert freezing.freeze_on(database, issue.id, 60, lambda: False)
    with database.read() as session:
        chosen = set(session.scalars(select(DeliveryRow.subscriber_id)))
    assert len(chosen) == 10
    assert chosen.isdisjoint(late)


def test_a_copy_from_between_two_slices_doubles_nothing(
    cli: Cli,
    settings: Settings,
    send: Send,
    database: Database,
    copies: Copies,
    readers: list[str],
) -> None:
    def copy(number: int) -> None:
        if number == 3:  # in the second batch
            copies.take()

    assert send(8, at=copy) == readers[:8]
    database.dispose()
    copies.bring_back()
    assert "this machine has taken up" in cli("run").err
    assert "are uncertain now" in cli("send", "--restored").err
    assert arrived(settings.folder) == readers[8:]  # the ninth was claimed, and given back
    assert (account(database).uncertain, send(12)) == (6, [])
