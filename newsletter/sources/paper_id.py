"""How arXiv identifiers look, and how they are found in what names a paper."""

import re
from urllib.parse import unquote

from newsletter.taxonomy import ARCHIVES, RETIRED_ARCHIVES

# https://info.arxiv.org/help/arxiv_identifier.html, without a version
PAPER_ID = (
    r"(?:(?P<new>[0-9]{4}\.[0-9]{4,5})"
    r"|(?P<archive>(?!(?i:arxiv))[A-Za-z-]+)(?:\.[A-Za-z-]{2,8})?/(?P<number>[0-9]{7}))"
)
_ID = re.compile(
    rf"(?:^|[:/]|arxiv(?:\.|:? ))\s*{PAPER_ID}(?:v(?P<version>[1-9][0-9]{{0,2}}))?"
    r"(?:\.pdf|/|/index\.html)?(?:\s{0,2}[\[(][\w., ;-]+[\])]?(?:\s{1,2}\d{1,2} \w{3} \d{4})?)?$",
    re.ASCII | re.IGNORECASE,
)
# What is around it in an address or a text: `?context=cs`, `#S1`, <...>, quotes, a full stop.
_SIGNS = r"\s.,;:!<>()\[\]{}*'\"‘’“”«»"
_AROUND = re.compile(rf"^[{_SIGNS}]+|[?&#]\S*$|[{_SIGNS}]+$")
# Within more words, it stands first, as in a browser's title "[2507.07270] ...", or is named so.
_MARKED = (
    r"(?:arxiv(?:\.|:\s?| )|\b(?:abs|pdf|html|src|format|e-print)/|\be-?print\s*=\s*[{\"]?|\bp?id=)"
)
_WITHIN = rf"(?P<name>{PAPER_ID}(?:v[1-9][0-9]{{0,2}})?)(?!\w|\.[0-9])"
_IN_BRACKETS = re.compile(rf"\s*\[{_WITHIN}\]", re.ASCII | re.IGNORECASE)
_FIRST = re.compile(
    rf"\W*{_WITHIN}(?:\s*[-–—:|,;)](?:\s|$)|(?:\.[\w-]+|\s\(\d+\))\.pdf\s*$)",
    re.ASCII | re.IGNORECASE,
)
_NAMED = re.compile(_MARKED + _WITHIN, re.ASCII | re.IGNORECASE)
_ANY = re.compile(rf"(?<![\w.]){_WITHIN}", re.ASCII | re.IGNORECASE)
_FIRST_MONTH, _FIVE_DIGITS = "0704", "1501"
_OLD_ARCHIVES = ARCHIVES.keys() | RETIRED_ARCHIVES.keys()


def read_identifier(text: str) -> tuple[str | None, str | None]:
    """The identifier that a text is, with what stands around it, and its version."""
    match = _find(text)
    archive = (match["archive"] or "").lower() if match else ""
    if match is None or not (match["new"] or archive in _OLD_ARCHIVES):
        return None, None
    return match["new"] or f"{archive}/{match['number']}", match["version"]


def _find(text: str) -> re.Match[str] | None:
    return _ID.search(_AROUND.sub("", _AROUND.sub("", unquote(text))))


def sole_name(text: str) -> str | None:
    """The identifier that is meant by a text that has more words, or is nothing else."""
    if _find(text):
        return text
    bracketed = _IN_BRACKETS.match(text)
    if bracketed:
        return bracketed["name"]
    first = _FIRST.match(text)
    names = {found["name"].lower() for found in (_ANY if first else _NAMED).finditer(text)}
    return names.pop() if len(names) == 1 else None


def is_possible(name: str) -> bool:
    """Whether arXiv can ever have given that identifier: its month, its number's length."""
    archive, _, old = name.rpartition("/")
    month, _, number = (old[:4], "", old[4:]) if archive else name.partition(".")
    if not ("01" <= month[2:] <= "12" and int(number)):
        return False
    if archive:
        return month[:2] >= "91" or month < _FIRST_MONTH
    digits = len("00000" if month >= _FIVE_DIGITS else "0000")
    return month >= _FIRST_MONTH and len(number) == digits
