"""A source hands this over: a day's listings, the papers in them, sentences made elsewhere."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from newsletter.errors import NewsletterError
from newsletter.finding import Finding, Severity
from newsletter.sources.paper_id import is_possible, read_identifier, sole_name
from newsletter.sources.withdrawals.withdrawal import abstract_withdraws, comment_withdraws
from newsletter.text import one_line

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.database.db import Database


class SourceError(NewsletterError):
    """A source could not be reached, or its answer is not what it should be."""

    @property
    def brief(self) -> str:
        """Without the advice, which the verdict's reader gets once."""
        return re.sub(r"; run it again (?:later|then)\Z", "", str(self))


class NoNetworkError(NewsletterError):
    """This machine reaches nothing: whoever else could be asked need not be."""


class AnnouncementType(StrEnum):
    """arXiv's announce types, strongest first."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def rank(self) -> int:
        """The lower, the stronger."""
        return list(AnnouncementType).index(self)

    @property
    def is_replacement(self) -> bool:
        """Whether it announces a later version of a known paper."""
        return self in {AnnouncementType.REPLACE, AnnouncementType.REPLACE_CROSS}


class ListingState(StrEnum):
    """The state of a category's listing of a day."""

    COMPLETE = "complete"  # as many as arXiv says there are
    UNCHECKED = "unchecked"  # the source states no count to check against
    SAMPLE = "sample"  # known to be only some of them: the bundled day
    PARTIAL = "partial"  # some were announced and could not be had
    NONE = "none"  # arXiv announced nothing
    STALE = "stale"  # the source still shows another day
    RECONSTRUCTED = "reconstructed"  # rebuilt afterwards from dates; nearly what was announced
    UNREACHABLE = "unreachable"  # the source gave no answer that could be read


@dataclass(frozen=True, order=True)
class PaperId:
    """An arXiv identifier and its version (https://info.arxiv.org/help/arxiv_identifier.html)."""

    arxiv_id: str
    version: int = 1

    def __str__(self) -> str:
        return f"{self.arxiv_id}v{self.version}"

    @classmethod
    def parse(cls, text: str, default_version: int | None = None) -> "PaperId":
        """Find the identifier in an address of its abstract, PDF or HTML page, a DOI or a name.

        `https://arxiv.org/pdf/2507.07270v1.pdf`, `.../abs/2507.07270?context=cs`,
        `https://doi.org/10.48550/arXiv.2507.07270`, `oai:arXiv.org:2507.07270v1`,
        `arXiv:2507.07270v1 [cs.SD] 9 Jul 2025` (the stamp in a PDF's margin) and `2507.07270` are
        alike, and so is what a browser calls a page, `[2507.07270] Its title`, or a reference with
        one identifier. Until 2007 the subject class was optional: `math.GT/0309136` is
        `math/0309136`.

        Raises:
            SourceError: there is none, or none that arXiv can ever have given, or no version and no
                default for it.
        """
        found = cls.read(sole_name(unquote(text)) or text, default_version)
        if not is_possible(found.arxiv_id):
            raise SourceError(
                f"arXiv has no paper {found.arxiv_id}: its identifiers begin with year and month,"
                " as in 2507.07270"
            )
        return found

    @classmethod
    def read(cls, text: str, default_version: int | None = None) -> "PaperId":
        """The same of what arXiv itself says, which knows its identifiers.

        Raises:
            SourceError: there is none, or no version and no default for it.
        """
        name, named_version = read_identifier(text)
        if name is None:
            raise SourceError(f"{text[:80]!r} holds no arXiv identifier")
        version = named_version or default_version
        if version is None:
            raise SourceError(f"{text[:80]!r} does not say which version it is")
        return cls(name, int(version))


@dataclass(frozen=True)
class Paper:
    """A version of a paper; texts are arXiv's own, TeX and all, with single spaces."""

    id: PaperId
    title: str
    abstract: str  # a line break starts a paragraph
    authors: tuple[str, ...]
    categories: tuple[str, ...]  # primary first
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    has_html: bool = False  # a listing named a version of it as a web page

    @property
    def html_url(self) -> str | None:
        """Where this version can be read as a web page; nowhere once it is withdrawn."""
        readable = self.has_html and not self.withdrawn
        return f"https://arxiv.org/html/{self.id}" if readable else None

    @cached_property  # asked for at each place of each mail
    def withdrawn(self) -> bool:
        """Whether its authors took it back: an ordinary replacement with the reason as comment."""
        return comment_withdraws(self.comment or "") or abstract_withdraws(self.abstract[:300])


@dataclass(frozen=True)
class Announcement:
    paper: PaperId
    kind: AnnouncementType


@dataclass(frozen=True)
class Listing:
    """A category's announcements of a day."""

    day: date
    category: str
    state: ListingState
    announcements: tuple[Announcement, ...]
    source: str
    expected: int | None = None  # arXiv's own count, where it states one
    missing: tuple[str, ...] = ()  # announced, but not to be had
    doubtful: tuple[str, ...] = ()  # there, but perhaps announced in this category on another day
    may_be_corrected: bool = False  # on a later day arXiv's page of that day may say better


SAVED_FILES = "saved files: "  # how the source of a listing begins that nobody was asked for
DATED_PAGE = "arXiv's page of that day"  # the same of one whose date is beyond doubt
RECENT_PAPERS = "arXiv's recent papers"  # the same of one by `/recent`
NO_REPLACEMENTS = "without replacements"  # what the source of a listing says that names none
UNNAMED_MODEL = "language model"  # who wrote a sentence, where nobody said which model


@dataclass(frozen=True)
class ShippedSummary:
    """A sentence that came with the papers; `made_by` says who wrote it."""

    paper: PaperId
    language: str
    text: str
    made_by: str


@dataclass(frozen=True)
class FetchResult:
    listings: tuple[Listing, ...]
    papers: dict[PaperId, Paper] = field(default_factory=dict)
    summaries: tuple[ShippedSummary, ...] = ()


class Source:
    """Where announcements and papers come from; a `newsletter.sources` entry point.

    It must have the first two; what it lacks of the others is as here.
    """

    def current_day(self, now: datetime) -> date:
        """The newest day that can have been announced at `now` (aware)."""
        raise NotImplementedError

    def fetch(
        self, categories: Sequence[str], day: date, known: Mapping[str, Paper] | None = None
    ) -> FetchResult:
        """One listing a category for that day, and the papers in them.

        `known` are papers of that day by identifier, which need not be asked for again.

        Raises:
            SourceError: nothing could be learned; the line says why and what to do.
        """
        raise NotImplementedError

    page_interval_s: float = 0.0
    """How far apart it asks for a category and the next one."""

    def passes_over(self, day: date) -> bool:
        """Whether what was read already shows that there was no announcement that day."""
        del day
        return False

    def forget_pages(self, categories: Iterable[str]) -> None:
        """Ask for those categories anew: arXiv is known to count more than was kept."""

    def pages_of(self, categories: Sequence[str], day: date) -> int:
        """How many pages it will ask for, if nothing goes wrong."""
        del day
        return len(categories)

    def tell_progress(self, progress: Callable[[], None]) -> None:
        """Call that whenever a category is done and another one follows."""

    def stop_when(self, stopping: Callable[[], bool]) -> None:
        """Let no wait between requests go on where that says so."""

    def share_interval_in(self, database: "Database") -> None:
        """Take turns with all machines that share this PostgreSQL."""

    def describe(self, names: Sequence[str]) -> dict[str, Paper] | None:
        """Its papers by those names, the newest versions where none is named.

        None where it does not describe papers by name: then arXiv's API does.
        """
        del names
        return None

    def check_health(self, settings: "Settings", now: datetime) -> Iterable[Finding]:
        """Tell `newsletter check` of its state; asks at most once."""
        del now
        text = f"{settings.source.use!r} is an installed part"
        yield Finding("source", Severity.OK, text)


def paragraphs(text: str | None) -> str:
    """An abstract as arXiv keeps it: a line that starts with a space opens a paragraph."""
    blocks = re.split(r"\n\s*\n|\n(?=[ \t])", (text or "").strip())
    return "\n".join(filter(None, map(one_line, blocks)))
