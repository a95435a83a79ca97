"""A day is never used up too early, never filled by a stale batch, never short without a word."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from newsletter import machine_clock
from newsletter.config import Settings
from newsletter.sources import arxiv_source, calendar
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.web import create_app
from tests.conftest import Cli
from tests.sources.dated_samples import catchup, recent
from tests.sources.samples import Told, answer, page, rss
from tests.sources.standin import Clock, Reply, StandIn, listening

THURSDAY_EVENING = datetime(2025, 7, 11, 0, 30, tzinfo=UTC)  # 20:30 in New York
NEW = Told()
CROSS = Told("2507.07271v1", "cross", "Crossed", categories=("cs.LG", "cs.SD"))
AGAIN = Told("2407.16803v4", "replace", "Again")
ALL = (NEW, CROSS, AGAIN)
FRIDAY, MONDAY = "Friday, 11 July 2025", "Monday, 14 July 2025"

SetNow = Callable[[datetime], None]


@pytest.fixture
def arxiv(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with listening(Clock()) as stand_in:
        stand_in.papers = {name: each for each in ALL for name in (each.id, each.id[:-2])}
        for name, value in {
            "USE": "arxiv",
            "LISTING_URL": stand_in.url + "/list/{category}/new",
            "FEED_URL": stand_in.url + "/rss/{categories}",
            "API_URL": f"{stand_in.url}/api/query",
            "OAI_URL": f"{stand_in.url}/oai",
            "MIN_INTERVAL_S": "0",
            "TIMEOUT_S": "2",
        }.items():
            monkeypatch.setenv(f"NEWSLETTER_SOURCE__{name}", value)
        monkeypatch.setenv("NEWSLETTER_NEWSLETTERS__0__CATEGORIES", "cs.SD")
        yield stand_in


@pytest.fixture
def set_now(monkeypatch: pytest.MonkeyPatch) -> SetNow:
    def at(now: datetime) -> None:
        monkeypatch.setattr(machine_clock, "utc_now", lambda: now)

    at(THURSDAY_EVENING)
    return at


def announce(stand_in: StandIn, *papers: Told, day: str = FRIDAY, feed: bool = True) -> None:
    stand_in.page("cs.SD", Reply(page(*papers, day=day)))
    stated = f"{day[:3]}, {day.split()[1]} Jul 2025 00:00:00 -0400"
    stand_in.feed("cs.SD", Reply(rss(*papers, stated=stated)) if feed else Reply(b"", 404))


def submitted(day: str) -> Told:
    return replace(NEW, published=f"{day}T12:00:00Z", updated=f"{day}T12:00:00Z")


def sent(settings: Settings) -> int:
    return len(list((settings.folder / "outbox").glob("*.eml")))


def mail(settings: Settings, day: date, who: str) -> str:
    file = settings.folder / "outbox" / f"audio-{day}-{who}@reader.example.eml"
    return file.read_bytes().replace(b"=\r\n", b"").decode()


def web_page(settings: Settings, path: str) -> str:
    return (
        create_app(settings, machine_clock.utc_now).test_client().get(path).get_data(as_text=True)
    )


@pytest.mark.usefixtures("set_now", "settings")
def test_fetch_prints_a_verdict_for_each_category(cli: Cli, arxiv: StandIn) -> None:
    announce(arxiv, *ALL)
    said = cli("fetch")
    assert said.code == 0
    assert (
        said.out
        == "cs.SD        Fri 11 Jul 2025  1 new, 1 cross-list, 1 replacement  complete 3/3\n"
    )
    (told,) = json.loads(cli("fetch", "--json").out)
    assert (told["state"], told["expected"], told["missing"]) == ("complete", 3, [])


@pytest.mark.usefixtures("readers", "set_now")
def test_a_run_before_the_announcement_waits_and_the_day_is_not_used_up(
    cli: Cli, settings: Settings, arxiv: StandIn
) -> None:
    announce(arxiv, AGAIN, day="Thursday, 10 July 2025")
    early = cli("run")
    assert early.code == 1
    assert "arXiv has not announced cs.SD of 2025-07-11 yet" in early.err
    assert cli("fetch").out.startswith("cs.SD        Fri 11 Jul 2025  not yet")
    announce(arxiv, *ALL)
    assert cli("run").code == 0
    shown = json.loads(cli("issues", "show", "--json").out)
    assert {each["id"] for each in shown["papers"]} == {each.id[:-2] for each in ALL}
    assert sent(settings) == 12


@pytest.mark.usefixtures("readers", "set_now")
def test_missing_papers_are_waited_for_by_name_and_the_next_run_heals(
    cli: Cli, settings: Settings, arxiv: StandIn
) -> None:
    announce(arxiv, *ALL, feed=False)
    lost = arxiv.papers.pop("2507.07270")
    early = cli("run")
    assert early.code == 1
    assert "1 paper of cs.SD could not be retrieved: 2507.07270" in early.err
    assert sent(settings) == 0
    assert "partial 2/3  (1 paper of cs.SD could not" in cli("fetch").out
    arxiv.papers["2507.07270"] = lost
    assert cli("run").code == 0
    assert "完整" in cli("issues", "export", "--format", "text").out


@pytest.mark.usefixtures("readers")
def test_when_patience_is_over_the_issue_goes_out_and_names_what_is_missing(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, *ALL, feed=False)
    arxiv.papers.pop("2507.07270")
    assert cli("run").code == 1
    set_now(THURSDAY_EVENING + timedelta(days=1))
    assert cli("run").code == 0
    assert sent(settings) == 12
    exported = cli("issues", "export", "--format", "text").out
    assert "cs.SD 有 1 篇论文未能取回。" in exported


@pytest.mark.usefixtures("readers", "set_now")
def test_what_was_asked_for_once_is_not_asked_for_again(cli: Cli, arxiv: StandIn) -> None:
    announce(arxiv, *ALL)
    cli("run")
    asked = [each.path for each in arxiv.asked]
    assert asked == ["/list/cs.SD/new", "/api/query"]
    cli("run")
    cli("fetch")
    assert [each.path for each in arxiv.asked] == asked


@pytest.mark.usefixtures("settings")
def test_a_weekend_run_finds_fridays_issue_done(cli: Cli, arxiv: StandIn, set_now: SetNow) -> None:
    announce(arxiv, *ALL)
    cli("run")
    for hours in (24, 48, 60):
        set_now(THURSDAY_EVENING + timedelta(hours=hours))
        said = cli("run")
        assert said.code == 0
        assert "done already, nothing to do" in said.out


@pytest.mark.usefixtures("readers")
def test_an_old_batch_with_a_fresh_date_is_not_mailed_again(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, *ALL)
    cli("run")
    set_now(THURSDAY_EVENING + timedelta(days=3))
    announce(arxiv, *ALL, day=MONDAY)
    said = cli("run")
    assert said.code == 1
    assert "but with the batch of 2025-07-11" in said.err
    assert sent(settings) == 12
    announce(arxiv, Told("2507.09999v1"), day=MONDAY)
    assert cli("run").code == 0
    assert sent(settings) == 24


@pytest.mark.usefixtures("settings")
def test_an_empty_day_says_why(cli: Cli, arxiv: StandIn, set_now: SetNow) -> None:
    set_now(datetime(2026, 11, 27, 12, tzinfo=UTC))  # the day after Thanksgiving
    arxiv.page("cs.SD", Reply(page(*ALL, day="Thursday, 26 November 2026")))
    said = cli("run")
    assert said.code == 0
    assert "nothing announced in cs.SD (arXiv holiday; the listing page of 2026-11-26)" in said.out
    assert cli("issues", "list").out.startswith("No issue yet")


@pytest.mark.usefixtures("settings")
def test_where_nobody_was_a_reader_a_missed_day_is_only_named(
    cli: Cli, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, *ALL)
    cli("run")
    set_now(THURSDAY_EVENING + timedelta(days=5))  # Tuesday evening: Wednesday's batch is out
    announce(arxiv, Told("2507.09999v1"), day="Wednesday, 16 July 2025")
    said = cli("run")
    assert said.code == 0
    assert "Wed 16 Jul 2025  1 new, 0 cross-lists, 0 replacements" in said.out
    assert "audio has no issue of Mon 14 Jul 2025, Tue 15 Jul 2025;" in said.err
    assert len(json.loads(cli("issues", "list", "--json").out)) == 2


@pytest.mark.usefixtures("readers")
def test_a_day_that_was_waited_for_is_looked_after_the_next_day(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, AGAIN)
    cli("run")
    set_now(THURSDAY_EVENING + timedelta(days=3))  # Sunday evening: Monday's batch is out
    announce(arxiv, NEW, CROSS, day=MONDAY, feed=False)
    arxiv.papers.pop("2507.07270")
    assert cli("run").code == 1
    set_now(THURSDAY_EVENING + timedelta(days=4))
    announce(arxiv, AGAIN, day="Tuesday, 15 July 2025")
    said = cli("run")
    assert said.code == 0
    assert "Mon 14 Jul 2025  0 new, 1 cross-list, 0 replacements" in said.out
    assert "Tue 15 Jul 2025  0 new, 0 cross-lists, 1 replacement" in said.out
    assert not said.err
    assert sent(settings) == 36
    monday = cli("issues", "export", "--day", "2025-07-14", "--format", "text").out
    assert "cs.SD 有 1 篇论文未能取回。" in monday


@pytest.mark.usefixtures("readers")
def test_a_day_whose_page_has_moved_on_heals_from_arxivs_page_of_that_day(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, Told("2507.05000v1"), day="Thursday, 10 July 2025")
    set_now(THURSDAY_EVENING - timedelta(days=1))
    assert cli("run").code == 0
    set_now(THURSDAY_EVENING)
    announce(arxiv, *ALL, feed=False)
    lost = arxiv.papers.pop("2507.07270")
    assert cli("run").code == 1
    set_now(THURSDAY_EVENING + timedelta(days=3))
    announce(arxiv, Told("2507.09999v1"), day=MONDAY)
    friday, monday = date(2025, 7, 11), date(2025, 7, 14)
    arxiv.catchup("cs.SD", friday, Reply(catchup(*ALL, day=friday, following=monday)))
    arxiv.papers |= {"2507.07270": lost, "2507.09999": Told("2507.09999v1")}
    said = cli("run")
    assert (said.code, said.err) == (0, "")
    assert sent(settings) == 36
    (kept,) = json.loads(cli("fetch", "--day", "2025-07-11", "--json").out)
    assert (kept["state"], kept["expected"]) == ("complete", 3)
    assert kept["source"].startswith("arXiv's page of that day, read on ")


@pytest.mark.usefixtures("readers")
def test_a_past_day_whose_page_fails_is_waited_for_and_heals(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, Told("2507.05000v1"), day="Thursday, 10 July 2025")
    set_now(THURSDAY_EVENING - timedelta(days=1))
    assert cli("run").code == 0
    monday_night = THURSDAY_EVENING + timedelta(days=3)
    set_now(monday_night)
    announce(arxiv, Told("2507.09999v1"), day=MONDAY)
    arxiv.papers["2507.09999"] = Told("2507.09999v1")
    friday, monday = date(2025, 7, 11), date(2025, 7, 14)
    arxiv.catchup("cs.SD", friday, Reply(b"too busy"))
    arxiv.oai(Reply(b"", 404))
    arxiv.api(Reply(answer(submitted("2025-07-10"))))
    said = cli("run", "--day", "2025-07-11")
    assert said.code == 1
    assert "cs.SD of 2025-07-11 could only be rebuilt (API, by date" in said.err
    assert "fails for now: this is no page of a past day" in said.err
    assert "from 14 Jul 20:00 EDT on the issue goes out so" in said.err
    set_now(monday_night + timedelta(hours=1))
    assert cli("run", "--day", "2025-07-11").code == 1  # counted from the first try
    arxiv.replies.pop("/api/query")
    arxiv.catchup("cs.SD", friday, Reply(catchup(*ALL, day=friday, following=monday)))
    assert "Fri 11 Jul 2025  1 new, 1 cross-list, 1 replacement" in cli("run").out
    assert sent(settings) == 36


@pytest.mark.usefixtures("readers")
def test_a_past_day_whose_page_fails_for_good_goes_out_rebuilt_when_patience_is_over(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, Told("2507.09999v1"), day=MONDAY)
    arxiv.oai(Reply(b"", 404))
    arxiv.api(Reply(answer(submitted("2025-07-10"))))
    arxiv.catchup("cs.SD", date(2025, 7, 11), Reply(b"too busy"))
    for hours, code in ((72, 1), (96, 0)):
        set_now(THURSDAY_EVENING + timedelta(hours=hours))
        said = cli("run", "--day", "2025-07-11")
        assert said.code == code
    assert "1 new, 0 cross-lists, replacements not known" in said.out
    assert sent(settings) == 12
    by_date = web_page(settings, "/audio/2025-07-11")
    assert "不完全一致。cs.SD 的更新情况未知。" in by_date
    wednesday, thursday = date(2025, 7, 9), date(2025, 7, 10)
    arxiv.api(Reply(answer(submitted("2025-07-09"))))
    arxiv.catchup("cs.SD", thursday, Reply(b"", 404))  # there is none: not waited for
    assert cli("run", "--day", "2025-07-10").code == 0
    arxiv.catchup("cs.SD", wednesday, Reply(b"", 404))
    arxiv.recent("cs.SD", Reply(recent({thursday: (Told("2507.09998v1"),), wednesday: (CROSS,)})))
    arxiv.api(Reply(answer(CROSS)))
    assert "replacements not known" in cli("run", "--day", "2025-07-09").out
    by_recent = web_page(settings, "/audio/2025-07-09")
    assert "可能有论文缺失。cs.SD 的更新情况未知。" in by_recent
    assert "按提交日期重建" not in by_recent


@pytest.mark.usefixtures("readers")
def test_a_page_that_counts_papers_and_lists_none_is_never_an_empty_day(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    arxiv.page("cs.SD", Reply(page().replace(b"Total of 0", b"Total of 50")))
    arxiv.feed("cs.SD", Reply(rss()))
    for days in (0, 2):  # also when patience is over
        set_now(THURSDAY_EVENING + timedelta(days=days))
        for command in ("run", "preview"):
            said = cli(command, "--day", "2025-07-11")
            assert said.code == 1
            assert "50 papers of cs.SD could not be retrieved" in said.err
            assert "nothing announced" not in said.out + said.err
    assert cli("fetch", "--day", "2025-07-11").code == 1
    assert sent(settings) == 0


@pytest.mark.usefixtures("readers", "set_now")
def test_a_past_day_from_saved_files_is_previewed_without_the_network(
    cli: Cli, arxiv: StandIn, tmp_path: Path
) -> None:
    day = date(2025, 7, 9)
    (tmp_path / "day.html").write_bytes(catchup(*ALL, day=day, following=date(2025, 7, 10)))
    (tmp_path / "api.xml").write_bytes(answer(NEW, CROSS))
    saved = ("--from-file", "day.html", "--from-file", "api.xml")
    assert "partial 2/3" in cli("fetch", "--day", str(day), *saved).out
    assert cli("preview", "--day", str(day), "--format", "text").code == 0
    assert not arxiv.asked


@pytest.mark.usefixtures("readers", "set_now")
def test_a_saved_page_of_today_that_counts_more_has_arxiv_asked_until_it_agrees(
    cli: Cli, settings: Settings, arxiv: StandIn
) -> None:
    announce(arxiv, *ALL)
    assert "complete 3/3" in cli("fetch").out
    counts_more = page(*ALL).replace(b"Total of 3", b"Total of 5")
    (settings.folder / "new.html").write_bytes(counts_more)
    given = cli("fetch", "--day", "2025-07-11", "--from-file", str(settings.folder / "new.html"))
    assert (given.code, "partial 3/5" in given.out) == (1, True)
    arxiv.page("cs.SD", Reply(counts_more))
    arxiv.asked.clear()
    waiting = cli("run")
    assert "/list/cs.SD/new" in [request.path for request in arxiv.asked]
    assert (waiting.code, sent(settings)) == (1, 0)
    assert "2 papers of cs.SD could not be retrieved" in waiting.err
    announce(arxiv, *ALL)
    assert cli("run").code == 0
    assert sent(settings) > 0


LISTS_NONE = re.sub(rb"<dl .*</dl>", b"", page(*ALL), flags=re.DOTALL)
LISTS_ONE = page(*ALL)[: page(*ALL).index(b"<h3>Cross")]
LISTS_TWO = page(*ALL)[: page(*ALL).index(b"<h3>Replacement")]
OTHER = Told("2507.00002v1", categories=("eess.SP",))


@pytest.mark.parametrize(
    ("kept", "given", "verdict", "told"),
    [
        (page(*ALL), LISTS_NONE, "complete 3/3", "given, api, 0 of 3 papers"),
        (page(*ALL), LISTS_TWO, "complete 3/3", "given, api, 2 of 3 papers"),
        (page(*ALL), rss(NEW), "complete 3/3", "given, api, 1 paper"),
        (page(*ALL), rss(*ALL), "complete 3/3", "given, api, 3 papers"),
        (page(*ALL), rss(), "complete 3/3", "given, api: empty, which nobody confirms"),
        (page(*ALL), page(NEW), "complete 3/3", "given, api, 1 of 1 paper"),
        (page(*ALL), page(OTHER, category="eess.SP"), "complete 3/3", ""),
        (page(*ALL), page(*ALL, day=MONDAY), "complete 3/3", ""),
        (page(NEW), page(*ALL), "complete 3/3", ""),
        (LISTS_TWO, LISTS_NONE, "partial 2/3", "given, api, 0 of 3 papers"),
        (LISTS_TWO, LISTS_ONE, "partial 2/3", "given, api, 1 of 3 papers"),
        (LISTS_ONE, LISTS_TWO, "partial 2/3", ""),
        (LISTS_ONE, rss(NEW, CROSS), "partial 2/3", ""),
        (LISTS_ONE, page(*ALL), "complete 3/3", ""),
        (rss(*ALL), rss(NEW), "unchecked 3", "given, api, 1 paper"),
        (rss(NEW), rss(*ALL), "unchecked 3", ""),
    ],
)
@pytest.mark.usefixtures("readers", "set_now")
def test_a_saved_file_that_says_less_than_is_known_leaves_that_as_it_is(
    cli: Cli, settings: Settings, kept: bytes, given: bytes, verdict: str, told: str
) -> None:
    for name, content in (("kept", kept), ("given", given), ("api", answer(*ALL, OTHER))):
        (settings.folder / name).write_bytes(content)
    first, then, api = (
        ("--from-file", str(settings.folder / name)) for name in ("kept", "given", "api")
    )
    day = ("--day", "2025-07-11")
    cli("fetch", *day, *first, *api)
    said = cli("fetch", *day, *then, *api)
    assert not said.out or f"  {verdict}" in said.out
    assert said.out.partition("  (kept; told just now: saved files: ")[2].rstrip(")\n") == told
    shown = cli("preview", *day, "--format", "text")
    found = int(verdict.removeprefix("unchecked")[-3:].partition("/")[0])
    assert [paper.id in shown.out for paper in ALL[:found]] == [True] * found


@pytest.mark.usefixtures("readers", "set_now")
def test_one_empty_page_from_a_file_makes_no_empty_day_and_its_preview_asks_nobody(
    cli: Cli, arxiv: StandIn, tmp_path: Path
) -> None:
    day = date(2025, 7, 9)
    (tmp_path / "day.html").write_bytes(catchup(day=day))
    said = cli("fetch", "--from-file", "day.html")
    assert said.code == 1
    assert "day.html: empty, which nobody confirms" in said.out
    shown = cli("preview")
    assert (shown.code, "day.html: empty, which nobody confirms" in shown.err) == (1, True)
    assert not arxiv.asked
    arxiv.page("cs.SD", Reply(page(AGAIN, day="Thursday, 10 July 2025")))
    arxiv.catchup("cs.SD", day, Reply(catchup(*ALL[:2], day=day, following=date(2025, 7, 10))))
    assert "complete 2/2" in cli("fetch", "--day", str(day)).out


@pytest.mark.usefixtures("readers", "set_now")
def test_after_files_that_were_refused_a_preview_asks_nobody_until_something_is_fetched(
    cli: Cli, arxiv: StandIn, tmp_path: Path
) -> None:
    announce(arxiv, *ALL)
    other = Told("2507.00009v1", categories=("cs.CL",))
    (tmp_path / "other.html").write_bytes(page(other, category="cs.CL"))
    (tmp_path / "no.html").write_bytes(b"too busy")
    for name in ("other.html", "no.html"):
        assert cli("fetch", "--from-file", name).code == 1
        shown = cli("preview")
        assert (shown.code, "nothing is kept of the saved files" in shown.err) == (1, True)
        shown = cli("preview", "--day", "2025-07-11")
        assert (shown.code, "`newsletter fetch --day 2025-07-11` asks" in shown.err) == (1, True)
    assert not arxiv.asked
    assert cli("fetch").code == 0
    assert cli("preview", "--format", "text").code == 0


@pytest.mark.usefixtures("readers", "set_now")
def test_without_a_day_the_one_from_saved_files_is_previewed_and_nothing_asked(
    cli: Cli, arxiv: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_NEWSLETTERS__0__CATEGORIES", "cs.SD,eess.AS")
    days = {date(2025, 7, 14): (AGAIN,), date(2025, 7, 11): (), date(2025, 7, 10): (NEW, CROSS)}
    (tmp_path / "recent.html").write_bytes(recent(days))
    (tmp_path / "api.xml").write_bytes(answer(NEW, CROSS))
    said = cli("fetch", "--from-file", "recent.html", "--from-file", "api.xml")
    assert "cs.SD        Thu 10 Jul 2025  1 new, 1 cross" in said.out
    shown = cli("preview", "--format", "text")
    assert (shown.code, NEW.id in shown.out) == (0, True)
    assert not arxiv.asked


@pytest.mark.usefixtures("readers", "set_now")
def test_one_unreachable_category_holds_the_issue_back(
    cli: Cli, settings: Settings, arxiv: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_NEWSLETTERS__0__CATEGORIES", "cs.SD,eess.AS")
    announce(arxiv, *ALL)
    said = cli("run")
    assert said.code == 1
    assert "eess.AS of 2025-07-11 cannot be read" in said.err
    lines = cli("fetch").out.splitlines()
    assert lines[0].endswith("complete 3/3")
    assert lines[1].startswith("eess.AS      Fri 11 Jul 2025  unreachable  (")
    assert sent(settings) == 0


@pytest.mark.usefixtures("settings", "set_now")
def test_saved_pages_and_answers_give_the_same_day_as_live(
    cli: Cli, arxiv: StandIn, tmp_path: Path
) -> None:
    announce(arxiv, *ALL)
    live = json.loads(cli("fetch", "--json").out)
    (tmp_path / "page.html").write_bytes(page(*ALL))
    (tmp_path / "api.xml").write_bytes(answer(*ALL))
    saved = ("--from-file", "page.html", "--from-file", "api.xml")
    (kept,) = json.loads(cli("fetch", "--day", "2025-07-11", *saved, "--json").out)
    assert {**live[0], "source": ""} == {**kept, "source": ""}


@pytest.mark.parametrize("on_holiday", [False, True], ids=["empty pages", "our table is wrong"])
@pytest.mark.usefixtures("readers")
@pytest.mark.slow
def test_a_day_that_was_told_as_empty_is_asked_for_again_once_the_next_is_out(
    cli: Cli,
    settings: Settings,
    arxiv: StandIn,
    set_now: SetNow,
    monkeypatch: pytest.MonkeyPatch,
    *,
    on_holiday: bool,
) -> None:
    announce(arxiv, *ALL)
    assert cli("run").code == 0
    if on_holiday:
        monkeypatch.setitem(calendar._HOLIDAYS, 2025, ("07-13",))
    else:
        announce(arxiv, day=MONDAY)
    set_now(THURSDAY_EVENING + timedelta(days=3))
    assert "nothing announced in cs.SD" in cli("run").out
    set_now(THURSDAY_EVENING + timedelta(days=4))
    late, next_one = Told("2507.08001v1"), Told("2507.09001v1")
    arxiv.papers |= {told.id[:-2]: told for told in (late, next_one)}
    monday, tuesday = date(2025, 7, 14), date(2025, 7, 15)
    announce(arxiv, next_one, day="Tuesday, 15 July 2025")
    arxiv.catchup("cs.SD", monday, Reply(b"too busy"))  # what is known stays
    assert cli("run").code == 0
    assert sent(settings) == 24
    arxiv.catchup("cs.SD", monday, Reply(catchup(late, day=monday, following=tuesday)))
    set_now(THURSDAY_EVENING + timedelta(days=5))
    announce(arxiv, AGAIN, day="Wednesday, 16 July 2025")
    said = cli("run")
    assert "Mon 14 Jul 2025  1 new, 0 cross-lists, 0 replacements" in said.out
    assert (said.code, sent(settings)) == (0, 48)


@pytest.mark.usefixtures("readers")
def test_an_empty_day_that_its_own_page_confirms_is_not_asked_for_again(
    cli: Cli, arxiv: StandIn, set_now: SetNow, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = lambda: machine_clock.utc_now().timestamp()  # noqa: E731 - pages are kept by it
    monkeypatch.setattr(arxiv_source, "PoliteAdapter", partial(PoliteAdapter, clock=clock))
    announce(arxiv, *ALL)
    cli("run")
    set_now(THURSDAY_EVENING + timedelta(days=3))
    announce(arxiv, day=MONDAY)
    cli("run")
    monday, tuesday = date(2025, 7, 14), date(2025, 7, 15)
    arxiv.catchup("cs.SD", monday, Reply(catchup(day=monday, following=tuesday)))
    set_now(THURSDAY_EVENING + timedelta(days=4))
    arxiv.papers["2507.09001"] = Told("2507.09001v1")
    announce(arxiv, Told("2507.09001v1"), day="Tuesday, 15 July 2025")
    arxiv.asked.clear()
    for _ in range(2):
        said = cli("run")
        assert (said.code, said.err) == (0, "")
    assert [each.path for each in arxiv.asked].count("/list/cs.SD/new") == 1
    assert [each.path for each in arxiv.asked].count(f"/catchup/cs.SD/{monday}") == 1


@pytest.mark.usefixtures("readers")
@pytest.mark.slow
def test_what_was_found_after_a_day_went_out_comes_once_with_the_next_issue(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, AGAIN)
    assert cli("run").code == 0
    monday, tuesday = date(2025, 7, 14), date(2025, 7, 15)
    old, found, changed = (Told(f"2507.0800{number}v1", title=f"No {number}") for number in "123")
    newest, last = Told("2507.09001v1"), Told("2507.09002v1")
    arxiv.papers |= {told.id[:-2]: told for told in (old, found, changed, newest, last)}
    set_now(THURSDAY_EVENING + timedelta(days=3))
    announce(arxiv, old, changed, day=MONDAY)
    arxiv.page("cs.SD", Reply(b"", 404))  # so that the feed alone speaks, and is short
    edited = cli("issues", "edit", "--day", str(monday), "audio", "--leave-out", "2507.08003")
    assert edited.code == 0
    assert (cli("run").code, sent(settings)) == (0, 24)
    set_now(THURSDAY_EVENING + timedelta(days=4))
    cli("subscribers", "add", "new@reader.example", "--consent", "by letter")
    announce(arxiv, newest, day="Tuesday, 15 July 2025")
    arxiv.catchup(
        "cs.SD", monday, Reply(catchup(old, found, changed, day=monday, following=tuesday))
    )
    said = cli("run")
    assert (said.code, sent(settings)) == (0, 37)
    (kept,) = json.loads(cli("fetch", "--day", str(monday), "--json").out)
    assert (kept["state"], kept["expected"]) == ("complete", 3)
    shown = cli("issues", "export", "--format", "text").out
    assert "\n补录 · 2025年7月14日 周一 · 最新发布\n" in shown
    assert [told.id in shown for told in (old, changed, found, newest)] == [False] * 2 + [True] * 2
    mails = {who: mail(settings, tuesday, who) for who in ("new", "reader01")}
    assert [found.id in mails[who] for who in mails] == [False, True]
    page_of_monday = web_page(settings, f"/audio/{monday}")
    assert "本日有 1 篇论文后来补录，载于 2025年7月15日" in page_of_monday
    assert "补录 · 2025年7月14日" in web_page(settings, f"/audio/{tuesday}")
    set_now(THURSDAY_EVENING + timedelta(days=5))
    announce(arxiv, last, day="Wednesday, 16 July 2025")
    assert cli("run").code == 0
    assert found.id not in cli("issues", "export", "--format", "text").out


@pytest.mark.usefixtures("readers")
@pytest.mark.slow
def test_a_day_of_a_month_ago_heals_on_request_and_the_next_issue_brings_what_it_lacked(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, AGAIN)
    assert cli("run").code == 0
    monday, then = date(2025, 7, 14), date(2025, 8, 13)
    old, found, newest = Told("2507.08001v1"), Told("2507.08002v1"), Told("2508.09001v1")
    arxiv.papers |= {told.id[:-2]: told for told in (old, found, newest)}
    set_now(THURSDAY_EVENING + timedelta(days=3))
    announce(arxiv, old, day=MONDAY)
    arxiv.page("cs.SD", Reply(b"", 404))  # so that the feed alone speaks, and is short
    assert cli("run").code == 0
    set_now(THURSDAY_EVENING + timedelta(days=33))
    announce(arxiv, newest, day="Wednesday, 13 August 2025")
    short = catchup(old, day=monday, following=date(2025, 7, 15), total=3)
    whole = catchup(old, found, day=monday, following=date(2025, 7, 15))
    arxiv.catchup("cs.SD", monday, *[Reply(short)] * 3, Reply(whole))
    asked = [cli("run", "--day", str(monday)) for _ in range(3)]
    assert "2 papers of cs.SD could not be retrieved (arXiv's page of that day was" in asked[0].err
    assert "1 paper of 2025-07-14 found since; the next issue brings it" in asked[1].err
    assert all("nothing to do" in said.out for said in asked)
    cli("run")  # which names the days between, that it does not make up for
    assert found.id in mail(settings, then, "reader01")
    assert "补录 · 2025年7月14日" in cli("issues", "export", "--format", "text").out
    set_now(THURSDAY_EVENING + timedelta(days=34))
    announce(arxiv, replace(newest, id="2508.09002v1"), day="Thursday, 14 August 2025")
    arxiv.papers["2508.09002"] = replace(newest, id="2508.09002v1")
    cli("run")
    assert found.id not in cli("issues", "export", "--format", "text").out


@pytest.mark.usefixtures("readers")
def test_a_late_paper_that_the_next_day_replaces_is_told_as_new_and_counts_for_its_own_day(
    cli: Cli, settings: Settings, arxiv: StandIn, set_now: SetNow
) -> None:
    announce(arxiv, AGAIN)
    assert cli("run").code == 0
    monday, tuesday = date(2025, 7, 14), date(2025, 7, 15)
    first, changed = Told("2507.08001v1"), Told("2507.08002v1", title="Late")
    set_now(THURSDAY_EVENING + timedelta(days=3))
    announce(arxiv, first, day=MONDAY)
    arxiv.page("cs.SD", Reply(b"", 404))  # so that the feed alone speaks, and is short
    arxiv.papers["2507.08001"] = first
    assert cli("run").code == 0
    set_now(THURSDAY_EVENING + timedelta(days=4))
    cli("subscribers", "add", "new@reader.example", "--consent", "by letter")
    second = replace(changed, id="2507.08002v2", kind="replace", updated="2025-07-14T08:00:00Z")
    arxiv.papers |= {"2507.08002": second, "2507.08002v1": changed}
    newest = Told("2507.09001v1", title="Newest")
    arxiv.papers["2507.09001"] = newest
    announce(arxiv, newest, second, day="Tuesday, 15 July 2025")
    arxiv.catchup("cs.SD", monday, Reply(catchup(first, changed, day=monday, following=tuesday)))
    said = cli("run")
    assert (said.code, said.err) == (0, "")
    assert "Tue 15 Jul 2025  1 new, 0 cross-lists, 0 replacements, 1 found later" in said.out
    shown = cli("issues", "export", "--format", "text").out
    assert "\n最新 1 篇 · 补录 1 篇\n" in shown
    assert "\n补录 · 2025年7月14日 周一 · 最新发布\n" in shown
    assert "2507.08002v2" in mail(settings, tuesday, "reader01")
    fresh = mail(settings, tuesday, "new")
    assert ("2507.08002v2" in fresh, "补录" in fresh) == (True, False)
    (done,) = json.loads(cli("run", "--json").out)[-1:]
    assert (done["papers"], done["found_later"]) == ({"new": 1, "cross": 0, "replace": 0}, 1)


@pytest.mark.slow
@pytest.mark.usefixtures("readers")
def test_a_machine_that_was_off_for_nine_days_makes_up_for_each_of_them_through_faults(
    cli: Cli,
    settings: Settings,
    arxiv: StandIn,
    set_now: SetNow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWSLETTER_SOURCE__MAX_AGE_DAYS", "12")
    announce(arxiv, *ALL)
    assert cli("run").code == 0
    missed = [date(2025, 7, day) for day in (14, 15, 16, 17, 18)]
    days = [*missed, date(2025, 7, 21)]
    papers = {day: Told(f"2507.{day.day}001v1", title=f"Of the {day.day}th") for day in days}
    late = Told("2507.14002v1", "cross", "Crossed late", categories=("cs.LG", "cs.SD"))
    listed = {day: [paper] for day, paper in papers.items()}
    listed[missed[2]].append(late)
    arxiv.papers |= {told.id[:-2]: told for some in listed.values() for told in some}
    pages = {
        day: Reply(catchup(*told, day=day, following=after))
        for (day, told), after in zip(listed.items(), days[1:], strict=False)
    }
    # arXiv shows a late cross-list on the paper's first day as well.
    both = catchup(*listed[missed[0]], late, day=missed[0], following=missed[1])
    pages[missed[0]] = Reply(both)
    faults = [Reply(b"", 503), Reply(b"", 406), Reply(fault="cut"), Reply(b"too busy")]
    for day, fault in zip(missed, faults, strict=False):
        arxiv.catchup("cs.SD", day, fault, pages[day])
    arxiv.catchup("cs.SD", missed[-1], pages[missed[-1]])
    arxiv.recent("cs.SD", Reply(b"", 503), Reply(recent(dict(reversed(listed.items())))))
    announce(arxiv, papers[days[-1]], day="Monday, 21 July 2025")
    set_now(THURSDAY_EVENING + timedelta(days=10))
    said = cli("run")
    assert said.code == 1
    assert "audio: 2025-07-16 waits: " in said.err
    assert sent(settings) == 3 * 12  # the 11th, 14th and 15th, 21st
    announce(arxiv, AGAIN, day="Tuesday, 22 July 2025")
    for hours in range(24, 28):
        set_now(THURSDAY_EVENING + timedelta(days=10, hours=hours))
        if cli("run").code == 0:
            break
    assert "nothing to do" in cli("run").out
    assert sent(settings) == 5 * 12
    away = "".join(cli("issues", "export", "--day", f"2025-07-{day}").out for day in (15, 18))
    assert [away.count(f"] {papers[day].title}\n") for day in missed] == [1] * 5
    assert away.count(f"] {late.title}\n") == 1
    for day in missed:
        (kept,) = json.loads(cli("fetch", "--day", str(day), "--json").out)
        assert kept["state"] == "complete", kept
