"""Which kind of list a file is, told by what is in it and not by its name."""

import codecs
import re
from contextlib import suppress

from newsletter.errors import NewsletterError
from newsletter.interests.files.arxiv_ids import identifiers_in
from newsletter.interests.files.reading_list import ReadingList, collect

MOST_BYTES = 20_000_000
# The longer marks first: UTF-32's begins as UTF-16's does.
_MARKED = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_STRANGE = re.compile("[\udc80-\udcff]")  # a byte that is no UTF-8
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_CHINESE_RUN = 6  # bytes, two for a character; no European word has so many in a row
_NOT_TEXT = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an archive or an office document",
    b"SQLite": "a database",
    b"\x1f\x8b": "compressed",
    b"BZh": "compressed",
    b"\xfd7zXZ": "compressed",
    b"7z\xbc\xaf": "compressed",
}
_HINT = (
    "a list of arXiv identifiers, BibTeX, RIS, CSV with a column `title`, Zotero's RDF or JSON,"
    " CSL-JSON and ORCID works can be read"
)


def read_file(content: bytes) -> ReadingList:
    """The papers in it, with an account of every entry.

    Raises:
        NewsletterError: it is too long, is no text, or there is no paper in it.
    """
    if len(content) > MOST_BYTES:
        raise NewsletterError(f"the file is longer than {MOST_BYTES // 1_000_000} MB")
    for start, name in _NOT_TEXT.items():
        if content.startswith(start):
            raise NewsletterError(f"the file is {name}; {_HINT}")
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    reading_list = _read(content, text)
    if not reading_list.read:
        raise NewsletterError(f"there is no paper in the file; {_HINT}")
    return reading_list


def _read(content: bytes, text: str) -> ReadingList:
    from newsletter.interests.files import bibtex, json_lists, rdf, ris, tables

    if rdf.is_rdf(text):
        return collect("Zotero RDF", rdf.read_rdf(content))
    value = json_lists.parse_json(text) if text.lstrip()[:1] in {"{", "["} else None
    if value is not None:
        return collect(json_lists.kind_of(value), json_lists.read_json(value))
    if bibtex.is_bibtex(text):
        return collect("BibTeX", bibtex.read_bibtex(text))
    if ris.is_ris(text):
        return collect("RIS", ris.read_ris(text))
    delimiter = tables.delimiter_of(text)
    if delimiter is not None:
        return collect("CSV", tables.read_table(text, delimiter))
    return collect("text", ({"eprint": name} for name in identifiers_in(text)))


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKED.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if b"\0" in content:
        raise NewsletterError(f"the file is no text; {_HINT}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _guessed(content)


def _guessed(content: bytes) -> str:
    """UTF-8 with a few strange bytes, else Chinese where it looks so, else Western Europe's."""
    text = content.decode("utf-8-sig", "surrogateescape")
    strange = len(content) - len(text.encode(errors="ignore"))
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if beyond_ascii > 2 * strange:
        return _STRANGE.sub(lambda found: _western(bytes([ord(found[0]) - 0xDC00])), text)
    runs = [len(run) for run in _BEYOND_ASCII.findall(content)]
    if max(runs) >= _CHINESE_RUN and not any(length % 2 for length in runs):
        with suppress(UnicodeDecodeError):
            return content.decode("gb18030")
    return _western(content)


def _western(content: bytes) -> str:
    return content.decode("cp1252", "replace")
