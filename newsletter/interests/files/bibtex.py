"""BibTeX and BibLaTeX, read leniently: what is wrong with an entry is told of that entry alone."""

import re
from collections.abc import Iterator
from itertools import chain, pairwise

from newsletter.interests.files.reading_list import RefusedEntry

# At the start of a line, or right behind an entry.
_HEAD = re.compile(r"(?:^|(?<=\}))[ \t]*@[ \t]*([A-Za-z]+)[ \t]*[{(]", re.MULTILINE)
# Its comma may be missing. It takes nothing back: spaces may be millions.
_KEY = re.compile(r"\s*+([^\s,{}=\"]*+)\s*+(?:,|(?<=\s)(?=[A-Za-z][\w:.+-]*+\s*+=))")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:.+-]*)\s*=\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_PLAIN = re.compile(r"[^\s,{}\"#]+")
_JOINT = re.compile(r"\s*#\s*")
_NO_PAPERS = {"comment", "preamble", "string"}


def is_bibtex(text: str) -> bool:
    return _HEAD.search(text) is not None


def read_bibtex(text: str) -> Iterator[dict[str, str] | RefusedEntry]:
    """The fields of each entry. An entry ends at the latest where the next one begins."""
    for head, following in pairwise(chain(_HEAD.finditer(text), [None])):
        if head and head[1].lower() not in _NO_PAPERS:
            yield _entry(text[head.end() : following.start() if following else len(text)])


def _entry(text: str) -> dict[str, str] | RefusedEntry:
    key = _KEY.match(text)
    name = key[1] if key else text.strip()[:40]
    fields = {"key": name}
    at = key.end() if key else 0
    while field := _FIELD.match(text, at):
        value, at = _value(text, field.end())
        if value is None:
            if len(fields) > 1:
                break  # what came before is good
            return RefusedEntry(name[:80], f"the braces of {field[1][:40]} do not close")
        fields.setdefault(field[1].lower().replace("-", ""), value)
    return fields


def _value(text: str, at: int) -> tuple[str | None, int]:
    """The text behind an equals sign, and where it ends; None where it does not."""
    parts: list[str] = []
    while True:
        part, at = _part(text, at)
        if part is None:
            return None, at
        parts.append(part)
        joint = _JOINT.match(text, at)
        if joint is None:
            return "".join(parts), at
        at = joint.end()


def _part(text: str, at: int) -> tuple[str | None, int]:
    first = text[at : at + 1]
    if first not in {"{", '"'}:
        plain = _PLAIN.match(text, at)
        return (plain[0], plain.end()) if plain else ("", at)
    depth = 1 if first == "{" else 0
    marks = _BRACE if first == "{" else _QUOTE
    for mark in marks.finditer(text, at + 1):
        depth += (mark[0] == "{") - (mark[0] == "}")
        if depth == 0 and mark[0] == ("}" if first == "{" else '"'):
            return text[at + 1 : mark.start()], mark.end()
    return None, len(text)
