"""A run in which somebody named interests: picked at the claim, kept, the same at any attempt."""

import signal
import sqlite3
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select, text

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.interests import (
    DayIndex,
    Pick,
    Profile,
    interest_store,
    lexicon,
    pick_papers,
    profile_store,
)
from newsletter.interests.files import ListedPaper
from newsletter.interests.named_interest import Interest, InterestType
from newsletter.issues import issue_store
from newsletter.models import IssueRow, PickRow, ProfileRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.recipient import Recipient
from newsletter.sending.readers import personal
from newsletter.sending.readers.recipients import load_recipient
from newsletter.subscribers import lifecycle
from tests.conftest import NOW, Cli
from tests.daily_run.test_once import arrived, killed_run
from tests.rendering.days import LINKS, SITE

READER = "reader01@reader.example"
DAY = date(2025, 7, 11)
FIRST = "为您优先"


@pytest.mark.usefixtures("readers")
def test_what_comes_first_is_kept_and_shown_again_as_it_was(
    cli: Cli, settings: Settings, database: Database
) -> None:
    assert cli("subscribers", "interests", READER, "--word", "neural").code == 0
    assert cli("run").code == 0
    outbox = settings.folder / "outbox"
    sent = (outbox / f"audio-{DAY}-{READER}.eml").read_bytes()
    assert cli("preview", "--as", READER, "--format", "text").out.count(FIRST) == 1
    with database.read() as session:
        (row,) = session.scalars(select(PickRow))
    assert row.chosen["papers"][0]["reasons"][0]["words"] == ["Neural"]
    assert cli("subscribers", "interests", READER, "--word", "speech").code == 0
    assert cli("preview", "--as", READER, "--format", "eml", "-o", "again.eml").code == 0
    assert Path("again.eml").read_bytes() == sent
    assert len(list(outbox.glob("*.eml"))) == 12
    assert FIRST not in cli("preview", "--as", "reader02@reader.example", "--format", "text").out


@pytest.mark.usefixtures("readers")
def test_nobody_who_writes_waits_for_a_ranking(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("subscribers", "interests", READER, "--word", "neural").code == 0
    other = sqlite3.connect(settings.folder / "newsletter.db", timeout=0, isolation_level=None)
    ranked: list[int] = []

    def while_another_writes(day: DayIndex, profile: Profile) -> list[Pick]:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        ranked.append(len(day.papers))
        return pick_papers(day, profile)

    monkeypatch.setattr(personal, "pick_papers", while_another_writes)
    assert cli("run").code == 0
    other.close()
    assert len(ranked) == 1
    assert cli("preview", "--as", READER, "--format", "text").out.count(FIRST) == 1


@pytest.mark.usefixtures("readers")
def test_who_changes_something_after_a_ranking_is_ranked_again(
    cli: Cli, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("subscribers", "interests", READER, "--word", "neural").code == 0
    with database.read() as session:
        reader = lifecycle.get_subscriber(session, READER).id
    ranked: list[int] = []

    def and_then_changed(day: DayIndex, profile: Profile) -> list[Pick]:
        ranked.append(len(profile.words))
        if len(ranked) == 1:
            name(database, reader, "speech")
        return pick_papers(day, profile)

    monkeypatch.setattr(personal, "pick_papers", and_then_changed)
    assert cli("run").code == 0
    assert ranked == [1, 2]
    with database.read() as session:
        (row,) = session.scalars(select(PickRow))
    reasons = [reason for pick in row.chosen["papers"] for reason in pick["reasons"]]
    assert {word for reason in reasons for word in reason["words"]} == {"Neural", "speech"}


@pytest.mark.usefixtures("readers")
def test_a_ranking_that_fails_costs_its_picks_and_no_mail(
    cli: Cli, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("subscribers", "interests", READER, "--word", "neural").code == 0
    with monkeypatch.context() as broken:
        broken.setattr(personal, "pick_papers", lambda *_: 1 / 0)
        assert cli("run").code == 0
    assert len(list((settings.folder / "outbox").glob("*.eml"))) == 12
    assert FIRST not in cli("preview", "--as", READER, "--format", "text").out
    with database.read() as session:
        assert [row.chosen for row in session.scalars(select(PickRow))] == [{}]


@pytest.mark.usefixtures("readers")
def test_a_profile_that_cannot_be_made_or_read_costs_no_mail_either(
    cli: Cli, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("subscribers", "interests", READER, "--word", "neural").code == 0
    with monkeypatch.context() as broken:
        broken.setattr(profile_store, "compile_profile", lambda *_: 1 / 0)
        assert cli("run").code == 0
    with database.write.begin() as session:
        (row,) = session.scalars(select(ProfileRow))
        assert not row.content
        assert profile_store.profiles_of(session, [row.subscriber_id], NOW) == {
            row.subscriber_id: None
        }
        row.content = b"damaged"
    with database.write.begin() as session:
        (made,) = profile_store.profiles_of(session, [row.subscriber_id], NOW).values()
    assert made is not None
    assert [word.text for word in made.words] == ["neural"]


_DAMAGE = (
    "delete from named_paper where title = 'Hearing by eye'",
    "update named_paper set categories = 'null', authors = '7' where title = 'Seeing by ear'",
    "update interest set detail = '[]' where subscriber_id = :reader",
    "update interest set detail = '{bad' where subscriber_id = :reader",
    "update newsletter_interest set detail = '{bad'",
)


def test_a_damaged_row_costs_nobody_their_mail(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    with database.read() as session:
        people = [lifecycle.get_subscriber(session, email).id for email in readers]
    titles = [ListedPaper("", title, "") for title in ("Hearing by eye", "Seeing by ear")]
    interests = [
        Interest(InterestType.WORD, "neural"),
        Interest(InterestType.AUTHOR, "Ada"),
        *(Interest(InterestType.PAPER, "", paper=paper) for paper in titles),
    ]
    with database.write.begin() as session:
        owners: list[int | str] = [*people[:4], "audio"]
        for owner in owners:
            interest_store.add(session, owner, interests, "page", NOW)
        for person, damage in zip(people, _DAMAGE, strict=False):
            session.execute(text(damage), {"reader": person} if ":reader" in damage else {})
    assert cli("run").code == 0
    assert len(list((settings.folder / "outbox").glob("*.eml"))) == 12
    assert cli("preview", "--as", readers[0], "--format", "text").out.count(FIRST) == 1
    with database.write.begin() as session:
        update = text("update pick set chosen = :chosen where subscriber_id = :reader")
        for person, chosen in zip(people, ("{bad", '{"papers": [7]}', "[]"), strict=False):
            session.execute(update, {"chosen": chosen, "reader": person})
    for email in readers[:3]:
        answer = cli("preview", "--as", email, "--format", "text")
        assert (answer.code, answer.out.count(FIRST)) == (0, 0)


@pytest.mark.usefixtures("readers")
def test_a_damaged_lexicon_costs_the_picks_of_everybody_and_no_mail(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert cli("subscribers", "interests", READER, "--word", "neural").code == 0
    assert cli("interests", "audio", "--word", "neural").code == 0
    with monkeypatch.context() as broken:
        broken.setattr(lexicon, "files", lambda _: tmp_path)
        for kept in (lexicon.shipped, profile_store.version):
            kept.cache_clear()
        assert cli("run").code == 0
        assert "install newsletter again" in cli("check").out
        answer = cli("subscribers", "interests", READER, "--picks", "audio")
        assert (answer.code, "install newsletter again" in answer.err) == (1, True)
    for kept in (lexicon.shipped, profile_store.version):
        kept.cache_clear()
    assert len(list((settings.folder / "outbox").glob("*.eml"))) == 12


@pytest.mark.usefixtures("readers")
def test_a_later_attempt_says_what_the_first_one_said(cli: Cli, database: Database) -> None:
    assert cli("run").code == 0
    with database.read() as session:
        issue = session.scalars(select(IssueRow)).one()
        mails = IssueEmails(issue_store.load_issue(session, issue), SITE, LINKS)
        reader = load_recipient(session, "audio", DAY, READER)
        other = load_recipient(session, "audio", DAY, "reader02@reader.example")

    def claimed(*recipients: Recipient) -> list[Recipient]:
        with database.write.begin() as session:
            ranking = personal.RecipientPicks(issue.id, mails)
            return ranking.with_picks(session, recipients, NOW)

    name(database, reader.subscriber_id, "neural")
    name(database, other.subscriber_id, "neural")
    first, none = claimed(reader, replace(other, attempts=1))
    assert first.picks
    assert none.picks is None  # named since: the first attempt was without
    name(database, reader.subscriber_id, "speech")
    assert claimed(replace(reader, attempts=1))[0].picks == first.picks
    assert claimed() == []


def name(database: Database, reader: int, word: str) -> None:
    with database.write.begin() as session:
        interests = [Interest(InterestType.WORD, word)]
        interest_store.add(session, reader, interests, "page", NOW)


@pytest.mark.slow
@pytest.mark.on_both_databases
def test_a_run_that_is_killed_among_personal_mails_says_again_what_it_had_chosen(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    with database.read() as session:
        people = [lifecycle.get_subscriber(session, email).id for email in readers]
    for person in people:
        name(database, person, "neural")
    assert killed_run(settings, "before", 7) == -signal.SIGKILL
    kept = chosen(database)
    assert set(kept) >= set(people[:7])
    for person in people:
        name(database, person, "speech")
    assert cli("run").code == 0
    assert "1 settled as resend." in cli("deliveries", "settle", "--as", "resend").out
    said = cli("send")
    assert "12 subscribers = 12 sent + 0 skipped + 0 failed + 0 uncertain" in said.out
    assert chosen(database).items() >= kept.items()
    assert set(chosen(database)) == set(people)
    assert arrived(settings) == readers
    for file in (settings.folder / "outbox").glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        text = mail.get_body(("plain",))
        assert text is not None
        assert text.get_content().count(FIRST) == 1


def chosen(database: Database) -> dict[int, object]:
    with database.read() as session:
        return {row.subscriber_id: row.chosen for row in session.scalars(select(PickRow))}
