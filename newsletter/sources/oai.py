"""arXiv's OAI-PMH answers (https://info.arxiv.org/help/oa/): papers with all of their versions.

They do not say what was announced. The format `arXivRaw` dates every version; `arXiv` names none,
and what its dates mean has changed, so that nothing is taken from them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from newsletter.sources.author_names import authors_of, with_affiliations
from newsletter.sources.base import (
    Paper,
    PaperId,
    SourceError,
    paragraphs,
)
from newsletter.sources.response_types import ResponseType, root_of
from newsletter.text import one_line

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_PARSED = "{http://arxiv.org/OAI/arXiv/}"
_VERBS = (f"{_OAI}GetRecord", f"{_OAI}ListRecords")


@dataclass(frozen=True)
class Version:
    number: int
    submitted_at: datetime


@dataclass(frozen=True)
class Record:
    """A paper in the words of its newest version.

    Without `versions` the answer does not say which version that is, and `paper.id` only seems to.
    """

    paper: Paper
    versions: tuple[Version, ...] = ()  # oldest first

    def as_of(self, moment: datetime) -> Paper | None:
        """The paper as the newest version before that moment; its words stay today's."""
        before = [version for version in self.versions if version.submitted_at < moment]
        if not before:
            return None
        newest = before[-1]
        paper_id = PaperId(self.paper.id.arxiv_id, newest.number)
        return replace(self.paper, id=paper_id, updated_at=newest.submitted_at)


@dataclass(frozen=True)
class Records:
    records: tuple[Record, ...]
    resumption_token: str | None = None  # there is more


def parse_records(content: bytes) -> Records:
    """Read an answer to GetRecord or ListRecords; deleted records are left out.

    Raises:
        SourceError: this is none, it is cut off, of another format, or arXiv says that it is an
            error; that nothing matches is none.
    """
    root = root_of(content, ResponseType.RECORDS)
    error = root.find(f"{_OAI}error")
    if error is not None:
        code, words = error.get("code", ""), one_line(error.text)
        if code == "noRecordsMatch":
            return Records(())
        raise SourceError(f"arXiv's OAI refused: {one_line(f'{code} {words}')[:300]}")
    verb = next((element for element in map(root.find, _VERBS) if element is not None), None)
    if verb is None:
        raise SourceError("this OAI answer holds no papers; ask for ListRecords in arXivRaw")
    token = one_line(verb.findtext(f"{_OAI}resumptionToken"))
    return Records(tuple(_records(verb)), token or None)


def _records(verb: etree._Element) -> Iterator[Record]:
    for record in verb.findall(f"{_OAI}record"):
        header = record.find(f"{_OAI}header")
        if header is not None and header.get("status") == "deleted":
            continue
        raw = record.find(f"{_OAI}metadata/{_RAW}arXivRaw")
        parsed = record.find(f"{_OAI}metadata/{_PARSED}arXiv")
        if raw is not None:
            yield _raw(raw)
        elif parsed is not None:
            yield Record(_paper(parsed, _PARSED, 1, _names(parsed)))
        else:
            raise SourceError("this OAI answer has its papers in neither arXivRaw nor arXiv")


def _raw(raw: etree._Element) -> Record:
    versions = sorted(
        map(_version, raw.findall(f"{_RAW}version")), key=lambda version: version.number
    )
    if not versions:
        raise SourceError(f"{one_line(raw.findtext(f'{_RAW}id'))[:40]!r} has no versions")
    authors = authors_of(one_line(raw.findtext(f"{_RAW}authors")), parted_by_and=True)
    first, newest = versions[0], versions[-1]
    paper = replace(
        _paper(raw, _RAW, newest.number, authors),
        published_at=first.submitted_at if first.number == 1 else None,
        updated_at=newest.submitted_at,
    )
    return Record(paper, tuple(versions))


def _paper(told: etree._Element, space: str, version: int, authors: tuple[str, ...]) -> Paper:
    def line(name: str) -> str | None:
        return one_line(told.findtext(f"{space}{name}")) or None

    paper_id = PaperId(PaperId.read(line("id") or "", default_version=1).arxiv_id, version)
    return Paper(
        id=paper_id,
        title=line("title") or f"arXiv:{paper_id.arxiv_id}",
        abstract=paragraphs(told.findtext(f"{space}abstract")),
        authors=authors,
        categories=tuple(dict.fromkeys((line("categories") or "").split())),
        comment=line("comments"),
        journal_ref=line("journal-ref"),
        doi=line("doi"),
    )


def _names(parsed: etree._Element) -> tuple[str, ...]:
    return with_affiliations(
        (
            " ".join(
                one_line(author.findtext(f"{_PARSED}{part}"))
                for part in ("forenames", "keyname", "suffix")
            ),
            [place.text or "" for place in author.iterfind(f"{_PARSED}affiliation")],
        )
        for author in parsed.iterfind(f"{_PARSED}authors/{_PARSED}author")
    )


def _version(node: etree._Element) -> Version:
    number = re.fullmatch(r"v([1-9][0-9]{0,2})", node.get("version", ""))
    stated = one_line(node.findtext(f"{_RAW}date"))
    try:
        submitted_at = parsedate_to_datetime(stated)
        submitted_at = submitted_at.replace(tzinfo=submitted_at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise SourceError(f"an OAI answer has a version of no date: {stated[:40]!r}") from None
    if number is None:
        raise SourceError(f"an OAI answer has a version {node.get('version', '')[:20]!r}")
    return Version(int(number[1]), submitted_at)
