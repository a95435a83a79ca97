"""Days of any size and kind, made from the bundled one or from nothing."""

from dataclasses import replace
from datetime import date
from functools import cache
from itertools import cycle, islice

from newsletter import config
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import SECTION_OF, IssueEntry, IssueSection
from newsletter.sources import bundled
from newsletter.sources.base import Paper, PaperId
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.summaries import extractive_summarizer
from newsletter.summaries.base import Sentence
from tests.conftest import NOW

SITE = config.SiteSettings(
    name="Audio & Signals",
    url="https://papers.example.org",
    sender="Audio & Signals <daily@papers.example.org>",
    postal_address="1 Example Street, Exampletown",
    secret_keys=("a key of enough characters",),
)
LINKS = SignedLinks(SITE.url, ["a key of enough characters"])


def paper(**changed: object) -> Paper:
    plain = Paper(
        id=PaperId("2507.00001", 1),
        title="A plain title",
        abstract="We do a thing. It works.",
        authors=("Ada Lovelace", "Alan Turing"),
        categories=("cs.SD", "eess.AS"),
        comment="Accepted",
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def entry(
    shown: Paper, section: IssueSection = IssueSection.NEW, sentence: str = "It works."
) -> IssueEntry:
    return IssueEntry(section, shown, Sentence(sentence, "en", "extractive"))


def digest_of(*entries: IssueEntry, language: str = "en") -> IssueContent:
    return IssueContent(
        slug="audio",
        title="Audio",
        day=date(2025, 7, 11),
        language=language,
        categories=("cs.SD",),
        entries=entries,
        listings=(),
        frozen_at=NOW,
    )


def digest(
    *papers: Paper, section: IssueSection = IssueSection.NEW, language: str = "en"
) -> IssueContent:
    return digest_of(*(entry(each, section) for each in papers), language=language)


@cache
def busy_day(papers: int, language: str = "en") -> IssueContent:
    """A day of so many papers, told from the 26 of the bundled one: half of them new."""
    fetched = bundled.BundledDay().fetch(bundled.CATEGORIES, bundled.DAY)
    kinds = {
        each.paper: each.kind for listing in fetched.listings for each in listing.announcements
    }
    entries = [
        IssueEntry(SECTION_OF[kinds[found.id]], again, extractive_summarizer.sentence(again))
        for number, found in enumerate(islice(cycle(fetched.papers.values()), papers))
        for again in [replace(found, id=PaperId(f"2507.{number:05}", found.id.version))]
    ]
    order = list(IssueSection)
    entries.sort(key=lambda each: order.index(each.section))
    return digest_of(*entries, language=language)
