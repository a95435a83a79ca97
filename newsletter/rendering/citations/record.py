"""Every citation of a paper says the same, before a format spells it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.rendering.markup.paper_text import plain
from newsletter.rendering.wording.author_list import read_authors
from newsletter.sources.base import Paper, PaperId

_GROUP = re.compile(
    r"(?:the\s.+|.*\b(?:collaborations?|consorti(?:um|a)|teams?|groups?|initiative|committee))",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:jr|sr)\.?|I{2,3}|IV", re.IGNORECASE)
_STAMP = re.compile(r"(?:.*/)?(?P<year>\d\d)(?P<month>\d\d)")
_FIRST_YEAR = 91  # of arXiv; what is less stands for 20xx


@dataclass(frozen=True)
class CitedName:
    """A person's name in parts, in plain text; a group has a family name only."""

    family: str
    given: str = ""
    suffix: str = ""
    is_group: bool = False


def cited_names(paper: Paper) -> Iterator[CitedName]:
    """The paper's authors, with those first who sign for others."""
    for author in read_authors(paper.authors):
        for source, is_group in ((author.group, True), (author.name, False)):
            name = plain(source).strip(" ,;")
            if name:
                yield _split(name, is_group=is_group or bool(_GROUP.fullmatch(name)))


def has_others(paper: Paper) -> bool:
    """Whether the author line ends in "et al." or "and 20 others"."""
    return any(author.others for author in read_authors(paper.authors))


def _split(name: str, *, is_group: bool) -> CitedName:
    """Ludwig van Beethoven is of the family van Beethoven; Sammy Davis Jr. of the family Davis."""
    words = name.replace(",", " ").split()
    if is_group or len(words) == 1:
        return CitedName(name, is_group=is_group)
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""  # noqa: PLR2004 - given, family
    start = len(words) - 1
    while start > 1 and words[start - 1].islower():
        start -= 1
    return CitedName(" ".join(words[start:]), " ".join(words[:start]), suffix)


def year_and_month(paper: Paper) -> tuple[int, int]:
    """When its first version was submitted; where that is not known, when it got its identifier.

    https://info.arxiv.org/help/arxiv_identifier.html: `2507.07270` is of July 2025.
    """
    if paper.published_at is not None:
        return paper.published_at.year, paper.published_at.month
    stamp = _STAMP.match(paper.id.arxiv_id)
    year, month = (int(stamp["year"]), int(stamp["month"])) if stamp else (0, 1)
    century = 1900 if "/" in paper.id.arxiv_id and year >= _FIRST_YEAR else 2000
    return century + year, min(max(month, 1), 12)


def abstract_url(paper_id: PaperId) -> str:
    return f"https://arxiv.org/abs/{paper_id}"


def citation_key(paper: Paper) -> str:
    """One for a paper, whichever version, issue and author order it has."""
    return f"arXiv:{paper.id.arxiv_id}"


def one_doi(paper: Paper) -> str:
    """The first DOI of those that authors gave, without what is no part of one."""
    first = next(iter((paper.doi or "").split()), "")
    return re.sub(r"[^!-~]|[{}\\]", "", re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", "", first))
