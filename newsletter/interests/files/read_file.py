"""Which kind of list a file is, told by what is in it and not by its name."""

import re
from contextlib import suppress

from newsletter import undeclared_encoding
from newsletter.interests.files.reading_list import (
    ReadingList,
    Refusal,
    UnreadableListError,
    collect,
)

MOST_BYTES = 20_000_000
_BEGINNING = 4096
_STRANGE = re.compile("[\udc80-\udcff]")  # a byte that is no UTF-8
# A fifth of Chinese at least; what was Japanese or Korean and is read as Chinese has hardly any.
_COMMON_CHINESE = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说"
    "产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使"
    "点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明"
    "看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题"
)
_CHINESE_SHARE = 0.2
_NOT_TEXT = {
    b"%PDF": Refusal.PDF,
    b"PK\x03\x04": Refusal.ARCHIVE,
    b"SQLite": Refusal.DATABASE,
    b"\x1f\x8b": Refusal.COMPRESSED,
    b"BZh": Refusal.COMPRESSED,
    b"\xfd7zXZ": Refusal.COMPRESSED,
    b"7z\xbc\xaf": Refusal.COMPRESSED,
}
_HINT = (
    "a list of arXiv identifiers, BibTeX, RIS, EndNote, PubMed, Web of Science, CSV with a column"
    " `title` or with arXiv identifiers, Zotero's RDF or JSON, CSL-JSON and ORCID works can be read"
)


def read_file(content: bytes) -> ReadingList:
    """The papers in a file, with an account of every entry.

    Raises:
        UnreadableListError: it is too long, is not text, or holds no paper.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableListError(
            "the file is longer than %(about)s MB", f"{MOST_BYTES // 1_000_000}"
        )
    for start, name in _NOT_TEXT.items():
        if content.startswith(start):
            raise UnreadableListError(name, hint=_HINT)
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    reading_list = _read(content, text)
    if not reading_list.read:
        raise UnreadableListError(Refusal.NO_PAPERS, hint=_HINT)
    return reading_list


def _read(content: bytes, text: str) -> ReadingList:
    from newsletter.interests.files.bibtex import is_bibtex, read_bibtex
    from newsletter.interests.files.json_lists import kind_of, parse_json, read_json
    from newsletter.interests.files.plain_text import read_text
    from newsletter.interests.files.rdf import is_rdf, read_rdf
    from newsletter.interests.files.tables import find_table, read_table
    from newsletter.interests.files.tagged import format_of, read_tagged

    if is_rdf(text):
        return collect("Zotero RDF", read_rdf(content))
    value = parse_json(text) if text.lstrip()[:1] in {"{", "["} else None
    if value is not None:
        return collect(kind_of(value), read_json(value))
    if is_bibtex(text):
        return collect("BibTeX", read_bibtex(text))
    form = format_of(text)
    if form is not None:
        return collect(form.kind, read_tagged(text, form))
    table = find_table(text)
    if table is not None:
        return collect("CSV", read_table(table))
    return collect("text", read_text(text))


def _decoded(content: bytes) -> str:
    marked = undeclared_encoding.encoding_by_mark(content[:_BEGINNING])
    if marked and marked != "utf-8-sig":
        return content.decode(marked, "replace")
    if b"\0" in content:
        raise UnreadableListError(Refusal.NO_TEXT, hint=_HINT)
    with suppress(UnicodeDecodeError):
        if not undeclared_encoding.has_shifts(content):
            return content.decode("utf-8-sig", "surrogatepass")  # halves are taken out later
    return _guessed(content)


def _guessed(content: bytes) -> str:
    """UTF-8 with a few strange bytes, else what looks like Western Europe's, else Chinese.

    Raises:
        UnreadableListError: it looks like none of these.
    """
    text = content.decode("utf-8-sig", "surrogateescape")
    strange = len(content) - len(text.encode(errors="ignore"))
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if beyond_ascii > 2 * strange > 0:
        return _STRANGE.sub(lambda found: _western(bytes([ord(found[0]) - 0xDC00])), text)
    western = _western(content)
    odd = undeclared_encoding.oddities(western.splitlines())
    if odd.is_western:
        return western
    with suppress(UnicodeDecodeError):
        chinese = content.decode("gb18030")
        signs = [char for char in chinese if not char.isascii()]
        common = sum(char in _COMMON_CHINESE for char in signs)
        if signs and common >= _CHINESE_SHARE * len(signs):
            return chinese
    raise UnreadableListError(
        Refusal.OTHER_ENCODING,
        f"{odd.line}: {odd.first!r}",
    )


def _western(content: bytes) -> str:
    return content.decode(undeclared_encoding.WESTERN, "replace")
