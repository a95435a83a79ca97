"""Times composing an issue and assembling readers' mails, and the memory that it takes.

    python benchmarks/mail.py [--papers 150] [--readers 20000] [--shared ../shared]

The day is made from `abstracts.jsonl` of the shared folder where that is there, else by telling
the bundled day again and again.
"""

import argparse
import gc
import json
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path

from newsletter import config
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.issue_entry import IssueEntry, IssueSection
from newsletter.rendering.markup import paper_text
from newsletter.rendering.recipient import Recipient
from newsletter.rendering.wording import comments
from newsletter.sources import bundled
from newsletter.sources.base import Paper, PaperId
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.summaries import extractive_summarizer

SITE = config.SiteSettings(
    name="Papers",
    url="https://papers.example.org",
    sender="Papers <daily@papers.example.org>",
    postal_address="1 Example Street, Exampletown",
    secret_keys=("a key of enough characters",),
)
LINKS = SignedLinks(SITE.url, ["a key of enough characters"])


def papers(shared: Path) -> list[Paper]:
    file = shared / "arxiv" / "abstracts.jsonl"
    if not file.is_file():
        fetched = bundled.BundledDay().fetch(bundled.CATEGORIES, bundled.DAY)
        return list(fetched.papers.values())
    template = Paper(PaperId("2507.00001"), "", "", ("Ada Lovelace", "Alan Turing"), ("cs.SD",))
    with file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 2000)]
    return [
        replace(
            template,
            title=row["title"],
            abstract=row["abstract"],
            comment=row.get("comments") or row.get("comment"),
        )
        for row in rows
    ]


def day(size: int, shared: Path) -> IssueContent:
    entries = []
    for number, paper in enumerate(islice(cycle(papers(shared)), size)):
        section = list(IssueSection)[3 * number // size]
        own = replace(paper, id=PaperId(f"2507.{number:05}", 1))
        entries.append(IssueEntry(section, own, extractive_summarizer.sentence(own)))
    when = datetime(2025, 7, 11, 6, 30, tzinfo=UTC)
    return IssueContent("papers", "Papers", when.date(), "en", ("cs.SD",), tuple(entries), (), when)


def reader(number: int) -> Recipient:
    return Recipient(
        subscriber_id=number,
        email=f"reader{number}@reader.example",
        detail=config.DETAILS[number % 3],
        language=config.LANGUAGES[number % 2],
        since=date(2025, 1 + number % 6, 1 + number % 28),
        reference=f"{number:024x}",
    )


def seconds(call: Callable[[], object]) -> float:
    """Of this process's CPU: one thread, no waiting, so the same as the clock's on an idle core."""
    began = time.process_time()
    call()
    return time.process_time() - began


def composing(digest: IssueContent, detail: str) -> float:
    """A fresh process's first issue, but for the libraries' own first time."""
    for kept in (paper_text.plain, paper_text.markup, comments.comment):
        kept.cache_clear()
    return seconds(lambda: IssueEmails(digest, SITE, LINKS).content(detail, "en").body({}))


def assembling(mails: IssueEmails, readers: int) -> float:
    """Milliseconds a reader, from their row to the bytes on the wire."""

    def assemble() -> None:
        for number in range(readers):
            mails.mail(reader(number)).as_bytes()

    return seconds(assemble) / readers * 1000


def peak(mails: IssueEmails, readers: int) -> int:
    """The most memory that assembling held beyond what was there, in bytes."""
    gc.collect()
    tracemalloc.start()
    for number in range(readers):
        mails.mail(reader(number)).as_bytes()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--papers", type=int, default=150)
    options.add_argument("--readers", type=int, default=20_000)
    options.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    chosen = options.parse_args()
    digest = day(chosen.papers, chosen.shared)
    IssueEmails(day(1, chosen.shared), SITE, LINKS).content("full", "en")  # imports, templates
    print(f"{chosen.papers} papers")
    for detail in config.DETAILS:
        print(f"  composing, {detail:<7} {composing(digest, detail):6.2f} s")
    mails = IssueEmails(digest, SITE, LINKS)
    for number in range(6):
        size = len(mails.mail(reader(number)).as_bytes())
        print(f"  a mail, {reader(number).detail:<7} {reader(number).language}  {size:9,} bytes")
    print(f"  assembling      {assembling(mails, chosen.readers):9.4f} ms a reader")
    for readers in (chosen.readers // 100, chosen.readers // 10):
        print(f"  memory for {readers:7,} readers {peak(mails, readers) / 1e6:6.2f} MB at most")


if __name__ == "__main__":
    main()
