"""arXiv identifiers in any text (https://info.arxiv.org/help/arxiv_identifier.html)."""

import re
from collections.abc import Iterator

from newsletter.sources.base import PaperId, SourceError

# Years from 2007 on, months from 01 to 12; or until then an archive and seven digits.
_NEW = r"(?:0[7-9]|[1-9][0-9])(?:0[1-9]|1[0-2])\.[0-9]{4,5}"
_OLD = r"[a-z]{2,8}(?:-[a-z]{2,4})?(?:\.[A-Za-z-]{2,8})?/[0-9]{7}"
_PAPER = rf"(?P<id>{_NEW}|{_OLD})(?:[vV][0-9]{{1,3}})?(?![0-9]|\.[0-9])"
# Behind something that says it is arXiv's, or as a PDF in a folder.
_BEFORE = r"arxiv(?:\.org)?\s{0,3}[:./_-]?\s{0,3}(?:[a-z]{2,6}/)?|\b(?:abs|papers)/"
_A_PDF = r"(?<=/)(?=[0-9.]{9,10}(?:v[0-9]{1,3})?\.pdf\b)"
_NAMED = re.compile(rf"(?:{_BEFORE}|{_A_PDF}){_PAPER}", re.IGNORECASE)
# Said to be arXiv's, whatever its month.
_SAID = re.compile(r"arxiv\s?[:.]\s?(?P<id>[0-9]{4}\.[0-9]{4,5})(?![0-9]|\.[0-9])", re.IGNORECASE)
_PERCENT = re.compile(r"%(?:25)?(2f|3a)", re.IGNORECASE)
_ALONE = re.compile(rf"(?<![\w./:@%=&#-]){_PAPER}(?![\w/-])")


def identifier_in(text: str) -> str | None:
    """The first that the text names as arXiv's, without a version."""
    return next(_known(_NAMED, text), None)


def sole_identifier(text: str) -> str | None:
    """The first also where it stands without saying whose it is."""
    return next(_known(_ALONE, text), None)


def identifiers_in(text: str) -> list[str]:
    """All of them, in their order, each once; also what only says that it is one."""
    found = [*_positions(_NAMED, text), *_positions(_ALONE, text), *_positions(_SAID, text)]
    return list(dict.fromkeys(name for _, name in sorted(found)))


def _known(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (name for _, name in _positions(pattern, text))


def _positions(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    in_addresses = _PERCENT.sub(lambda it: "/" if it[1].lower() == "2f" else ":", text)
    for match in pattern.finditer(in_addresses):
        name = match["id"]
        if "/" in name:
            try:
                name = PaperId.parse(name.lower(), 1).arxiv_id
            except SourceError:  # no archive of arXiv's
                continue
        yield match.start("id"), name
