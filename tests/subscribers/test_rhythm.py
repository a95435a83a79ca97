"""Once a week: all papers of its days, each once, whatever happens in between."""

import email
import email.policy
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest

from newsletter import bootstrap, machine_clock
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.server_clock import DatabaseClock
from newsletter.errors import NewsletterError
from newsletter.models import SubscriptionRow
from newsletter.sending.reports.totals import IssueSendResult
from newsletter.subscribers import lifecycle, rhythm
from tests.conftest import Cli
from tests.daily_run.test_catch_up import SOURCE
from tests.plugins import install_plugin

ADA = "ada@reader.example"
pytestmark = [pytest.mark.slow, pytest.mark.on_both_databases]
FRIDAY = date(2025, 7, 11)
Week = Callable[[date], None]


@pytest.fixture
def run_on(cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Week:
    """Runs of days with a paper each, called after its day; Tuesday's is announced again later."""
    install_plugin(
        settings.folder / "packages", monkeypatch, "days_source", SOURCE, "newsletter.sources: days"
    )
    monkeypatch.setattr(DatabaseClock, "__call__", lambda _: machine_clock.utc_now())
    monkeypatch.setenv("NEWSLETTER_SOURCE__USE", "days")
    monkeypatch.setenv("NEWSLETTER_NEWSLETTERS__0__CATEGORIES", "cs.SD")
    days = {f"{FRIDAY + timedelta(days=number)}": number for number in range(40)}
    announced = {day: [f"2507.{number:05}v1"] for day, number in days.items()}
    announced["2025-07-17"].append("2507.00004v2")  # Tuesday's, once more on Thursday
    (settings.folder / "days.json").write_text(json.dumps(announced))

    def run(day: date) -> None:
        night = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        monkeypatch.setattr(machine_clock, "utc_now", lambda: night)
        assert cli("run").code == 0

    monkeypatch.setattr(
        machine_clock, "utc_now", lambda: datetime(2025, 7, 10, 12, tzinfo=UTC) - timedelta(days=9)
    )
    assert cli("subscribers", "add", ADA, "--consent", "on paper", "--language", "en").code == 0
    return run


def mails(settings: Settings) -> list[str]:
    """The texts of what left, oldest first."""
    files = sorted((settings.folder / "outbox").glob("*.eml"))
    return [to_text(file.read_bytes()) for file in files]


def to_text(mail: bytes) -> str:
    message = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def papers_of(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"arxiv\.org/abs/2507\.(\d{5})", text)]


def change(settings: Settings, **changes: object) -> None:
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        ada = lifecycle.get_subscriber(session, ADA)
        row = session.get_one(SubscriptionRow, (ada.id, "audio"))
        for name, value in changes.items():
            if name == "rhythm":
                rhythm.choose_rhythm(session, row, str(value))
            else:
                setattr(row, name, value)


def days(first: str, last: str) -> list[date]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    span = [day + timedelta(days=number) for number in range((end - day).days + 1)]
    return [each for each in span if each.weekday() < 5]


def test_a_week_in_one_mail_by_day_each_paper_once_and_back_to_daily_nothing_lost(
    run_on: Week, settings: Settings, cli: Cli
) -> None:
    run_on(FRIDAY)
    change(settings, rhythm="friday")
    for day in days("2025-07-14", "2025-07-18"):
        run_on(day)
    first, week = mails(settings)
    assert papers_of(first) == [0]
    assert papers_of(week) == [3, 4, 5, 6, 7]  # Tuesday's second version takes the first's place
    assert "14 July 2025 to 18 July 2025" in week
    places = [week.index(f"{day} July 2025 · NEW") for day in (14, 15, 16, 17, 18)]
    assert places == sorted(places)
    assert "It works." not in week  # titles
    shown = cli("preview", "--as", ADA, "--day", "2025-07-18", "--format", "text").out
    assert shown.replace("\r\n", "\n").strip() == week.replace("\r\n", "\n").strip()
    run_on(date(2025, 7, 21))
    change(settings, rhythm="daily")
    run_on(date(2025, 7, 22))
    run_on(date(2025, 7, 23))
    assert [papers_of(text) for text in mails(settings)[2:]] == [[10, 11], [12]]
    with bootstrap.open_database(settings) as database, database.read() as session:
        ada = lifecycle.get_subscriber(session, ADA)
        row = session.get_one(SubscriptionRow, (ada.id, "audio"))
        assert (row.rhythm, row.had_issue, row.next_day) == ("daily", None, None)


def test_a_pause_puts_a_weeks_mail_off_and_loses_nothing_and_picks_come_first(
    run_on: Week, settings: Settings, cli: Cli
) -> None:
    run_on(FRIDAY)
    assert cli("subscribers", "interests", ADA, "--author", "Ada L").code == 0
    change(settings, rhythm="wednesday")
    run_on(date(2025, 7, 14))
    change(settings, paused_until=date(2025, 7, 16))
    for day in days("2025-07-15", "2025-07-18"):
        run_on(day)
    run_on(date(2025, 7, 22))
    run_on(date(2025, 7, 23))
    sent = mails(settings)
    assert [sorted(papers_of(text)) for text in sent] == [[0], [3, 4, 5, 6], [7, 10, 11, 12]]
    assert [text.count("by Ada L, whom you follow") for text in sent] == [0, 4, 4]
    assert "The rest of these days" in sent[1]


def test_a_pause_that_begins_after_the_freezing_puts_it_off_as_well(
    run_on: Week, settings: Settings, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    run_on(FRIDAY)
    change(settings, rhythm="tuesday")
    run_on(date(2025, 7, 14))

    def power_cut(*_: object) -> IssueSendResult:
        raise NewsletterError("the power failed")

    monkeypatch.setattr(machine_clock, "utc_now", lambda: datetime(2025, 7, 15, 2, tzinfo=UTC))
    with monkeypatch.context() as broken:
        broken.setattr(daily, "send_frozen_issue", power_cut)
        assert cli("run").code == 1
    change(settings, paused_until=date(2025, 7, 15))
    run_on(date(2025, 7, 15))
    assert len(mails(settings)) == 1
    run_on(date(2025, 7, 16))
    assert [papers_of(text) for text in mails(settings)] == [[0], [3, 4, 5]]


def test_who_comes_back_gets_nothing_of_the_time_away(
    run_on: Week, settings: Settings, cli: Cli
) -> None:
    run_on(FRIDAY)
    change(settings, rhythm="friday")
    run_on(date(2025, 7, 14))
    assert cli("subscribers", "remove", ADA).code == 0
    run_on(date(2025, 7, 15))
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        ada = lifecycle.get_subscriber(session, ADA)
        now = datetime(2025, 7, 15, 9, tzinfo=UTC)
        lifecycle.confirm_subscriptions(session, ada, {"audio": "full"}, now)
    for day in days("2025-07-16", "2025-07-18"):
        run_on(day)
    assert [papers_of(text) for text in mails(settings)] == [[0], [5, 4, 6, 7]]


def test_a_day_with_nothing_for_a_reader_sends_nothing_and_the_next_month_says_how_many(
    run_on: Week, settings: Settings, cli: Cli
) -> None:
    change(settings, rhythm="picks")
    run_on(FRIDAY)  # before they named anything each issue comes
    assert cli("subscribers", "interests", ADA, "--word", "zebra").code == 0
    for day in days("2025-07-14", "2025-07-16"):
        run_on(day)
    assert [papers_of(text) for text in mails(settings)] == [[0]]
    assert "nothing for them" in cli("subscribers", "show", ADA).out
    assert '"skipped": 1' in cli("deliveries", "status", "--day", "2025-07-16", "--json").out
    run_on(date(2025, 8, 1))  # and one of the days that were missed
    run_on(date(2025, 8, 4))
    _, august = mails(settings)
    assert papers_of(august) == [21]
    assert "In July 2025 4 issues had nothing for you; they stand in the archive." in " ".join(
        august.split()
    )
    assert cli("subscribers", "interests", ADA, "--author", "Ada L").code == 0
    run_on(date(2025, 8, 5))
    assert "by Ada L, whom you follow" in mails(settings)[-1]


def test_days_that_had_gathered_come_although_only_picks_are_wanted_now(
    run_on: Week, settings: Settings, cli: Cli
) -> None:
    run_on(FRIDAY)
    assert cli("subscribers", "interests", ADA, "--word", "zebra").code == 0
    change(settings, rhythm="friday")
    run_on(date(2025, 7, 14))
    run_on(date(2025, 7, 15))
    change(settings, rhythm="picks")
    run_on(date(2025, 7, 16))
    run_on(date(2025, 7, 17))
    assert [papers_of(text) for text in mails(settings)] == [[0], [3, 4, 5]]
    assert "nothing for them" in cli("subscribers", "show", ADA).out


def test_a_weekday_chosen_before_the_first_issue_is_kept(run_on: Week, settings: Settings) -> None:
    change(settings, rhythm="tuesday")
    for day in (FRIDAY, date(2025, 7, 14), date(2025, 7, 15)):
        run_on(day)
    assert [papers_of(text) for text in mails(settings)] == [[0, 3, 4]]


def test_a_first_weekday_without_an_issue_costs_a_week_at_most(
    run_on: Week, settings: Settings
) -> None:
    change(settings, rhythm="thursday")
    run_on(FRIDAY)
    run_on(date(2025, 7, 18))  # with what was missed
    assert papers_of(mails(settings)[-1])[0] == 0
