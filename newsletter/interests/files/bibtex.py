"""BibTeX and BibLaTeX, read leniently: what is wrong with an entry is told of that entry alone."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from newsletter.interests.files.reading_list import Refusal, RefusedEntry

# At the start of a line, or right behind an entry.
_HEAD = re.compile(r"(?:^|(?<=\}))[ \t]*@[ \t]*([A-Za-z]+)[ \t]*[{(]", re.MULTILINE)
# Its comma may be missing. It takes nothing back: spaces may be millions.
_KEY = re.compile(r"\s*+([^\s,{}=\"]*+)\s*+(?:,|(?<=\s)(?=[A-Za-z][\w:.+-]*+\s*+=))")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:.+-]*)\s*=\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_PLAIN = re.compile(r"[^\s,{}\"#]+")
_JOINT = re.compile(r"\s*#\s*")
_HEADS_INSIDE = 3  # of what looks like entries and stands in a field, as an abstract on BibTeX
_PROSE = {"abstract", "annote", "annotation", "note", "comment"}
_NO_PAPERS = {"comment", "preamble", "string", "xdata", "set"}
_LONGEST_STRING = 1000  # characters of an abbreviation; each may hold others twice
_MOST_STRINGS = 1000

_Strings = dict[str, str]  # what `@string` says that a name stands for


def is_bibtex(text: str) -> bool:
    return _HEAD.search(text) is not None


def read_bibtex(text: str) -> Iterator[dict[str, str] | RefusedEntry]:
    """The fields of each entry.

    An entry ends at the latest where the next one begins. But where prose would then not close, and
    does a little later, what begins there stands in the prose.
    """
    found = _HEAD.finditer(text)
    heads = deque(islice(found, _HEADS_INSIDE + 2))
    strings: _Strings = {}
    while heads:
        head = heads.popleft()
        if head[1].lower() == "string":
            _read_string(text, head.end(), strings)
        elif head[1].lower() not in _NO_PAPERS:
            ends = [head.start() for head in heads]
            if len(ends) <= _HEADS_INSIDE:
                ends.append(len(text))
            entry = _read_entry(text[head.end() : ends[0]], strings)
            longer = (_read_entry(text[head.end() : end], strings) for end in ends[1:])
            if entry.open_field in _PROSE:
                entry = next((read for read in longer if not read.open_field), entry)
            yield entry.fields
            while heads and heads[0].start() < head.end() + entry.end:
                heads.popleft()
        heads.extend(islice(found, _HEADS_INSIDE + 2 - len(heads)))


class _Entry(NamedTuple):
    fields: dict[str, str] | RefusedEntry
    end: int  # of its last field
    open_field: str = ""  # whose end is missing


def _read_string(text: str, at: int, strings: _Strings) -> None:
    """An abbreviation, to be used without quotes; what is wrong with it is nothing to tell of."""
    field = _FIELD.match(text, at)
    if field and len(strings) < _MOST_STRINGS:
        value, _ = _value(text, field.end(), strings)
        strings[field[1].lower()] = (value or "")[:_LONGEST_STRING]


def _read_entry(text: str, strings: _Strings) -> _Entry:
    key = _KEY.match(text)
    name = key[1] if key else text.strip()[:40]
    fields = {"key": name}
    at = key.end() if key else 0
    while field := _FIELD.match(text, at):
        value, end = _value(text, field.end(), strings)
        field_name = field[1].lower().replace("-", "")
        if value is None:
            if len(fields) > 1:
                return _Entry(fields, at, field_name)  # what came before is good
            why = Refusal.OPEN_BRACES
            return _Entry(RefusedEntry(name[:80], why, field[1][:40]), at, field_name)
        fields.setdefault(field_name, value)
        at = end
    return _Entry(fields, at)


def _value(text: str, at: int, strings: _Strings) -> tuple[str | None, int]:
    """The text behind an equals sign, and where it ends; None where it is open-ended."""
    parts: list[str] = []
    while True:
        part, at = _part(text, at, strings)
        if part is None:
            return None, at
        parts.append(part)
        joint = _JOINT.match(text, at)
        if joint is None:
            return "".join(parts), at
        at = joint.end()


def _part(text: str, at: int, strings: _Strings) -> tuple[str | None, int]:
    first = text[at : at + 1]
    if first not in {"{", '"'}:
        plain = _PLAIN.match(text, at)
        return (strings.get(plain[0].lower(), plain[0]), plain.end()) if plain else ("", at)
    depth = 1 if first == "{" else 0
    marks = _BRACE if first == "{" else _QUOTE
    for mark in marks.finditer(text, at + 1):
        depth += (mark[0] == "{") - (mark[0] == "}")
        if depth == 0 and mark[0] == ("}" if first == "{" else '"'):
            return text[at + 1 : mark.start()], mark.end()
    return None, len(text)
