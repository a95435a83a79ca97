"""arXiv identifiers in any text (https://info.arxiv.org/help/arxiv_identifier.html)."""

import re
from collections.abc import Iterator

from newsletter.sources.base import PaperId, SourceError

# Years from 2007 on, months from 01 to 12; or until then an archive and seven digits.
_NEW = r"(?:0[7-9]|[1-9][0-9])(?:0[1-9]|1[0-2])\.[0-9]{4,5}"
_OLD = r"(?:[a-z]{2,8}(?:-[a-z]{2,4})?|q-[a-z]{2,4})(?:\.[A-Za-z-]{2,8})?/[0-9]{7}"
_PAPER = rf"(?P<id>{_NEW}|{_OLD})(?:[vV][0-9]{{1,3}})?(?![0-9]|\.[0-9])"
# Behind something that says it is arXiv's, or as a PDF in a folder.
_BEFORE = r"arxiv(?:\.org)?\s{0,3}[:./_-]?\s{0,3}(?:[a-z]{2,6}/)?|\b(?:abs|papers?)/"
# Further back in the address of a page that has arXiv in its name; and in a code of ADS.
_ARXIV = r"(?:arxiv|ar5iv|alphaxiv)"
_IN_ADDRESS = rf"(?<![a-z0-9]){_ARXIV}(?:(?!{_ARXIV})[^\s<>\"'|,;]){{0,80}}?[/=:]"
_ADS = re.compile(r"(?<=[12][0-9]{3}arXiv)([0-9]{4})(?=[0-9]{5}[A-Z])")
_A_PDF = r"(?<=/)(?=[0-9.]{9,10}(?:v[0-9]{1,3})?\.pdf\b)"
_NAMED = re.compile(rf"(?:{_BEFORE}|{_IN_ADDRESS}|{_A_PDF}){_PAPER}", re.IGNORECASE)
# Said to be arXiv's, whatever its month; and what is shaped so.
_SHAPE = r"(?P<id>[0-9]{4}\.[0-9]{4,5})(?![0-9]|\.[0-9])"
_SAID = re.compile(rf"arxiv\s?[:.]\s?{_SHAPE}", re.IGNORECASE)
_SHAPED = re.compile(rf"(?<![\w./]){_SHAPE}")
_PERCENT = re.compile(r"%(?:25)?(2f|3a)", re.IGNORECASE)
_FULL_WIDTH = {code + 0xFEE0: code for code in map(ord, "0123456789./:")}  # as typed in East Asia
_ALONE = re.compile(rf"(?<![\w./:@%=&#-]){_PAPER}(?![\w/-])")


def identifier_in(text: str) -> str | None:
    """The first that the text names as arXiv's, without a version."""
    return _first(_NAMED, text)


def sole_identifier(text: str) -> str | None:
    """The first identifier, also one without "arXiv" or an address around it."""
    return _first(_ALONE, text)


def claimed_identifier(text: str) -> str | None:
    """The first that is said to be one, and that arXiv can never have given."""
    found = _SAID.search(text) or _SHAPED.search(text)
    return found["id"] if found else None


def identifiers_in(text: str) -> list[str]:
    """All of them, in their order, each once; also what only says that it is one."""
    return list(dict.fromkeys(name for _, name in places_in(decoded(text))))


def decoded(text: str) -> str:
    """With the slashes and colons of addresses that were encoded in others, and plain digits."""
    plain = text if text.isascii() else text.translate(_FULL_WIDTH)
    return _ADS.sub(
        r"\1.", _PERCENT.sub(lambda code: "/" if code[1].lower() == "2f" else ":", plain)
    )


def places_in(text: str) -> list[tuple[int, str]]:
    """Where each stands, and which it is, in their order; of a text that is decoded."""
    found = [*_positions(_NAMED, text), *_positions(_ALONE, text)]
    return sorted({*found, *((said.start("id"), said["id"]) for said in _SAID.finditer(text))})


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    return next((name for _, name in _positions(pattern, decoded(text))), None)


def _positions(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    for match in pattern.finditer(text):
        name = match["id"]
        if "/" in name:
            try:
                name = PaperId.parse(name.lower(), 1).arxiv_id
            except SourceError:  # no archive of arXiv's
                continue
        yield match.start("id"), name
