"""A machine that slept makes up for the days that it missed, and floods nobody."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter import bootstrap, config, machine_clock, taxonomy
from newsletter.cli.printing import output
from newsletter.config import Settings
from newsletter.daily_run import fetching
from newsletter.daily_run.catch_up import group_days
from newsletter.database.db import Database
from newsletter.issues import issue_queries
from newsletter.models import IssueState
from newsletter.periodic_work import work_of_worker
from newsletter.rendering.issue_entry import IssueSection, ListingNote
from newsletter.rendering.several_days import combine_days
from newsletter.services import Step
from newsletter.sources.base import FetchResult, ListingState, Paper, PaperId, Source
from tests.conftest import Cli
from tests.plugins import install_plugin
from tests.rendering.days import digest, paper

FRIDAY_NIGHT = datetime(2025, 7, 11, 0, 30, tzinfo=UTC)  # 20:30 on Thursday in New York
SOURCE = """
import json
from pathlib import Path
from newsletter.sources.base import (
    Announcement, AnnouncementType, FetchResult, Listing, ListingState, NoNetworkError, Paper,
    PaperId, SourceError)
from newsletter.sources.calendar import newest_day

def from_settings(settings):
    return Days(settings.folder / "days.json")

class Days:
    def __init__(self, file):
        self._file = file

    def current_day(self, now):
        return newest_day(now)

    def fetch(self, categories, day, known=None):
        told = json.loads(self._file.read_text()).get(str(day), [])
        if "silent" in told:
            raise SourceError("nobody answers")
        if "no network" in told:
            raise NoNetworkError("no network")
        lacking = tuple(each[1:] for each in told if each.startswith("?"))
        ids = [PaperId.read(each) for each in told if not each.startswith("?")]
        papers = {
            each: Paper(each, f"Title {each}", "It works.", ("Ada L",), tuple(categories))
            for each in ids
        }
        said = tuple(Announcement(each, AnnouncementType.NEW) for each in ids)
        state = ListingState.COMPLETE if said else ListingState.NONE
        state = ListingState.PARTIAL if lacking else state
        listings = [
            Listing(day, each, state, said, "a file", len(told), lacking) for each in categories
        ]
        return FetchResult(tuple(listings), papers)
"""
SetNow = Callable[[datetime], None]


@pytest.fixture
def set_now(settings: Settings, monkeypatch: pytest.MonkeyPatch, readers: list[str]) -> SetNow:
    """The clock; and a source of some days, registered as a stranger's package would be."""
    assert len(readers) == 12
    packages = settings.folder / "packages"
    install_plugin(packages, monkeypatch, "days_source", SOURCE, "newsletter.sources: days")
    monkeypatch.setenv("NEWSLETTER_SOURCE__USE", "days")
    monkeypatch.setenv("NEWSLETTER_NEWSLETTERS__0__CATEGORIES", "cs.SD")

    def at(now: datetime) -> None:
        monkeypatch.setattr(machine_clock, "utc_now", lambda: now)

    announce(settings, {"2025-07-11": ["2507.07001v1"]})
    at(FRIDAY_NIGHT)
    return at


def announce(settings: Settings, days: dict[str, list[str]]) -> None:
    (settings.folder / "days.json").write_text(json.dumps(days))


def sent(settings: Settings) -> list[str]:
    """The days of which mails left, each with how many."""
    names = [file.name[len("audio-") :][:10] for file in (settings.folder / "outbox").iterdir()]
    return [f"{day} {names.count(day)}" for day in sorted(set(names))]


@pytest.fixture
def slept(cli: Cli, settings: Settings, set_now: SetNow) -> None:
    """Friday went out; then the machine slept until Wednesday's batch was there."""
    assert cli("run").code == 0
    set_now(FRIDAY_NIGHT + timedelta(days=5))
    announce(
        settings,
        {
            "2025-07-14": ["2507.08001v1", "2507.08003v1"],
            "2025-07-15": ["2507.08002v1", "2507.08003v2"],
            "2025-07-16": ["2507.09001v1"],
        },
    )


@pytest.mark.usefixtures("slept")
def test_missed_days_come_as_one_issue_beside_the_newest(cli: Cli, settings: Settings) -> None:
    said = cli("run")
    assert (said.code, said.err) == (0, "")
    assert sent(settings) == ["2025-07-11 12", "2025-07-15 12", "2025-07-16 12"]
    away = cli("issues", "export", "--day", "2025-07-15", "--format", "text").out
    assert "补发：2025年7月14日 至 2025年7月15日" in away
    assert "最新 3 篇" in away
    assert "nothing to do" in cli("run").out
    assert sent(settings) == ["2025-07-11 12", "2025-07-15 12", "2025-07-16 12"]


@pytest.mark.parametrize("empty", ["2025-07-17", "2025-07-16 2025-07-17"])
@pytest.mark.slow
def test_back_on_an_empty_day_the_newest_day_with_papers_is_its_own_issue(
    cli: Cli, settings: Settings, set_now: SetNow, empty: str
) -> None:
    assert cli("run").code == 0
    set_now(FRIDAY_NIGHT + timedelta(days=6))
    days = {f"2025-07-{day}": [f"2507.080{day}v1"] for day in (14, 15, 16, 17)}
    announce(settings, {day: ids for day, ids in days.items() if day not in empty})
    rehearsed = cli("run", "--dry-run")
    said = cli("run")
    assert (said.code, rehearsed.code, said.err) == (0, 0, "")
    assert "nothing announced in cs.SD" in said.out
    *_, joined, own = sorted(set(days) - set(empty.split()))
    assert sent(settings) == ["2025-07-11 12", f"{joined} 12", f"{own} 12"]
    assert "补发" not in cli("issues", "export", "--day", own, "--format", "text").out
    assert "nothing announced" in cli("run").out
    assert len(sent(settings)) == 3


@pytest.mark.parametrize(
    ("newest", "in_one"), [([], "15"), (["2507.09001v1"], "16"), (["?2507.09001v1"], "15")]
)
def test_with_room_for_one_issue_missed_days_come_in_the_newest_one(
    cli: Cli,
    settings: Settings,
    set_now: SetNow,
    monkeypatch: pytest.MonkeyPatch,
    newest: list[str],
    in_one: str,
) -> None:
    monkeypatch.setenv("NEWSLETTER_SENDING__ISSUES_PER_DAY", "1")
    assert cli("run").code == 0
    days = {"2025-07-14": ["2507.08001v1"], "2025-07-15": ["2507.08002v1"]}
    set_now(FRIDAY_NIGHT + timedelta(days=4))
    announce(settings, days | {"2025-07-15": ["?2507.08002v1"]})
    assert cli("fetch").code == 1  # it is waited for
    set_now(FRIDAY_NIGHT + timedelta(days=5))
    announce(settings, days | {"2025-07-16": newest})
    assert cli("run").code == (1 if "?" in "".join(newest) else 0)
    assert sent(settings) == ["2025-07-11 12", f"2025-07-{in_one} 12"]
    away = cli("issues", "export", "--day", f"2025-07-{in_one}", "--format", "text").out
    assert f"2025年7月14日 至 2025年7月{in_one}日" in away
    cli("run")
    assert len(sent(settings)) == 2


@pytest.mark.slow
def test_with_room_for_one_issue_no_mailed_day_is_spanned_and_older_ones_come_on_a_free_day(
    cli: Cli, settings: Settings, set_now: SetNow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SENDING__ISSUES_PER_DAY", "1")
    assert cli("run").code == 0
    days = {f"2025-07-{day}": [f"2507.080{day}v1"] for day in (14, 15, 16, 17, 18)}
    announce(settings, days)
    set_now(FRIDAY_NIGHT + timedelta(days=5))
    assert cli("run", "--day", "2025-07-16").code == 0  # asked for: two days are left behind
    for later in (6, 7, 8):  # Wednesday and Thursday evening, and Friday's, which has no batch
        set_now(FRIDAY_NIGHT + timedelta(days=later))
        cli("run")
        assert len(sent(settings)) == later - 3
    assert [each.split()[0][-2:] for each in sent(settings)] == ["11", "15", "16", "17", "18"]


@pytest.mark.usefixtures("slept")
def test_with_room_for_them_missed_days_come_one_by_one_oldest_first(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SENDING__ISSUES_PER_DAY", "3")
    said = cli("run")
    assert said.code == 0
    days = ["Mon 14 Jul 2025", "Tue 15 Jul 2025", "Wed 16 Jul 2025"]
    assert sorted(days, key=said.out.index) == days
    assert sent(settings) == [f"2025-07-{day} 12" for day in (11, 14, 15, 16)]


@pytest.mark.usefixtures("slept")
@pytest.mark.slow
def test_the_next_batch_that_comes_minutes_later_brings_no_older_day_with_it(
    cli: Cli, settings: Settings, set_now: SetNow
) -> None:
    days = json.loads((settings.folder / "days.json").read_text())
    announce(settings, days | {"2025-07-14": []})
    before = FRIDAY_NIGHT + timedelta(days=4, hours=23, minutes=20)  # 19:50 in New York
    mailed = ["2025-07-11 12", "2025-07-15 12"]
    set_now(before)
    assert (cli("run").code, sent(settings)) == (0, mailed)
    announce(settings, days)
    set_now(before + timedelta(minutes=20))
    assert cli("fetch", "--day", "2025-07-14").code == 0  # it is there after all
    assert (cli("run").code, sent(settings)) == (0, [*mailed, "2025-07-16 12"])
    set_now(before + timedelta(days=1, minutes=10))
    assert cli("run").code == 0
    assert sent(settings) == ["2025-07-11 12", "2025-07-14 12", *mailed[1:], "2025-07-16 12"]


@pytest.mark.usefixtures("slept")
@pytest.mark.slow
def test_a_batch_that_comes_minutes_after_two_issues_waits_until_a_day_has_passed(
    cli: Cli, settings: Settings, set_now: SetNow
) -> None:
    before = FRIDAY_NIGHT + timedelta(days=4, hours=23, minutes=20)  # 19:50 in New York
    mailed = ["2025-07-11 12", "2025-07-14 12", "2025-07-15 12"]
    set_now(before)
    assert (cli("run").code, sent(settings)) == (0, mailed)
    set_now(before + timedelta(minutes=20))
    said = cli("run")
    assert (said.code, sent(settings)) == (0, mailed)
    assert "Wed 16 Jul 2025  goes out from 16 Jul 19:20 EDT on: readers had sending." in said.out
    set_now(before + timedelta(hours=23, minutes=40))
    assert (cli("run").code, sent(settings)) == (0, [*mailed, "2025-07-16 12"])


@pytest.mark.usefixtures("slept")
def test_what_is_older_than_the_operator_allows_is_only_named(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SOURCE__MAX_AGE_DAYS", "1")
    assert "audio has no issue of Mon 14 Jul 2025;" in cli("run").err
    assert sent(settings) == ["2025-07-11 12", "2025-07-15 12", "2025-07-16 12"]


@pytest.mark.usefixtures("slept")
def test_a_worker_names_it_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NEWSLETTER_SOURCE__MAX_AGE_DAYS", "1")
    configured = config.load(settings.folder / "newsletter.toml")
    batches: list[int] = []
    with bootstrap.open_services(
        configured, machine_clock.utc_now, output.progress_bar, lambda: False
    ) as parts:
        giving = replace(parts, hand_over=lambda _, handed: batches.extend(handed))
        run_days = work_of_worker(configured, giving)["days"].act
        run_days()
        run_days()
    assert len(batches) == 2
    assert caplog.text.count("audio has no issue of Mon 14 Jul 2025;") == 1


def test_before_a_weekend_what_would_be_too_old_after_it_goes_out_as_it_is(
    cli: Cli, settings: Settings, set_now: SetNow
) -> None:
    assert cli("run").code == 0
    friday = FRIDAY_NIGHT + timedelta(days=7)
    set_now(friday)
    days = {f"2025-07-{day}": [f"2507.080{day}v1"] for day in (14, 15, 16, 17, 18)}
    days["2025-07-16"].append("?2507.08116")
    days["2025-07-17"].append("?2507.08117")
    announce(settings, days)
    said = cli("run")
    assert said.code == 1
    assert "audio: 2025-07-17 waits: 1 paper of cs.SD could not be retrieved: 2507" in said.err
    assert sent(settings) == ["2025-07-11 12", "2025-07-16 12", "2025-07-18 12"]
    away = cli("issues", "export", "--day", "2025-07-16", "--format", "text").out
    assert "补发：2025年7月14日 至 2025年7月16日" in away
    assert "1 篇论文未能取回" in away
    set_now(friday + timedelta(days=1))
    assert cli("run").code == 0
    assert "2025-07-17 12" in sent(settings)


@pytest.mark.parametrize("trouble", ["?2507.08115", "silent"])
def test_a_day_that_has_to_wait_leaves_the_others_their_issue(
    cli: Cli, settings: Settings, set_now: SetNow, trouble: str
) -> None:
    assert cli("run").code == 0
    set_now(FRIDAY_NIGHT + timedelta(days=6))
    days = {f"2025-07-{day}": [f"2507.080{day}v1"] for day in (14, 15, 16, 17)}
    announce(settings, days | {"2025-07-15": ["2507.08015v1", trouble]})
    said = cli("run")
    assert (said.code, "audio: 2025-07-15 waits: " in said.err) == (1, True)
    assert sent(settings) == ["2025-07-11 12", "2025-07-14 12", "2025-07-17 12"]
    set_now(FRIDAY_NIGHT + timedelta(days=7))
    announce(settings, days | {"2025-07-18": ["2507.08018v1"]})
    assert cli("run").code == 0
    assert sent(settings)[2:] == [f"2025-07-{day} 12" for day in (16, 17, 18)]
    away = cli("issues", "export", "--day", "2025-07-16", "--format", "text").out
    assert "补发：2025年7月15日 至 2025年7月16日" in away


@pytest.mark.parametrize("trouble", ["?2507.07001v1", "silent", "no network"])
@pytest.mark.slow
def test_a_first_day_that_could_not_be_had_is_made_up_for(
    cli: Cli, settings: Settings, set_now: SetNow, trouble: str
) -> None:
    announce(settings, {"2025-07-11": [trouble]})
    assert cli("run").code == 1
    set_now(FRIDAY_NIGHT + timedelta(days=4))
    announce(
        settings,
        {"2025-07-11": ["2507.07001v1"], "2025-07-14": ["2507.08001v1"], "2025-07-15": []},
    )
    assert cli("run").code == 0
    assert sent(settings) == ["2025-07-11 12", "2025-07-14 12"]


@pytest.mark.usefixtures("slept")
@pytest.mark.slow
def test_an_issue_of_several_days_never_spans_one_that_was_mailed_already(
    cli: Cli, settings: Settings, set_now: SetNow
) -> None:
    assert cli("run", "--day", "2025-07-15").code == 0
    days = {f"2025-07-{day}": [f"2507.{day}001v1"] for day in (14, 15, 16, 17)}
    set_now(FRIDAY_NIGHT + timedelta(days=6))
    announce(settings, days)
    said = cli("run")
    assert "2025-07-16 comes with a later run" in said.out + said.err
    assert [each.split()[0][-2:] for each in sent(settings)] == ["11", "14", "15", "17"]
    set_now(FRIDAY_NIGHT + timedelta(days=7))
    announce(settings, days | {"2025-07-18": ["2507.18001v1"]})
    assert cli("run").code == 0
    assert [each.split()[0][-2:] for each in sent(settings)] == ["11", "14", "15", "16", "17", "18"]


@pytest.mark.usefixtures("slept")
def test_nobody_is_mailed_a_day_from_before_their_time(
    cli: Cli, settings: Settings, database: Database
) -> None:
    cli("subscribers", "add", "late@reader.example", "--consent", "by letter")
    assert cli("run").code == 0
    files = [file.name for file in (settings.folder / "outbox").glob("*late@reader.example*")]
    assert files == ["audio-2025-07-16-late@reader.example.eml"]
    with database.read() as session:
        away = issue_queries.get_issue(session, "audio", date(2025, 7, 15))
        assert (away.first_day, away.state) == (date(2025, 7, 14), IssueState.DONE)


@pytest.mark.slow
def test_who_subscribed_in_the_middle_gets_their_own_days(
    cli: Cli, settings: Settings, set_now: SetNow
) -> None:
    assert cli("run").code == 0
    set_now(FRIDAY_NIGHT + timedelta(days=4))  # on Monday evening: Tuesday's batch is the newest
    cli("subscribers", "add", "middle@reader.example", "--consent", "by letter")
    set_now(FRIDAY_NIGHT + timedelta(days=6))
    announce(
        settings,
        {
            "2025-07-14": ["2507.08001v1", "2507.08003v1"],
            "2025-07-15": ["2507.08002v1", "2507.08003v2"],
            "2025-07-16": ["2507.08004v1"],
            "2025-07-17": ["2507.09001v1"],
        },
    )
    assert cli("run").code == 0
    assert sent(settings) == ["2025-07-11 12", "2025-07-16 13", "2025-07-17 13"]
    shown = ("preview", "--day", "2025-07-16", "--format", "text", "--as")
    middle = cli(*shown, "middle@reader.example").out
    assert ("2507.08001" in middle, "2507.08002" in middle) == (False, True)
    assert "补发：2025年7月15日 至 2025年7月16日" in middle
    outbox = settings.folder / "outbox"
    mails = [
        outbox / f"audio-2025-07-16-{who}@reader.example.eml" for who in ("middle", "reader00")
    ]
    raw = [file.read_bytes().replace(b"=\r\n", b"") for file in mails]
    assert [b"2507.08001" in mail for mail in raw] == [False, True]


@pytest.mark.slow
def test_a_day_that_was_waited_for_makes_no_third_mail(
    cli: Cli, settings: Settings, set_now: SetNow
) -> None:
    assert cli("run").code == 0
    set_now(FRIDAY_NIGHT + timedelta(days=5))
    days = {"2025-07-15": ["2507.08002v1"], "2025-07-16": ["2507.09001v1"]}
    announce(settings, days | {"2025-07-14": []})
    assert cli("run").code == 0
    assert sent(settings) == ["2025-07-11 12", "2025-07-15 12", "2025-07-16 12"]
    announce(settings, days | {"2025-07-14": ["2507.08001v1"]})
    assert cli("fetch", "--day", "2025-07-14").code == 0  # it is there after all
    assert cli("run").code == 0
    assert len(sent(settings)) == 3


@pytest.mark.usefixtures("slept")
def test_days_on_which_nothing_was_announced_are_said_once_and_mailed_to_nobody(
    cli: Cli, settings: Settings
) -> None:
    announce(settings, {"2025-07-16": ["2507.09001v1"]})
    assert "nothing announced in cs.SD" in cli("run").out
    assert sent(settings) == ["2025-07-11 12", "2025-07-16 12"]
    assert not cli("run").err


class SilentSource(Source):
    """Friday is the newest day; nothing is said of any, a page at a time."""

    def __init__(self) -> None:
        self._progress: Callable[[], None] = lambda: None

    def current_day(self, now: datetime) -> date:
        del now
        return date(2025, 7, 11)

    def pages_of(self, categories: Sequence[str], day: date) -> int:
        return len(categories) * (2 if day < date(2025, 7, 11) else 1)

    def tell_progress(self, progress: Callable[[], None]) -> None:
        self._progress = progress

    def fetch(
        self, categories: Sequence[str], day: date, known: Mapping[str, Paper] | None = None
    ) -> FetchResult:
        del day, known
        for _category in categories:
            self._progress()  # once too often: the papers are still to come
        return FetchResult(())


def test_the_progress_bar_moves_and_says_how_long_arxiv_will_take(
    settings: Settings, database: Database
) -> None:
    labels: list[str] = []
    steps: list[int] = []

    @contextmanager
    def bar(label: str, total: int) -> Iterator[Step]:
        labels.append(f"{label} ({total})")
        steps.clear()
        yield steps.append
        assert sum(steps) == total

    slugs = tuple(each for each in taxonomy.CATEGORIES if each.startswith("cs."))
    wide = settings.newsletters[0].model_copy(update={"categories": slugs})
    narrow = settings.newsletters[0].model_copy(update={"categories": ("cs.SD",)})
    with bootstrap.open_services(
        settings, lambda: FRIDAY_NIGHT, bar, lambda: False, SilentSource()
    ) as services:
        paced = replace(services, database=database, page_interval=timedelta(seconds=15))
        fetching.fetch(paced, wide, date(2025, 7, 11))
        assert steps == [1] * 40
        fetching.fetch(paced, wide, date(2025, 7, 10))
        fetching.fetch(paced, narrow, date(2025, 7, 11))
    assert labels == [
        "asking arXiv, about 10 min (40)",
        "asking arXiv, about 20 min (40)",
        "asking arXiv (1)",
    ]


@pytest.mark.parametrize(
    ("missed", "at_most", "issues_of"),
    [
        ("", 1, []),
        ("1", 1, ["1"]),
        ("123", 1, ["123"]),
        ("123", 2, ["12", "3"]),
        ("123", 3, ["1", "2", "3"]),
        ("123", 0, []),
    ],
)
def test_the_newest_of_the_missed_days_come_by_themselves(
    missed: str, at_most: int, issues_of: list[str]
) -> None:
    def days(numbers: str) -> tuple[date, ...]:
        return tuple(date(2025, 7, int(number)) for number in numbers)

    assert group_days(days(missed), at_most) == [days(numbers) for numbers in issues_of]


def test_a_paper_of_several_days_stands_once_where_it_was_announced_most_strongly() -> None:
    new = digest(paper(id=PaperId("2507.08003", 1)))
    replaced = digest(paper(id=PaperId("2507.08003", 2)), section=IssueSection.REPLACE)
    replaced = replace(replaced, day=new.day + timedelta(days=1))
    (entry,) = combine_days([new, replaced]).entries
    assert (entry.section, entry.paper.id.version) == (IssueSection.NEW, 2)


def test_what_is_known_of_several_days_is_as_good_as_the_worst_of_them() -> None:
    good = ListingNote("cs.SD", ListingState.COMPLETE, 3, 3)
    bad = ListingNote("cs.SD", ListingState.PARTIAL, 1, 2, ("2507.00009",))
    days = [replace(digest(), listings=(note,)) for note in (good, bad)]
    (note,) = combine_days(days).listings
    assert note == ListingNote("cs.SD", ListingState.PARTIAL, 4, 5, ("2507.00009",))
