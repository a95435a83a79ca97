"""Tables: Zotero's CSV, every other with a column of titles, and rows that name identifiers."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from newsletter.interests.files.arxiv_ids import identifiers_in
from newsletter.interests.files.reading_list import MOST_BROKEN, Refusal, RefusedEntry
from newsletter.text import without_accents

if TYPE_CHECKING:
    from _csv import Reader

_DELIMITERS = (",", ";", "\t", "|")
_NO_DELIMITER = "\x1f"  # of a table with one column
_TITLES = """
    paper_title article_title document_title title_of_paper titel titre título titolo titul titlu
    titill tytuł tittel rubrik otsikko cím název názov naslov başlık judul tiêu_đề заголовок
    название заглавие назва τίτλος عنوان العنوان כותרת 标题 標題 题名 題名 题目 題目 篇名 论文标题
    論文標題 文献标题 タイトル 論文タイトル 제목 논문_제목 ชื่อเรื่อง शीर्षक ti
"""  # noqa: RUF001 - as systems in other languages name that column
_COLUMNS = frozenset(  # that say that a row is the names of columns
    re.findall(
        r"\w+",
        "abstract arxiv arxivid author authors autor date datum doi eprint id identifier jahr"
        " journal key link name note paper pdf pmid publication tags url venue year",
    )
)
_SEPARATOR = re.compile(r'"?sep=([,;\t|])"?[ ;,]*\n', re.IGNORECASE)  # Excel's
_LONGEST_HEADER = 10_000  # characters
_HEADER_LINES = 20
_LOOKED_AT = 200  # rows
_ALIKE = 0.8  # of them have as many cells


@dataclass(frozen=True)
class Table:
    lines: Sequence[str]
    delimiter: str
    names: Sequence[str]  # of its columns, where one holds titles
    begins: int  # the line behind the header


def find_table(text: str) -> Table | None:
    """The table in a text; None where it has no rows, or they name no papers."""
    stated = _SEPARATOR.match(text)
    lines = [*io.StringIO(text)]
    first = 1 if stated else 0
    while first < len(lines) and not lines[first].strip():
        first += 1
    delimiters = (stated[1],) if stated else (*_DELIMITERS, _NO_DELIMITER)
    found = [table for table in (_with_titles(lines, first, d) for d in delimiters) if table]
    if found:
        return max(found, key=lambda table: len(table.names))
    alike = next((d for d in delimiters if _has_rows(lines, first, d)), None)
    return Table(lines, alike, (), first) if alike and identifiers_in(text) else None


def _with_titles(lines: Sequence[str], first: int, delimiter: str) -> Table | None:
    header = lines[first : first + _HEADER_LINES]
    if not header or len(header[0]) > _LONGEST_HEADER:
        return None
    reader = csv.reader(header, delimiter=delimiter)
    try:
        names = [_name(cell) for cell in next(reader)]
    except csv.Error:
        return None
    if "title" not in names or (delimiter == _NO_DELIMITER) != (len(names) == 1):
        return None
    return Table(lines, delimiter, names, first + reader.line_num)


def _has_rows(lines: Sequence[str], first: int, delimiter: str) -> bool:
    some = [row for row in islice(_rows(lines, first, delimiter), _LOOKED_AT) if row]
    numbers = Counter(len(row) for row in some if not isinstance(row, RefusedEntry))
    if not numbers:
        return False
    cells, rows = numbers.most_common(1)[0]
    return cells > 1 and rows > 1 and rows >= _ALIKE * len(some)


def read_table(table: Table) -> Iterator[dict[str, str] | RefusedEntry]:
    """The fields of each row; of a table without titles, each identifier in a row."""
    names = table.names
    for number, row in enumerate(_rows(table.lines, table.begins, table.delimiter), start=1):
        if isinstance(row, RefusedEntry):
            yield row
        elif not any(map(str.strip, row)):
            continue
        elif names:
            fields = {name: cell for name, cell in zip(names, row, strict=False) if cell}
            behind = row if len(names) == 1 else row[len(names) :]  # also commas without quotes
            note = " ".join([fields.get("note", ""), *behind])
            yield {"key": f"row {number}", **fields, "note": note}
        else:
            yield from _by_identifiers(row, number)


def _by_identifiers(row: Sequence[str], number: int) -> Iterator[dict[str, str] | RefusedEntry]:
    found = identifiers_in(" ".join(row))
    if not found and not (number == 1 and _is_header(row)):
        why = Refusal.NO_TITLES
        yield RefusedEntry(f"row {number}: {' '.join(row)}", why)
    yield from ({"eprint": name} for name in found)


def _is_header(row: Sequence[str]) -> bool:
    return not _COLUMNS.isdisjoint(map(_name, row))


def _rows(lines: Sequence[str], first: int, delimiter: str) -> Iterator[list[str] | RefusedEntry]:
    """Each row. A broken line breaks only itself: the next one is read as usual."""
    broken = 0
    reader = _reader(lines, first, delimiter)
    while True:
        begins = first + reader.line_num
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            alone = _alone(lines[begins], delimiter)
            broken += alone is None
            why = Refusal.OPEN_QUOTE
            yield alone or RefusedEntry(f"line {begins + 1}", why)
            if broken == MOST_BROKEN:
                yield RefusedEntry(f"line {begins + 2}", Refusal.BROKEN)
                return
            first = begins + 1
            reader = _reader(lines, first, delimiter)
        else:
            yield row


def _reader(lines: Sequence[str], first: int, delimiter: str) -> "Reader":
    rest = (lines[number] for number in range(first, len(lines)))
    return csv.reader(rest, delimiter=delimiter, strict=True)


def _alone(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line with letters behind a quote; None where a quote stays open."""
    reader = csv.reader([line, ""], delimiter=delimiter)
    try:
        row = next(reader)
    except csv.Error:
        return None
    return row if reader.line_num == 1 else None


def _name(cell: str) -> str:
    """A column's name as one word."""
    name = _folded(cell)
    return _OTHER_NAMES.get(name, name)


def _folded(cell: str) -> str:
    return re.sub(r"[\W_]+", "", without_accents(cell.casefold()))


_OTHER_NAMES = {
    "abstractnote": "abstract",
    "notes": "note",
    "link": "url",
    "ab": "abstract",
    "di": "doi",
    **dict.fromkeys(map(_folded, _TITLES.split()), "title"),
}
