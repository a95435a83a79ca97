"""From a source to tokens: typography first, then a scan, then what encloses what."""

from __future__ import annotations

import re
from bisect import bisect_left
from enum import Enum, auto
from html import unescape
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple

from newsletter.tex.dollars import holds_formula
from newsletter.tex.links import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterable


class TokenType(Enum):
    TEXT = auto()
    URL = auto()
    VERBATIM = auto()
    COMMAND = auto()  # a backslash and letters, or a backslash and one other character
    OPEN = auto()
    CLOSE = auto()
    UP = auto()
    DOWN = auto()
    TIE = auto()
    DOLLAR = auto()
    DOLLARS = auto()


class Token(NamedTuple):
    kind: TokenType
    text: str
    start: int


_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_PARAGRAPH = re.compile(r"[ \t\r\f\v]*\n[ \t\r\f\v]*\n\s*|[ \t\r\f\v]*\n[ \t\f\v]{2,}(?=\S)")
_SPACE = re.compile(r"[ \t\r\n\f\v\x85]+")
_BREAK = "\x00"
_DOUBLE_QUOTED = re.compile(r"(?<![\\`])``([^`\x00]{1,400}?)(?:''|\"|”)")
_SINGLE_QUOTED = re.compile(
    r"(?<![\\`\w'])`([^`'\x00 ](?:[^`'\x00]|(?<=\w)'(?=\w)){0,200}?)'(?![\w'])"
)
# Opened by two and closed by one: ``delta energy'.
_HALF_QUOTED = re.compile(r"(?<![\\`])``([^`'\x00]{1,400}?)'(?![\w'])")
# Opened by one and closed by two: `delta energy''.
_HALF_OPENED = re.compile(r"(?<![\\`\w'])`([^`'\x00 \"”][^`'\x00\"”]{0,200}?)(?:''|\"|”)(?!')")
# What a web page made of a sign. One behind a backslash is an author's own.
_ENTITY = re.compile(
    r"(?<!\\)&(?:amp;){0,5}(?P<name>#\d{1,7};|#[xX][\da-fA-F]{1,6};|[A-Za-z]\w{1,30};)"
    r"|(?<=\\)&(?:amp;)+"
)
# \\ifmmode\\pm\\else$\\pm$\\fi stands in formulas too, which its dollars would end.
_ELSE = re.compile(r"\\else(?![A-Za-z])[^\x00]{0,150}?\\fi(?![A-Za-z])")
_DOLLARED = re.compile(r"\$([^$]+)\$")
_DASHES = re.compile(
    rf"{ADDRESS}"
    r"|(?<![-<!])---(?![->])"
    r"|(?<=[\w)\]}\"'’”.,%$])--(?=[\w(\[\"“‘$\\{'<>=\x00 ])(?! -)|(?<=[ ~])--(?=[ ~\x00])"
)
_TOKEN = re.compile(
    rf"(?P<URL>{ADDRESS})"
    r"|(?P<VERBATIM>\\verb\*?(?P<bar>[^A-Za-z\s*{\\])[^\n]{0,300}?(?P=bar))"
    r"|(?P<COMMAND>\\(?:[A-Za-z]+|[\s\S]|\Z))"
    r"|(?P<OPEN>\{)|(?P<CLOSE>\})|(?P<UP>\^)|(?P<DOWN>_)|(?P<TIE>~)"
    r"|(?P<DOLLARS>\$\$)|(?P<DOLLAR>\$)"
    r"|(?P<TEXT>(?:[^\\{}^_~$hH]|[hH](?![tT][tT][pP][sS]?://))+|[hH])"
)


def tidied(source: str) -> str:
    r"""The source with typographer's quotes and dashes, single spaces, and \\n for a paragraph."""
    if "&" in source:
        source = _ENTITY.sub(_named, source)
    source = _UNPRINTABLE.sub("", source).strip()
    if "\n" in source:
        source = _PARAGRAPH.sub(_BREAK, source)
    source = _SPACE.sub(" ", source)
    if "-{}-" in source:
        source = source.replace("-{}-", "--")
    if "\\fi" in source:
        source = _ELSE.sub(lambda found: _DOLLARED.sub(r"\\ensuremath{\1}", found[0]), source)
    if "`" in source:
        source = _SINGLE_QUOTED.sub(r"‘\1’", source)
        source = _DOUBLE_QUOTED.sub(r"“\1”", source)
        source = _HALF_QUOTED.sub(r"“\1”", source)
        source = _HALF_OPENED.sub(r"“\1”", source)
    if "--" in source:
        source = _DASHES.sub(_dash, source)
    return source.replace(_BREAK, "\n")


def _named(found: re.Match[str]) -> str:
    """The sign that an entity stands for, also where a program wrote it twice: &amp;lt;."""
    name = found["name"]
    if name and not name.startswith("#") and name not in html5:
        return found[0]
    return unescape(f"&{name}").replace("\xa0", " ") if name else "&"


def _dash(found: re.Match[str]) -> str:
    return {"--": "–", "---": "—"}.get(found[0], found[0])


def scan(source: str) -> list[Token]:
    """All of the source as tokens, nothing left out."""
    return [
        Token(TokenType[found.lastgroup or "TEXT"], found[0], found.start())
        for found in _TOKEN.finditer(source)
    ]


_CLOSES = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}
ENDS = {*_CLOSES.values(), "\\end"}
_BRACES = {TokenType.OPEN, TokenType.CLOSE}
# Tokens of the longest formula, and closing signs that are tried for one.
_LONGEST_FORMULA, _MOST_ENDS = 400, 3


class Layout:
    """Which brace closes which, and where the next end of a formula stands."""

    def __init__(self, tokens: list[Token]) -> None:
        self.mates = _mates(tokens)
        self.braces = sum(token.kind in _BRACES for token in tokens)
        self.depths: list[int] = []
        self._ends: dict[tuple[str, int], list[int]] = {}
        depth = 0
        closers = set(self.mates.values())
        for at, token in enumerate(tokens):
            depth -= at in closers
            self.depths.append(depth)
            depth += at in self.mates
            if token.text in ENDS:
                self._ends.setdefault((token.text, self.depths[at]), []).append(at)

    def next_end(self, sign: str, after: int) -> int | None:
        """The first token from `after` on that reads `sign`, in the same group as `after`."""
        if after >= len(self.depths):
            return None
        places = self._ends.get((sign, self.depths[after]), [])
        found = bisect_left(places, after)
        return places[found] if found < len(places) else None


def _mates(tokens: list[Token]) -> dict[int, int]:
    """Which brace closes which; where they do not add up, no pair crosses a formula's edge."""
    mates, is_even = _paired(tokens, range(len(tokens)))
    if is_even:
        return mates
    prose: list[int] = []
    mates, at = {}, 0
    while at < len(tokens):
        end = _formula_end(tokens, at)
        if end:
            mates |= _paired(tokens, range(at + 1, end))[0]
        prose.append(at)
        at = max(end, at + 1)
    return mates | _paired(tokens, prose)[0]


def _paired(tokens: list[Token], places: Iterable[int]) -> tuple[dict[int, int], bool]:
    """The pairs of braces among these tokens, and whether every brace has its other half."""
    waiting: list[int] = []
    mates, strays = {}, 0
    for at in places:
        kind = tokens[at].kind
        if kind is TokenType.OPEN:
            waiting.append(at)
        elif kind is TokenType.CLOSE and waiting:
            mates[waiting.pop()] = at
        elif kind is TokenType.CLOSE:
            strays += 1
    return mates, not (waiting or strays)


def _formula_end(tokens: list[Token], begin: int) -> int:
    """Where the formula ends that this token opens, best one of even braces; nought for none."""
    closing = _CLOSES.get(tokens[begin].text)
    if closing is None:
        return 0
    first, inner, seen = 0, "", 0
    for at in range(begin + 1, min(len(tokens), begin + _LONGEST_FORMULA)):
        if tokens[at].text == closing:
            seen += 1
            if holds_formula(inner, ""):
                if _paired(tokens, range(begin + 1, at))[1]:
                    return at
                first = first or at
            if seen == _MOST_ENDS:
                break
        inner += tokens[at].text
    return first
