"""Tables with a header: Zotero's CSV, and every other that has a column of titles."""

import csv
import io
import re
from collections.abc import Iterator

from newsletter.interests.files.reading_list import RefusedEntry

_DELIMITERS = (",", ";", "\t")
_NAMES = {
    "abstractnote": "abstract",
    "notes": "note",
    "link": "url",
    **dict.fromkeys(("papertitle", "articletitle", "documenttitle"), "title"),
}
_LONGEST_HEADER = 10_000  # characters


def delimiter_of(text: str) -> str | None:
    """What parts the cells, where the first line is a header with a title in it."""
    header = text.lstrip().split("\n", 1)[0]
    if len(header) > _LONGEST_HEADER:
        return None
    for delimiter in _DELIMITERS:
        names = [_name(cell) for cell in next(csv.reader([header], delimiter=delimiter), [])]
        if len(names) > 1 and "title" in names:
            return delimiter
    return None


def read_table(text: str, delimiter: str) -> Iterator[dict[str, str] | RefusedEntry]:
    """A dictionary a row. A cell too long to be one ends the table, and it says so."""
    rows = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter)
    try:
        names = [_name(cell) for cell in next(rows)]
        for row in rows:
            if any(row):
                yield {name: cell for name, cell in zip(names, row, strict=False) if cell}
    except csv.Error as error:
        yield RefusedEntry(f"line {rows.line_num}", f"and what follows cannot be read: {error}")


def _name(cell: str) -> str:
    name = re.sub(r"[\W_]+", "", cell.lower())
    return _NAMES.get(name, name)
