"""Any text: each identifier and address in it, and each item of a list."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from newsletter.interests.files.arxiv_ids import decoded, places_in
from newsletter.interests.files.reading_list import Refusal, RefusedEntry

_PAGE = r"[^\s<>\"'|]"
_DOMAIN = r"(?:com|org|net|edu|gov|info|io|ai|co|cool|app|dev|eu|uk|de|fr|ch|cn|jp)"
_ADDRESS = re.compile(
    rf"https?://{_PAGE}+|\bwww\.{_PAGE}+|\b10\.[0-9]{{4,9}}/{_PAGE}+"
    rf"|(?<![\w.@/-])(?:[a-z0-9-]{{1,63}}\.){{1,5}}{_DOMAIN}/{_PAGE}*",
    re.IGNORECASE,
)
# Said to be arXiv's, or alone in its line: four digits, a full stop and more, and the like.
_SAID = re.compile(r"\barxiv\s?:\s?[\w./-]{0,40}?[0-9][\w./-]*+", re.IGNORECASE)
_ALONE = re.compile(r"^[ \t]*[0-9]{4}\.[0-9]{3,6}(?:v[0-9]{1,3})?[ \t,;.]*$", re.MULTILINE)
_ATTACHED = re.compile(r"\b\w{0,60}?[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{5}\b[^\s,;]*")
_ITEM = re.compile(r"^[ \t]*(?:\[?[0-9]{1,4}[\].)]|[-*\u2022])[ \t]+(?=\S)", re.MULTILINE)
_BIBITEM = re.compile(r"\\bibitem(?![a-zA-Z])")  # of LaTeX, always a paper
_BLANK = re.compile(r"\n[ \t]*\n")
_LINE = re.compile(r"\S[^\n]*")
_BEHIND = ".,;:!?)]}>*_"  # an address, and none of its own


def read_text(text: str) -> Iterator[dict[str, str] | RefusedEntry]:
    """Each identifier once, and what looks like the name of a paper or says that it is one."""
    text = decoded(text)
    places = places_in(text)
    starts = [at for at, _ in places]
    names = {name: at for at, name in reversed(places)}
    entries: list[tuple[int, dict[str, str] | RefusedEntry]] = [
        (at, {"eprint": name}) for name, at in names.items()
    ]
    taken: list[tuple[int, int]] = []
    for pattern, why in (
        (_ADDRESS, Refusal.OTHER_ADDRESS),
        (_SAID, Refusal.IMPOSSIBLE),
        (_ALONE, Refusal.IMPOSSIBLE),
        (_ATTACHED, Refusal.ATTACHED),
    ):
        found = [match.span() for match in pattern.finditer(text)]
        refused = [(at, to) for at, to in found if not _any_within(starts, at, to)]
        new = [span for span in refused if not _overlaps(taken, span)]
        entries += [(at, RefusedEntry(text[at:to].strip().rstrip(_BEHIND), why)) for at, to in new]
        taken = sorted([*taken, *new])
    entries += _items_without(text, sorted(at for at, _ in entries))
    yield from (entry for _, entry in sorted(entries, key=lambda placed: placed[0]))


def _items_without(text: str, starts: Sequence[int]) -> list[tuple[int, RefusedEntry]]:
    """The items of a list that name no paper; the lines, where items are not marked.

    It is a list of papers where half of the items name one, or most of the lines do.
    """
    is_bibliography = _BIBITEM.search(text) is not None
    if not starts and not is_bibliography:
        return []
    items = _items(text, _BIBITEM if is_bibliography else _ITEM)
    spans = items or [line.span() for line in _LINE.finditer(text)]
    without = [(at, to) for at, to in spans if not _any_within(starts, at, to)]
    named = len(spans) - len(without)
    if is_bibliography:
        named = len(spans)
    if named < len(without) or (named == len(without) and not items):
        return []
    return [(at, RefusedEntry(text[at:to].strip(), Refusal.NO_IDENTIFIER)) for at, to in without]


def _items(text: str, mark: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where each begins, with its mark, and ends: with its paragraph at the latest."""
    begins = [match.start() for match in mark.finditer(text)]
    if not begins:
        return []
    blanks = [*(blank.start() for blank in _BLANK.finditer(text)), len(text)]
    return [
        (begin, min(following, blanks[bisect_left(blanks, begin)]))
        for begin, following in zip(begins, [*begins, len(text)][1:], strict=True)
    ]


def _any_within(starts: Sequence[int], begin: int, end: int) -> bool:
    at = bisect_left(starts, begin)
    return at < len(starts) and starts[at] < end


def _overlaps(taken: Sequence[tuple[int, int]], span: tuple[int, int]) -> bool:
    at = bisect_left(taken, (span[1],))
    return at > 0 and taken[at - 1][1] > span[0]
