"""One newsletter of all cs categories, a day of 1,400 papers: requests, arXiv's pace, memory.

`PYTHONPATH=. python benchmarks/arxiv_day.py [--past]`: the newest day, or one that was missed, from
asking arXiv to mails in memory, with a stand-in on loopback and a clock that does not wait.
"""

import argparse
import os
import random
import resource
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

from newsletter import bootstrap, scaffold, taxonomy
from newsletter.config import SourceSettings
from newsletter.daily_run import daily
from newsletter.sources.arxiv_source import ArxivSource
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession
from newsletter.sources.past_days.dated_pages import DatedPages
from newsletter.transports.memory import Memory
from tests.sources.dated_samples import catchup, recent
from tests.sources.samples import Told, page
from tests.sources.standin import Clock, Reply, StandIn, listening

DAY, NEXT = date(2025, 7, 11), date(2025, 7, 14)
PAPERS = 1400
CATEGORIES = tuple(each for each in taxonomy.CATEGORIES if each.startswith("cs."))


def papers() -> list[Told]:
    chosen = random.Random(1)  # noqa: S311 - the same day every time
    return [
        Told(
            id=f"2507.{number:05}v1",
            abstract="A sentence of an abstract. " * 50,
            categories=tuple(chosen.sample(CATEGORIES, 2)),
            published="2025-07-10T12:00:00Z",
            updated="2025-07-10T12:00:00Z",
        )
        for number in range(1, PAPERS + 1)
    ]


def announce(stand_in: StandIn, day: list[Told], *, past: bool) -> None:
    for category in CATEGORIES:
        listed = [
            replace(each, kind="new" if each.categories[0] == category else "cross")
            for each in day
            if category in each.categories
        ]
        newest = page(*([] if past else listed), category=category)
        shown = newest.replace(b"Friday, 11", b"Monday, 14") if past else newest
        stand_in.page(category, Reply(shown))
        whole = catchup(*listed, day=DAY, category=category, following=NEXT)
        stand_in.catchup(category, DAY, Reply(whole))
        stand_in.recent(category, Reply(recent({NEXT: (), DAY: listed}, category=category)))
    stand_in.papers = {name: each for each in day for name in (each.id, each.id[:-2])}


def arxiv_source(stand_in: StandIn, clock: Clock, folder: Path) -> ArxivSource:
    pages = f"{stand_in.url}/list/{{category}}/new"
    settings = SourceSettings(listing_url=pages)
    session = PoliteSession(
        PoliteAdapter(settings, "https://benchmark.example", clock.sleep, clock, folder)
    )
    dated = DatedPages(session, settings.catchup_url, settings.recent_url)
    return ArxivSource(
        session,
        stand_in.url + "/rss/{categories}",
        f"{stand_in.url}/api/query",
        pages,
        f"{stand_in.url}/oai",
        dated,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--past", action="store_true")
    past = parser.parse_args().past
    clock = Clock()
    now = datetime(2025, 7, 14 if past else 11, 1, tzinfo=UTC)
    with listening(clock) as stand_in, tempfile.TemporaryDirectory() as folder:
        announce(stand_in, papers(), past=past)
        clock.now = now.timestamp()
        settings = scaffold.write_configuration(
            Path(folder) / "newsletter.toml", scaffold.DEMO, os.environ
        )
        newsletter = settings.newsletters[0].model_copy(update={"categories": CATEGORIES})
        asked_at, started = clock(), time.perf_counter()
        with bootstrap.open_services(
            settings,
            lambda: now,
            lambda _label, _total: nullcontext(lambda _done: None),
            lambda: False,
            arxiv_source(stand_in, clock, Path(folder)),
        ) as services:
            report = daily.run_day(replace(services, transport=Memory()), newsletter, DAY)
    content = report.content
    assert content is not None
    print(f"{len(content.entries)} papers, {Counter(note.state for note in content.listings)}")
    paths = Counter(each.path.rpartition("/")[2] for each in stand_in.asked)
    times = [each.at for each in stand_in.asked if each.path != "/api/query"]
    print(f"{len(stand_in.asked)} requests {dict(paths)}")
    print(f"twice the same page: {len(times) - len({each.path for each in stand_in.asked}) + 1}")
    print(f"{(clock() - asked_at) / 60:.1f} min at arXiv's pace, pages at least", end=" ")
    print(f"{min(later - earlier for earlier, later in pairwise(times)):.1f} s apart")
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.perf_counter() - started:.1f} s of our own, {memory_mb:.0f} MB in all")


if __name__ == "__main__":
    main()
