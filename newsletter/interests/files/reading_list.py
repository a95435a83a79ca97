"""The papers read from a file, and the refused entries with their reasons."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from newsletter.errors import NewsletterError
from newsletter.interests.files.arxiv_ids import (
    claimed_identifier,
    identifier_in,
    sole_identifier,
)
from newsletter.sources.base import PaperId, SourceError
from newsletter.text import brief, one_line, visible

LONGEST_TITLE = 500  # characters
LONGEST_ABSTRACT = 10_000
MOST_ENTRIES = 100_000  # so that memory has an end
MOST_BROKEN = 1000  # of these, each of which may be looked at to the end of the file
# Fields that hold an identifier and nothing else, and those that may name one, best first.
_ARXIV_FIELDS = (
    *("eprint", "arxivid", "arxiv_id", "archiveid", "archive_location", "archivelocation", "arxiv"),
    "entry_id",  # as the package `arxiv` has it
)
_IDENTIFIER_FIELDS = {*_ARXIV_FIELDS, "id"}
_FIELDS = (
    *_ARXIV_FIELDS,
    *("extra", "note", "journal", "journaltitle", "volume", "number", "howpublished"),
    *("url", "url_abs", "pdf_url", "url_pdf", "doi", "identifier", "publicationtitle", "annote"),
    "id",
)
# That are about other papers, people or topics.
_OF_OTHERS = re.compile(
    r"title|abstract|author|editor|keyword|refer|cited|citing|citations|related|relation\.(?!has-preprint)"
)
_AT_ARXIV = re.compile(r"(?i:arxiv)|\bCoRR\b")
_LONGEST_FIELD = 10_000  # characters, of fields that have no name here
# Of a paper from before 2007, whose archive stands in another field.
_OLD_NUMBER = re.compile(r"\s*([0-9]{7})(?:v[0-9]{1,3})?\s*")


class Refusal(StrEnum):
    """Why an entry or a file is refused; `%(about)s` stands for what it is about.

    Pages translate these words.
    """

    TWICE = "stands there twice"
    NO_NAME = "has neither an arXiv identifier nor a title"
    NO_IDENTIFIER = "has no arXiv identifier"
    NO_TITLES = "has no arXiv identifier, and no column of the table is called title"
    OTHER_ADDRESS = "is no address of a paper at arXiv"
    IMPOSSIBLE = "is no identifier that arXiv can have given"
    ATTACHED = "is part of a longer word or number, so it is not taken for an identifier"
    NO_PAPER = "is neither text nor a paper"
    NO_JSON = "is no JSON"
    NO_MORE_JSON = "and what follows is no JSON"
    OPEN_QUOTE = "has a quote that does not close, or a cell without end"
    BROKEN = "and what follows: too much is broken"
    OPEN_BRACES = "the braces of %(about)s do not close"
    PDF = "the file is a PDF"
    ARCHIVE = "the file is an archive or an office document"
    DATABASE = "the file is a database"
    COMPRESSED = "the file is compressed"
    NO_TEXT = "the file is no text"
    NO_PAPERS = "there is no paper in the file"
    TOO_MANY = "the file has more than %(about)s entries"
    OTHER_ENCODING = (
        "the file is neither Unicode nor western text (in the latter, line %(about)s): save it as"
        " UTF-8"
    )
    NO_RDF = "the RDF breaks off or is broken in line %(about)s"
    DOCUMENT_TYPE = "the RDF declares a document type, which no list of papers needs"


@dataclass(frozen=True)
class ListedPaper:
    """A paper as a file names it: by its identifier, or by its title alone."""

    arxiv_id: str  # without a version; empty where only a title is known
    title: str  # TeX and all; empty where only an identifier is known
    abstract: str


@dataclass(frozen=True)
class RefusedEntry:
    """An entry that is no paper, with its name or number and one line that says why."""

    name: str
    reason: str  # a `Refusal`, in words
    about: str = ""

    @property
    def why(self) -> str:
        return self.reason % {"about": self.about}


class UnreadableListError(NewsletterError):
    """A file that holds no papers, or cannot be read; `reason` and `about` as of an entry."""

    def __init__(self, reason: str, about: str = "", hint: str = "") -> None:
        super().__init__(reason % {"about": about} + (hint and f"; {hint}"))
        self.reason, self.about, self.hint = reason, about, hint


@dataclass(frozen=True)
class ReadingList:
    kind: str  # "BibTeX", "RIS", ...
    read: int  # entries
    papers: tuple[ListedPaper, ...]
    refused: tuple[RefusedEntry, ...]

    @property
    def matched(self) -> int:
        """How many papers have an arXiv identifier."""
        return sum(bool(paper.arxiv_id) for paper in self.papers)

    @property
    def by_title(self) -> int:
        return len(self.papers) - self.matched

    def counts(self) -> str:
        """One line for people."""
        return (
            f"{self.read} read, {self.matched} matched by arXiv identifier,"
            f" {self.by_title} by title only, {len(self.refused)} refused"
        )


def collect(kind: str, entries: Iterable[Mapping[str, str] | RefusedEntry]) -> ReadingList:
    """A list from the fields of each entry; the fields' names are in small letters.

    An entry is a paper by its identifier, or by its title; each paper counts once.

    Raises:
        NewsletterError: there are more than 100,000 entries.
    """
    papers: list[ListedPaper] = []
    refused: list[RefusedEntry] = []
    seen: set[str] = set()
    read = 0
    for result in _papers(entries):
        read += 1
        if read > MOST_ENTRIES:
            raise too_many_entries()
        if isinstance(result, RefusedEntry):
            refused.append(result)
            continue
        name = result.arxiv_id or result.title.casefold()
        if name in seen:
            refused.append(RefusedEntry(name[:80], Refusal.TWICE))
        else:
            papers.append(result)
        seen.add(name)
    return ReadingList(kind, read, tuple(papers), tuple(refused))


def too_many_entries() -> UnreadableListError:
    return UnreadableListError(Refusal.TOO_MANY, f"{MOST_ENTRIES:,}")


def _papers(
    entries: Iterable[Mapping[str, str] | RefusedEntry],
) -> Iterator[ListedPaper | RefusedEntry]:
    for number, entry in enumerate(entries, start=1):
        if isinstance(entry, RefusedEntry):
            yield replace(entry, name=_short(entry.name))
            continue
        title = one_line(visible(entry.get("title", "")))
        identifier = _identifier(entry) or ("" if title else _claimed(entry))
        if identifier and not _is_possible(identifier):
            yield RefusedEntry(identifier, Refusal.IMPOSSIBLE)
        elif identifier or title:
            abstract = one_line(entry.get("abstract", "")[:LONGEST_ABSTRACT])
            yield ListedPaper(identifier, title[:LONGEST_TITLE], abstract)
        else:
            name = entry.get("key") or f"entry {number}"
            yield RefusedEntry(_short(name), Refusal.NO_NAME)


def _is_possible(identifier: str) -> bool:
    """Whether arXiv can have such a paper."""
    try:
        PaperId.parse(identifier, 1)
    except SourceError:
        return False
    return True


def _short(name: str) -> str:
    return brief(visible(name))[:80]


def _claimed(entry: Mapping[str, str]) -> str:
    """The identifier that an entry without a title names."""
    told = (claimed_identifier(entry[field]) for field in _FIELDS if entry.get(field))
    return next(filter(None, told), "")


def _identifier(entry: Mapping[str, str]) -> str:
    archive = (entry.get("primaryclass") or entry.get("eprintclass", "")).partition(".")[0]
    if archive and (digits := _OLD_NUMBER.fullmatch(entry.get("eprint", ""))):
        return identifier_in(f"arXiv:{archive.strip()}/{digits[1]}") or ""
    for field in _FIELDS:
        text = entry.get(field)
        if not text:
            continue
        found = sole_identifier(text) if field in _IDENTIFIER_FIELDS else None
        found = found or identifier_in(text)
        if found is not None:
            return found
    return _in_any_field(entry)


def _in_any_field(entry: Mapping[str, str]) -> str:
    """The identifier in whatever field: `paper_url`; or beside a word that says whose it is.

    That is, `journal = {arXiv}, volume = {2001.00001}`.
    """
    fields = {
        name: text[:_LONGEST_FIELD]
        for name, text in entry.items()
        if text and name != "key" and not _OF_OTHERS.match(name)
    }
    texts = [*fields.values()]
    named = (*(f"{name}:{text}" for name, text in fields.items()), entry.get("key", ""))
    found = identifier_in("\n".join(named))
    if found is None and any(map(_AT_ARXIV.search, texts)):
        found = sole_identifier("\n".join(texts))
    return found or ""
