"""A day of 1,400 papers over all cs categories: requests, seconds at arXiv's pace, memory.

`PYTHONPATH=. python benchmarks/arxiv_day.py`: a stand-in on loopback, a clock that does not wait.
"""

import random
import resource
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from newsletter import taxonomy
from newsletter.config import SourceSettings
from newsletter.sources.arxiv import ArxivSource
from newsletter.sources.http.session import polite_session
from tests.sources.samples import Told, page
from tests.sources.standin import Clock, Reply, StandIn, listening

DAY = date(2025, 7, 11)
PAPERS = 1400
CATEGORIES = [each for each in taxonomy.CATEGORIES if each.startswith("cs.")]


def papers() -> list[Told]:
    chosen = random.Random(1)  # noqa: S311 - the same day every time
    return [
        Told(
            id=f"2507.{number:05}v1",
            abstract="A sentence of an abstract. " * 50,
            categories=tuple(chosen.sample(CATEGORIES, 2)),
        )
        for number in range(1, PAPERS + 1)
    ]


def announce(stand_in: StandIn, day: list[Told]) -> None:
    for category in CATEGORIES:
        listed = [
            replace(each, kind="new" if each.categories[0] == category else "cross")
            for each in day
            if category in each.categories
        ]
        stand_in.page(category, Reply(page(*listed, category=category)))
    stand_in.papers = {name: each for each in day for name in (each.id, each.id[:-2])}


def main() -> None:
    clock = Clock()
    with listening(clock) as stand_in, tempfile.TemporaryDirectory() as folder:
        announce(stand_in, papers())
        settings = SourceSettings()
        session = polite_session(
            settings, "https://benchmark.example", clock.sleep, clock, folder=Path(folder)
        )
        source = ArxivSource(
            session,
            stand_in.url + "/rss/{categories}",
            f"{stand_in.url}/api/query",
            stand_in.url + "/list/{category}/new",
        )
        asked_at, started = clock(), time.perf_counter()
        fetched = source.fetch(CATEGORIES, DAY)
        session.close()
    states = {listing.state.value for listing in fetched.listings}
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(fetched.papers)} papers, {', '.join(states)}")
    print(f"{len(stand_in.asked)} requests, {clock() - asked_at:.0f} s at arXiv's pace")
    print(f"{time.perf_counter() - started:.1f} s of our own, {memory_mb:.0f} MB in all")


if __name__ == "__main__":
    main()
