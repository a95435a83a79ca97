"""How good picks are, and what they cost: `python benchmarks/personal.py papers.jsonl.gz`.

A line of the papers is a JSON object with `day`, `id`, `title`, `abstract`, `authors` and `cats`,
in the order of days. The trial: an author's next paper is to be found among the newest 689, from
their earlier ones. Authors count who share a co-author with an earlier paper, so that namesakes
are few; words are counted in the earlier papers only.

What ours are compared with takes the same papers: twenty keywords, and a linear SVM a reader.
`--against` chooses among them, and can take in ours with profiles widened by related words. For
the SVM and for these, scikit-learn must be there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import resource
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import mean, median, stdev
from timeit import repeat
from typing import TYPE_CHECKING

from benchmarks.personal_rankings import (
    NEEDS_SKLEARN,
    NOT_RANKED,
    Keywords,
    Ours,
    Ranking,
    Related,
    Svm,
    has_sklearn,
    lexicon_of,
    likes,
)
from newsletter.interests import DayIndex, Profile, compile_profile, pick_papers
from newsletter.interests.lexicon import shipped
from newsletter.sources.base import Paper, PaperId

if TYPE_CHECKING:
    from collections.abc import Sequence

_CANDIDATES = 689
_EARLIER = range(2, 31)  # papers of an author whose next one is looked for
_DAY = 400  # papers of the day whose cost is measured
_PROFILES = 400  # different ones; more readers share them
_TOP = 10
_NEED_SKLEARN = {"svm", "related"}


@dataclass(frozen=True)
class Author:
    earlier: list[Paper]
    next_ids: set[str]


def read_papers(path: Path) -> list[Paper]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [
            Paper(
                PaperId(row["id"]),
                row["title"],
                row["abstract"],
                tuple(row["authors"]),
                tuple(row["cats"]),
            )
            for row in rows
        ]


def authors_of(candidates: list[Paper], earlier: list[Paper], most: int) -> list[Author]:
    by_name: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in earlier:
        for name in paper.authors:
            by_name[name].append(paper)
    ahead: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in candidates:
        for name in paper.authors:
            ahead[name].append(paper)
    known = [
        Author(by_name[name], {paper.id.arxiv_id for paper in papers})
        for name, papers in sorted(ahead.items())
        if len(by_name[name]) in _EARLIER and all(_known(paper, by_name[name]) for paper in papers)
    ]
    random.Random(16).shuffle(known)  # noqa: S311 - no secret
    return known[:most]


def _known(paper: Paper, earlier: list[Paper]) -> bool:
    return any(len(set(paper.authors) & set(other.authors)) > 1 for other in earlier)


def gains(candidates: Sequence[Paper], ranking: Ranking, author: Author) -> tuple[float, float]:
    """The nDCG and the recall of the first ten; ties stand in the order of the candidates."""
    scores = ranking.scores(author.earlier)
    ranked = [place for place, score in enumerate(scores) if score != NOT_RANKED]
    ranked.sort(key=scores.__getitem__, reverse=True)
    hits = [candidates[place].id.arxiv_id in author.next_ids for place in ranked[:_TOP]]
    best = sum(1 / math.log2(rank + 2) for rank in range(min(_TOP, len(author.next_ids))))
    gain = sum(hit / math.log2(rank + 2) for rank, hit in enumerate(hits))
    return gain / best, sum(hits) / len(author.next_ids)


def trial(papers: list[Paper], most: int, pools: int, against: Sequence[str]) -> None:
    everything: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for pool in range(pools):
        end = len(papers) - pool * _CANDIDATES
        candidates = papers[end - _CANDIDATES : end]
        new = {paper.id.arxiv_id for paper in candidates}
        known = {paper.id.arxiv_id: paper for paper in papers[: end - _CANDIDATES]}
        earlier = [paper for paper in known.values() if paper.id.arxiv_id not in new]
        authors = authors_of(candidates, earlier, most)
        number = median(len(author.earlier) for author in authors)
        print(
            f"pool {pool + 1}: {len(authors)} authors with {number:g} earlier papers (median)"
            f" among {_CANDIDATES}"
        )
        for ranking in _rankings(candidates, earlier, against):
            began = time.process_time()
            found = [gains(candidates, ranking, author) for author in authors]
            each_ms = 1000 * (time.process_time() - began) / len(authors)
            everything[ranking.name] += found
            print(f"  {ranking.name}: {_figures(found)}, {each_ms:.1f} ms CPU an author")
    _sum_up(everything)


def _rankings(
    candidates: Sequence[Paper], earlier: Sequence[Paper], against: Sequence[str]
) -> list[Ranking]:
    lexicon = lexicon_of(earlier)
    rankings: list[Ranking] = [Ours(candidates, lexicon, _TOP)]
    if "svm" in against:
        rankings.append(Svm(candidates, earlier))
    if "keywords" in against:
        rankings.append(Keywords(candidates, lexicon))
    if "related" in against:
        rankings.append(Related(candidates, earlier, lexicon, _TOP))
    return rankings


def _sum_up(everything: dict[str, list[tuple[float, float]]]) -> None:
    (ours, own), *others = everything.items()
    print(f"all pools, {ours}: {_figures(own)}")
    for name, found in others:
        more = [one[0] - other[0] for one, other in zip(own, found, strict=True)]
        print(f"all pools, {name}: {_figures(found)}; ours have {_mean(more)} more nDCG@10")


def _figures(found: list[tuple[float, float]]) -> str:
    return f"nDCG@10 {_mean([it[0] for it in found])}, recall@10 {mean(it[1] for it in found):.3f}"


def _mean(values: list[float]) -> str:
    return f"{mean(values):.3f} +- {stdev(values) / math.sqrt(len(values)):.3f}"


def cost(papers: list[Paper], readers: list[int]) -> None:
    loop_ms = 1000 * min(repeat("for n in numbers: n + 1", "numbers = range(100_000)", number=1))
    print(f"to compare machines: a loop of 100,000 additions takes {loop_ms:.1f} ms here")
    began = time.process_time()
    shipped()
    print(f"lexicon read in {time.process_time() - began:.2f} s CPU")
    began = time.process_time()
    day = DayIndex(papers[-_DAY:])
    print(f"a day of {_DAY} papers made ready in {time.process_time() - began:.2f} s CPU")
    chance = random.Random(16)  # noqa: S311 - no secret
    earlier = papers[:-_DAY]
    chosen = [chance.sample(earlier, chance.randint(5, 50)) for _ in range(_PROFILES)]
    began = time.process_time()
    profiles = [compile_profile(likes(some)) for some in chosen]
    each_ms = 1000 * (time.process_time() - began) / sum(map(len, chosen))
    print(f"a profile: {each_ms:.2f} ms CPU a liked paper, once until the interests change")
    for number in readers:
        before = _memory_mb()
        rounds = [_ranked_s(day, profiles, number) for _ in range(max(1, 5000 // number))]
        each_ms = 1000 * median(rounds) / number
        grown = _memory_mb() - before
        print(f"{number} readers: {each_ms:.3f} ms CPU a reader, reasons too; {grown:+.1f} MB")


def _ranked_s(day: DayIndex, profiles: list[Profile], readers: int) -> float:
    """CPU for so many readers, one behind the other."""
    began = time.process_time()
    for profile in islice(cycle(profiles), readers):
        pick_papers(day, profile)
    return time.process_time() - began


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=Path)
    parser.add_argument("--authors", type=int, default=400, help="of a pool, at most")
    parser.add_argument("--pools", type=int, default=1, help="of 689 papers, the newest first")
    parser.add_argument(
        "--against", nargs="*", choices=["svm", "keywords", "related"], help="beside ours"
    )
    parser.add_argument("--readers", type=int, nargs="*", default=[1000, 10_000])
    chosen = parser.parse_args()
    papers = read_papers(chosen.papers)
    against = chosen.against if chosen.against is not None else ["svm", "keywords"]
    if chosen.pools and not _NEED_SKLEARN.isdisjoint(against) and not has_sklearn():
        print(NEEDS_SKLEARN)
        against = [name for name in against if name not in _NEED_SKLEARN]
    if chosen.pools:
        trial(papers, chosen.authors, chosen.pools, against)
    if chosen.readers:
        cost(papers, chosen.readers)


if __name__ == "__main__":
    main()
