"""Feedback told once, twice, late, or in the wrong order ends the same."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select

from newsletter.database.db import Database
from newsletter.feedback import apply, bounce_rules
from newsletter.feedback.events import Event
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    EventType,
    FeedbackRow,
    IssueRow,
    IssueState,
    Standing,
)
from newsletter.sending.limits import pauses
from newsletter.sending.records import delivery_feedback
from newsletter.subscribers import lifecycle
from newsletter.text import brief, without_addresses
from tests.conftest import NOW, Cli
from tests.feedback.samples import ledger_of, put, suppressed


def event(kind: EventType, reference: str, at: datetime = NOW, **more: str | None) -> Event:
    return Event(f"{kind}-{reference}-{at}", "test", reference, kind, at, **more)  # type: ignore[arg-type]


def keep(database: Database, *events: Event, now: datetime = NOW) -> apply.ApplyResult:
    with database.write.begin() as session:
        return apply.apply_events(session, events, now)


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        (EventType.DELIVERED, "sent", "known by feedback: delivered"),
        (EventType.ACCEPTED, "sent", "known by feedback: accepted"),
        (EventType.DEFERRED, "sent", "known by feedback: deferred"),
        (EventType.COMPLAINT, "sent", "known by feedback: complaint"),
        (EventType.BOUNCE, "failed", "bounced: 550 5.2.1 disabled"),
        (EventType.DROPPED, "failed", "dropped by the provider: 550 5.2.1 disabled"),
    ],
)
def test_failure_3_what_nobody_could_know_is_settled_by_the_reference(
    database: Database, sent: dict[str, str], kind: EventType, state: str, reason: str
) -> None:
    reader, reference = next(iter(sent.items()))
    with database.write.begin() as session:
        put(session, reference, DeliveryState.UNCERTAIN)
    assert keep(database, event(kind, reference, detail="550 5.2.1 disabled")).moved == 1
    with database.read() as session:
        assert ledger_of(session)[reader] == (state, reason)
        others = {state for email, (state, _) in ledger_of(session).items() if email != reader}
    assert others == {"sent"}


def test_failure_14_accepted_and_then_dropped_is_failed_suppressed_and_counted(
    cli: Cli, database: Database, sent: dict[str, str]
) -> None:
    reader, reference = next(iter(sent.items()))
    keep(
        database, event(EventType.DROPPED, reference, detail="Bounced Address", suppress="bounced")
    )
    with database.read() as session:
        assert ledger_of(session)[reader] == ("failed", "dropped by the provider: Bounced Address")
        assert suppressed(session, sent) == {reader: "bounced"}
    assert "11 sent + 0 skipped + 1 failed + 0 uncertain" in cli("deliveries", "status").out


def test_failure_16_a_complaint_and_an_unsubscribe_end_all_newsletters_at_once(
    database: Database, sent: dict[str, str]
) -> None:
    (angry, first), (tired, second), *_ = sent.items()
    keep(
        database,
        event(EventType.COMPLAINT, first, suppress="complained"),
        event(EventType.UNSUBSCRIBE, second, suppress="left"),
    )
    with database.read() as session:
        assert suppressed(session, sent) == {angry: "complained", tired: "left"}
        assert {lifecycle.get_subscriber(session, each).standing for each in (angry, tired)} == {
            Standing.LEFT
        }
        assert {state for state, _ in ledger_of(session).values()} == {"sent"}


def test_failure_16_a_complaint_inside_the_running_issue_keeps_the_rest_of_it_away(
    cli: Cli, database: Database, sent: dict[str, str]
) -> None:
    reader, reference = next(iter(sent.items()))
    with database.write.begin() as session:
        put(session, reference, DeliveryState.PENDING)
        batch = session.scalars(select(BatchRow)).one()
        batch.finished = False
        session.scalars(select(IssueRow)).one().state = IssueState.FROZEN
        other = session.scalars(select(DeliveryRow).where(DeliveryRow.reference != reference))
        other.first().reference = "an-older-mail"  # type: ignore[union-attr]
    keep(
        database,
        Event(
            "e", "test", "no-delivery", EventType.COMPLAINT, NOW, "", "complained", address=reader
        ),
    )
    assert "1 skipped" in cli("send").out
    with database.read() as session:
        assert ledger_of(session)[reader][0] == "skipped"


def history(reference: str) -> list[Event]:
    """All that can be said of one mail, in the order of time."""
    return [
        event(kind, reference, NOW + timedelta(seconds=number), detail=f"{kind}")
        for number, kind in enumerate(
            [
                EventType.ACCEPTED,
                EventType.DEFERRED,
                EventType.DEFERRED,
                EventType.DELIVERED,
                EventType.BOUNCE,
            ]
        )
    ]


@pytest.mark.parametrize("seed", range(8))
def test_failure_17_twice_and_in_any_order_the_end_is_the_same(
    database: Database, sent: dict[str, str], seed: int
) -> None:
    some = list(sent.values())
    for reference in some[:4]:
        with database.write.begin() as session:
            put(session, reference, DeliveryState.UNCERTAIN)
    told = [each for reference in some[:6] for each in history(reference)] * 2
    random.Random(seed).shuffle(told)  # noqa: S311 - an order, not a secret
    for start in range(0, len(told), 7):
        keep(database, *told[start : start + 7], now=NOW + timedelta(hours=24))
    with database.read() as session:
        states = [state for state, _ in ledger_of(session).values()]
        assert states == ["failed"] * 6 + ["sent"] * 6
        assert session.scalar(select(func.count()).select_from(FeedbackRow)) == 5 * 6
        assert suppressed(session, sent) == {}


def test_what_is_on_the_wire_is_left_to_its_sender_and_settled_when_that_is_over(
    database: Database, sent: dict[str, str]
) -> None:
    (quick, first), (lost, second), *_ = sent.items()
    with database.write.begin() as session:
        put(session, first, DeliveryState.SENDING)
        put(session, second, DeliveryState.SENDING)
    told = keep(
        database, event(EventType.BOUNCE, first, detail="no"), event(EventType.DELIVERED, second)
    )
    assert (told.new, told.moved) == (2, 0)
    with database.write.begin() as session:
        put(session, first, DeliveryState.SENT)
        put(session, second, DeliveryState.UNCERTAIN)
        issue_id = session.scalars(select(IssueRow.id)).one()
        assert delivery_feedback.apply_feedback_to_issue(session, issue_id, NOW) == 2
        assert ledger_of(session)[quick] == ("failed", "bounced: no")
        assert ledger_of(session)[lost] == ("sent", "known by feedback: delivered")


def test_a_mail_that_waits_to_be_sent_again_and_arrived_after_all_is_not_sent_again(
    database: Database, sent: dict[str, str]
) -> None:
    (arrived, first), (bounced, second), *_ = sent.items()
    with database.write.begin() as session:
        put(session, first, DeliveryState.PENDING)
        put(session, second, DeliveryState.PENDING)
    keep(database, event(EventType.DELIVERED, first), event(EventType.BOUNCE, second))
    with database.read() as session:
        assert ledger_of(session)[arrived][0] == "sent"
        assert ledger_of(session)[bounced][0] == "pending"


def issues_of(database: Database, reference: str, days: Sequence[int]) -> list[str]:
    """The same reader's deliveries of earlier issues, so many days ago."""
    made = []
    with database.write.begin() as session:
        known = session.scalars(select(DeliveryRow).where(DeliveryRow.reference == reference)).one()
        issue = session.get_one(IssueRow, known.issue_id)
        for back in days:
            earlier = IssueRow(
                newsletter="audio",
                day=date(2025, 7, 11) - timedelta(days=back),
                title=issue.title,
                language=issue.language,
                categories=[],
                notes={},
                state=IssueState.DONE,
                frozen_at=NOW - timedelta(days=back),
            )
            session.add(earlier)
            session.flush()
            session.add(
                DeliveryRow(
                    issue_id=earlier.id,
                    subscriber_id=known.subscriber_id,
                    batch_id=known.batch_id,
                    reference=f"earlier{back}",
                    state=DeliveryState.SENT,
                    changed_at=NOW - timedelta(days=back),
                )
            )
            made.append(f"earlier{back}")
    return made


@pytest.mark.parametrize(
    ("days", "dead"),
    [
        ((14, 7, 0), True),
        ((7, 3, 0), True),
        ((6, 3, 0), False),  # within one week: a full mailbox, a holiday
        ((9, 0), False),  # two issues are not enough
        ((90, 80, 0), False),  # forgotten
    ],
)
def test_bounces_that_might_pass_add_up_over_issues_and_time(
    database: Database,
    sent: dict[str, str],
    days: tuple[int, ...],
    dead: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    reader, reference = next(iter(sent.items()))
    earlier = issues_of(database, reference, [back for back in days if back])
    for back, each in zip(days, [*earlier, reference], strict=True):
        at = NOW - timedelta(days=back)
        for twice in range(2):
            keep(database, event(EventType.BOUNCE, each, at + timedelta(minutes=twice)), now=at)
    with database.read() as session:
        found = suppressed(session, sent)
    assert found == ({reader: "bounced: 3 issues in a row"} if dead else {})


def test_a_delivery_in_between_makes_bounces_begin_anew(
    database: Database, sent: dict[str, str]
) -> None:
    reference = next(iter(sent.values()))
    first, second = issues_of(database, reference, [14, 7])
    keep(database, event(EventType.BOUNCE, first, NOW - timedelta(days=14)))
    keep(database, event(EventType.DELIVERED, second, NOW - timedelta(days=8)))
    keep(database, event(EventType.BOUNCE, second, NOW - timedelta(days=7)))
    keep(database, event(EventType.BOUNCE, reference))
    with database.read() as session:
        assert suppressed(session, sent) == {}


def crowd(database: Database, sent: dict[str, str], number: int) -> list[str]:
    """More deliveries of the issue, to readers of the same domain."""
    with database.write.begin() as session:
        known = session.scalars(select(DeliveryRow)).first()
        assert known is not None
        made = []
        for each in range(number):
            wish = lifecycle.SubscriptionRequest(["audio"], "brief", "en")
            reader = lifecycle.add_subscriber(
                session, f"crowd{each}@reader.example", wish, "said so", NOW
            )
            made.append(f"crowd{each}")
            session.add(
                DeliveryRow(
                    issue_id=known.issue_id,
                    subscriber_id=reader.id,
                    batch_id=known.batch_id,
                    reference=made[-1],
                    state=DeliveryState.SENT,
                    changed_at=NOW,
                )
            )
    assert sent
    return made


def test_failure_15_a_wave_of_blocks_suppresses_nobody_and_pauses_the_domain(
    database: Database, sent: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    everybody = [*sent.values(), *crowd(database, sent, 48)]
    some = everybody[: bounce_rules.WAVE]
    keep(database, *(event(EventType.DELIVERED, each) for each in everybody[bounce_rules.WAVE :]))
    keep(
        database, *(event(EventType.BLOCKED, each, detail="550 5.7.1 reputation") for each in some)
    )
    with database.read() as session:
        assert suppressed(session, [*sent, "crowd1@reader.example"]) == {}
        paused = pauses.paused_domains(session, NOW + timedelta(minutes=30))
        assert paused == {"reader.example": "reader.example blocked 20 of 60 mails within an hour"}
        assert not pauses.paused_domains(session, NOW + pauses.PAUSE)
        assert ledger_of(session)[next(iter(sent))][1] == "blocked: 550 5.7.1 reputation"
    assert "is paused for 2 h; nobody was suppressed" in caplog.text


@pytest.mark.parametrize(
    ("blocked", "delivered", "hours_ago"),
    [(19, 0, 0), (20, 60, 0), (20, 0, 2)],
    ids=["too few", "too small a share", "long ago"],
)
def test_what_is_no_wave_pauses_nothing(
    database: Database, sent: dict[str, str], blocked: int, delivered: int, hours_ago: int
) -> None:
    everybody = [*sent.values(), *crowd(database, sent, 80)]
    at = NOW - timedelta(hours=hours_ago)
    good, bad = everybody[:delivered], everybody[delivered : delivered + blocked]
    keep(database, *(event(EventType.DELIVERED, each, at) for each in good))
    keep(database, *(event(EventType.BLOCKED, each, at) for each in bad))
    with database.read() as session:
        assert not pauses.paused_domains(session, NOW)


def test_bounces_by_mail_tell_of_failures_only_so_the_ledger_says_how_many_left(
    database: Database, sent: dict[str, str]
) -> None:
    everybody = [*sent.values(), *crowd(database, sent, 80)]
    keep(database, *(event(EventType.BLOCKED, each) for each in everybody[:20]))
    with database.read() as session:
        assert not pauses.paused_domains(session, NOW)  # 20 of 92
    keep(database, *(event(EventType.BLOCKED, each) for each in everybody[20:28]))
    with database.read() as session:
        assert "28 of 92" in pauses.paused_domains(session, NOW)["reader.example"]


def test_a_pause_is_ended_by_hand_or_begins_anew(database: Database) -> None:
    with database.write.begin() as session:
        pauses.pause_domain(session, "a.example", "first", NOW)
        pauses.pause_domain(session, "a.example", "second", NOW + timedelta(hours=1))
        (row,) = pauses.running_pauses(session, NOW)
        assert (row.since, row.until, row.reason) == (NOW, NOW + timedelta(hours=3), "second")
        assert pauses.resume_domain(session, "a.example")
        assert not pauses.resume_domain(session, "a.example")
        assert not pauses.paused_domains(session, NOW)


def test_bad_news_of_many_asks_the_database_no_more_than_of_two(
    database: Database, sent: dict[str, str]
) -> None:
    asked: list[str] = []

    @sqlalchemy_event.listens_for(database.engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    def asked_for(references: Sequence[str], name: str) -> int:
        asked.clear()
        strangers = [f"{name}{number}" for number in range(len(references))]
        keep(database, *(event(EventType.BOUNCE, each) for each in (*references, *strangers)))
        return len(asked)

    first, second, *others = sent.values()
    assert asked_for([first, second], "few") == asked_for(others, "many")


@pytest.mark.slow
def test_ten_thousand_events_of_nobody_we_know_change_nothing(database: Database) -> None:
    kept = keep(database, *(event(EventType.BOUNCE, f"nobody{each}") for each in range(10_000)))
    assert (kept.new, kept.moved, kept.suppressed) == (10_000, 0, 0)


def test_old_news_is_let_go_and_bad_news_is_remembered(
    database: Database, sent: dict[str, str]
) -> None:
    first, second, third, *_ = sent.values()
    keep(database, event(EventType.DELIVERED, first), event(EventType.BOUNCE, second))
    keep(database, event(EventType.DELIVERED, third), now=NOW + timedelta(days=15))
    with database.read() as session:
        left = set(session.scalars(select(FeedbackRow.reference)))
    assert left == {second, third}


def test_nobodys_address_is_kept_with_what_a_server_says() -> None:
    told = "550 5.1.1 <ada.l@a.example>: user\r\n unknown (ada.l@a.example)\0 \ud800"
    assert without_addresses(told) == "550 5.1.1 <address>: user unknown (<address>)"
    assert len(without_addresses("x@y " * 10_000)) <= 300


def test_a_servers_words_cannot_turn_a_terminals_line_round() -> None:
    told = "550 a\u202eb\u200b c\u2028d"
    assert without_addresses(told) == brief(told) == brief(OSError(told)) == "550 ab c d"
