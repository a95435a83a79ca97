"""From a source to tokens: typography first, then a scan, then what encloses what."""

from __future__ import annotations

import re
from bisect import bisect_left
from enum import Enum, auto
from html import unescape
from typing import NamedTuple

from newsletter.tex.links import ADDRESS


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
# What a web page made of a sign. One behind a backslash is an author's own.
_ENTITY = re.compile(r"(?<!\\)&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,30});|(?<=\\)&amp;")
_DASHES = re.compile(
    rf"{ADDRESS}"
    r"|(?<![-<!])---(?![->])"
    r"|(?<=[\w)\]}\"'’”.,%$])--(?=[\w(\[\"“‘$\\{'<>=\x00 ])(?! -)|(?<= )--(?=[ \x00])"
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
        source = _ENTITY.sub(lambda found: unescape(found[0]).replace("\xa0", " "), source)
    source = _UNPRINTABLE.sub("", source).strip()
    if "\n" in source:
        source = _PARAGRAPH.sub(_BREAK, source)
    source = _SPACE.sub(" ", source)
    if "`" in source:
        source = _SINGLE_QUOTED.sub(r"‘\1’", source)
        source = _DOUBLE_QUOTED.sub(r"“\1”", source)
        source = _HALF_QUOTED.sub(r"“\1”", source)
    if "--" in source:
        source = _DASHES.sub(_dash, source)
    return source.replace(_BREAK, "\n")


def _dash(found: re.Match[str]) -> str:
    return {"--": "–", "---": "—"}.get(found[0], found[0])


def scan(source: str) -> list[Token]:
    """All of the source as tokens, nothing left out."""
    return [
        Token(TokenType[found.lastgroup or "TEXT"], found[0], found.start())
        for found in _TOKEN.finditer(source)
    ]


_ENDS = {"$", "$$", "\\)", "\\]", "\\end"}


class Layout:
    """Which brace closes which, and where the next end of a formula stands."""

    def __init__(self, tokens: list[Token]) -> None:
        self.mates = _mates(tokens)
        self.depths: list[int] = []
        self._ends: dict[tuple[str, int], list[int]] = {}
        depth = 0
        closers = set(self.mates.values())
        for at, token in enumerate(tokens):
            depth -= at in closers
            self.depths.append(depth)
            depth += at in self.mates
            if token.text in _ENDS:
                self._ends.setdefault((token.text, self.depths[at]), []).append(at)

    def next_end(self, sign: str, after: int) -> int | None:
        """The first token from `after` on that reads `sign`, in the same group as `after`."""
        if after >= len(self.depths):
            return None
        places = self._ends.get((sign, self.depths[after]), [])
        found = bisect_left(places, after)
        return places[found] if found < len(places) else None


def _mates(tokens: list[Token]) -> dict[int, int]:
    waiting: list[int] = []
    mates = {}
    for at, token in enumerate(tokens):
        if token.kind is TokenType.OPEN:
            waiting.append(at)
        elif token.kind is TokenType.CLOSE and waiting:
            mates[waiting.pop()] = at
    return mates
