"""Interests as a cell of a list of people: JSON, by kind, unwanted ones under `not ...`."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from newsletter.errors import WrongUseError
from newsletter.interests.files import ListedPaper
from newsletter.interests.files.reading_list import LONGEST_ABSTRACT, LONGEST_TITLE
from newsletter.interests.named_interest import MOST, Interest, InterestType, checked
from newsletter.interests.named_papers import BY_TITLE
from newsletter.models import NamedInterest, NamedPaperRow

_NOT = "not "
_OF_A_PAPER = "arxiv_id", "title", "abstract"
_DETAILS = ("with", "in", "not_with", "not_in")
PortableInterests = dict[str, list[object]]


def to_portable(
    rows: Iterable[NamedInterest], texts: Mapping[str, NamedPaperRow]
) -> PortableInterests:
    """Interests for an export: authors with the details that tell namesakes apart, and papers.

    A paper has its text where only a file had it; arXiv's own words can be asked for again.
    """
    portable: PortableInterests = {}
    for row in rows:
        value: object = row.value
        if row.kind == InterestType.PAPER:
            value = _paper(row.value, texts[row.value])
        elif row.detail:
            told = {name: row.detail[name] for name in _DETAILS if name in row.detail}
            value = {"name": row.value, **told}
        portable.setdefault(f"{'' if row.wanted else _NOT}{row.kind}", []).append(value)
    return portable


def _paper(name: str, text: NamedPaperRow) -> object:
    arxiv_id = "" if name.startswith(BY_TITLE) else name
    if arxiv_id and (text.categories or not text.title):  # as arXiv described it, or nobody did
        return arxiv_id
    fields = zip(_OF_A_PAPER, (arxiv_id, text.title, text.abstract), strict=True)
    return {key: words for key, words in fields if words}


def from_portable(text: str) -> tuple[list[Interest], int]:
    """The interests of a cell, and how many in it are not understood or beyond the limits."""
    try:
        portable = json.loads(text)
    except (ValueError, RecursionError):
        portable = None
    if not isinstance(portable, dict):
        return [], 1
    understood: list[Interest] = []
    numbers: Counter[InterestType] = Counter()
    lost = 0
    for interest in _interests(portable):
        if interest is None or numbers[interest.kind] == MOST[interest.kind]:
            lost += 1
            continue
        numbers[interest.kind] += 1
        try:
            understood.append(checked(interest))
        except WrongUseError:
            lost += 1
    return understood, lost


def _interests(portable: Mapping[str, object]) -> Iterator[Interest | None]:
    for key, values in portable.items():
        kind = key.removeprefix(_NOT)
        for value in values if isinstance(values, list) else [values]:
            known = kind in list(InterestType)
            yield _interest(InterestType(kind), value, not key.startswith(_NOT)) if known else None


def _interest(kind: InterestType, value: object, wanted: bool) -> Interest | None:  # noqa: FBT001 - one of three plain parts
    if isinstance(value, str):
        return Interest(kind, value, wanted)
    if not isinstance(value, dict):
        return None
    if kind is InterestType.PAPER:
        arxiv_id, title, abstract = (str(value.get(name) or "") for name in _OF_A_PAPER)
        paper = ListedPaper(arxiv_id, title[:LONGEST_TITLE], abstract[:LONGEST_ABSTRACT])
        return Interest(kind, arxiv_id, wanted, paper=paper)
    detail = {
        name: [str(item) for item in value[name]]
        for name in _DETAILS
        if isinstance(value.get(name), list)
    }
    return Interest(kind, str(value.get("name", "")), wanted, detail)
