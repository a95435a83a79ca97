"""An issue's content: HTML, text and Markdown are made of this one thing."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter

from newsletter.interests.day_topics import SMALL_DAY, Topic, find_topics
from newsletter.interests.issue_picks import IssuePicks
from newsletter.rendering.issue_entry import (
    Block,
    EditorNote,
    IssueEntry,
    IssueSection,
    ListingNote,
    Omission,
)
from newsletter.sources.base import ListingState, Paper, PaperId
from newsletter.summaries.base import Sentence

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class IssueContent:
    """A newsletter's day, composed."""

    slug: str
    title: str
    day: date
    language: str
    categories: tuple[str, ...]
    entries: tuple[IssueEntry, ...]
    listings: tuple[ListingNote, ...]
    frozen_at: datetime
    first_day: date | None = None  # of several missed days in one issue; `day` is the last
    by_category: bool = False
    picks: IssuePicks | None = None  # what comes first for everybody, where its group named that
    by_day: bool = False  # a week's mail: titles under the days that announced them
    topics: tuple[Topic, ...] = ()  # what several papers of its leading section are on
    editor_notes: tuple[EditorNote, ...] = ()
    omissions: tuple[Omission, ...] = ()
    hidden: tuple[IssueSection, ...] = ()  # sections that its reader left out
    # Of several days, and beside papers that were found later: where each day announced which
    # paper, by its identifier.
    sections_by_day: Mapping[date, Mapping[str, IssueSection]] = field(
        default_factory=dict, hash=False
    )

    @cached_property
    def reaches_back_to(self) -> date:
        """The earliest day that any of its papers was announced on."""
        late = (entry.announced_on for entry in self.entries if entry.announced_on)
        return min([self.first_day or self.day, *late])

    @property
    def sections(self) -> dict[str, IssueSection]:
        """Where each paper stands, by its identifier."""
        return {entry.paper.id.arxiv_id: entry.section for entry in self.entries}

    def since(self, day: date) -> "IssueContent":
        """Of several days those from `day` on, for whoever was no reader before."""
        if any(entry.announced_on and entry.announced_on < day for entry in self.entries):
            kept = filter(None, (self._since_then(entry, day) for entry in self.entries))
            return replace(self, entries=tuple(sorted(kept, key=attrgetter("order")))).since(day)
        days = [known for known in sorted(self.sections_by_day) if known >= day]
        if not days or self.first_day is None:
            return self
        order = list(IssueSection)
        strongest: dict[str, IssueSection] = {}
        for known in days:
            for arxiv_id, section in self.sections_by_day[known].items():
                earlier = strongest.get(arxiv_id, section)
                strongest[arxiv_id] = min(earlier, section, key=order.index)
        entries = [
            replace(entry, section=strongest.get(entry.paper.id.arxiv_id, entry.section))
            for entry in self.entries
            if entry.paper.id.arxiv_id in strongest or entry.announced_on
        ]
        return replace(
            self,
            first_day=days[0] if days[0] < self.day else None,
            entries=tuple(sorted(entries, key=attrgetter("order"))),
            editor_notes=tuple(note for note in self.editor_notes if note.day >= days[0]),
            omissions=tuple(left for left in self.omissions if left.day >= days[0]),
        ).with_topics()

    def with_topics(self) -> "IssueContent":
        """And what several papers of its leading section are on; milliseconds a hundred papers.

        Without any, and with a line in the log, where they cannot be found.
        """
        try:
            return replace(self, topics=find_topics([entry.paper for entry in self.leading]))
        except Exception:  # noqa: BLE001 - a line about the day is worth no issue
            _log.exception("no topics of an issue", extra={"newsletter": self.slug})
            return replace(self, topics=())

    def topic_anchor(self, topic: Topic) -> str:
        """Where the issue's page lists the papers on it, if it has more than one looks through.

        Mails of several days have topics of their own.
        """
        is_listed = topic.on and self.first_day is None and len(self.leading) > SMALL_DAY
        return f"topic-{self.topics.index(topic) + 1}" if is_listed else ""

    @cached_property
    def leading(self) -> list[IssueEntry]:
        """The day's own papers in the first section that has any: the day is about them."""
        own = [entry for entry in self.entries if not entry.announced_on]
        sections = (
            [entry for entry in own if entry.section is section] for section in IssueSection
        )
        return next(filter(None, sections), [])

    def _since_then(self, entry: IssueEntry, day: date) -> IssueEntry | None:
        """A paper found later as its own day announced it, for whoever was no reader before."""
        if (entry.announced_on or day) >= day:
            return entry
        section = self.sections_by_day.get(self.day, {}).get(entry.paper.id.arxiv_id)
        return replace(entry, section=section, announced_on=None) if section else None

    @property
    def counts(self) -> dict[IssueSection, int]:
        """How many papers of its own days stand in each section."""
        counted = Counter(entry.section for entry in self.entries if not entry.announced_on)
        return {section: counted[section] for section in IssueSection}

    @property
    def found_later(self) -> int:
        """How many papers are of earlier days, whose own issues lacked them."""
        return sum(entry.announced_on is not None for entry in self.entries)

    def block(self, entry: IssueEntry) -> Block:
        """Under which label a paper stands: of its categories the first that is followed."""
        category = self._category(entry) if self.by_category else ""
        day = self._days[entry.paper.id] if self.by_day else None
        late = entry.announced_on
        return Block(category, entry.section, late or day, bool(entry.put_first), late is not None)

    @cached_property
    def _days(self) -> dict[PaperId, date]:
        """The first day that announced each paper where it stands."""
        return {
            entry.paper.id: next(
                (
                    day
                    for day in sorted(self.sections_by_day)
                    if self.sections_by_day[day].get(entry.paper.id.arxiv_id) is entry.section
                ),
                self.day,
            )
            for entry in self.entries
        }

    def _category(self, entry: IssueEntry) -> str:
        followed = (own for own in entry.paper.categories if own in self.categories)
        return next(followed, self.categories[0])

    @cached_property
    def blocks(self) -> dict[Block, int]:
        """How many papers stand under each label, in the order of the labels."""
        order = {category: place for place, category in enumerate(self.categories)}
        counted = Counter(map(self.block, self.entries))
        sections = list(IssueSection)
        ordered = sorted(
            counted,
            key=lambda block: (
                not block.is_first,
                block.is_late,
                order.get(block.category, 0),
                block.day or self.day,
                sections.index(block.section),
            ),
        )
        return {block: counted[block] for block in ordered}

    def beyond(self, shown: Iterable[int]) -> Counter[Block]:
        """How many papers of each block stand at none of these places."""
        beyond = Counter(self.blocks)
        beyond.subtract(self.block(self.entries[place]) for place in shown)
        return beyond

    def without(self, left_out: str) -> "IssueContent":
        """The other sections than these, which are named as in a reader's preferences."""
        hidden = left_out.split()
        if not hidden:
            return self
        return replace(
            self,
            entries=tuple(entry for entry in self.entries if entry.section not in hidden),
            topics=() if self.leading and self.leading[0].section in hidden else self.topics,
            omissions=tuple(left for left in self.omissions if left.section not in hidden),
            hidden=tuple(section for section in IssueSection if section in hidden),
        )

    @property
    def papers(self) -> list[Paper]:
        return [entry.paper for entry in self.entries]

    def section(self, section: IssueSection) -> list[IssueEntry]:
        return [entry for entry in self.entries if entry.section is section]

    @cached_property
    def usual_sentence(self) -> Sentence | None:
        """One by whoever wrote most of them; where that is open, one of the authors' own."""
        told = [entry.summary for entry in self.entries if entry.summary.text]
        counts = Counter(sentence.origin for sentence in told)
        return max(
            told,
            key=lambda sentence: (counts[sentence.origin], sentence.is_quotation),
            default=None,
        )

    def is_usual(self, sentence: Sentence) -> bool:
        """Whether who wrote a sentence is said once for the whole issue."""
        return self.usual_sentence is not None and sentence.origin == self.usual_sentence.origin

    @property
    def is_sample(self) -> bool:
        return any(listing.state is ListingState.SAMPLE for listing in self.listings)

    @property
    def is_complete(self) -> bool:
        states = {listing.state for listing in self.listings} - {ListingState.NONE}
        return states == {ListingState.COMPLETE}

    @property
    def is_rebuilt(self) -> bool:
        return any(listing.state is ListingState.RECONSTRUCTED for listing in self.listings)

    @property
    def without_replacements(self) -> list[str]:
        """The categories whose replacements are not known."""
        return [listing.category for listing in self.listings if listing.lacks_replacements]

    @property
    def unread(self) -> list[str]:
        """The categories of which nothing could be learned."""
        nothing = (ListingState.STALE, ListingState.UNREACHABLE)
        return [listing.category for listing in self.listings if listing.state in nothing]

    @cached_property
    def missing_papers(self) -> dict[str, list[str]]:
        """Announced papers that stand nowhere in it, with the categories that name them."""
        named: dict[str, list[str]] = {}
        for listing in self.listings:
            for name in listing.missing:
                named.setdefault(PaperId.read(name, 1).arxiv_id, []).append(listing.category)
        return {name: categories for name, categories in named.items() if name not in self.sections}

    @property
    def lacking(self) -> int:
        """How many papers were announced and are not there; one of two categories is one."""
        return len(self.missing_papers) + sum(listing.unnamed for listing in self.listings)

    @property
    def may_lack_new(self) -> bool:
        """Whether papers may have been new that are not here, so that nobody says there was none.

        Missing, left out by the reader or by the editor, or never found by dates.
        """
        left_out = any(left.section in {IssueSection.NEW, None} for left in self.omissions)
        is_short = self.lacking or self.unread or self.is_rebuilt or self.is_sample
        return bool(is_short or left_out or IssueSection.NEW in self.hidden)
