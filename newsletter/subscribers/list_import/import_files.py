"""Lists of addresses as people have them: CSV or TSV in any encoding, or a JSON object a line.

The encoding, the delimiter and the columns are found out. Unknown columns are handed on under their
own names, since they may hold a no.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from newsletter.errors import WrongUseError
from newsletter.subscribers.addresses import normalize_address, unwrap_address
from newsletter.subscribers.list_import.csv_format import (
    NumberedLine,
    RowError,
    numbered_lines,
    parse_record,
    read_records,
)
from newsletter.subscribers.list_import.known_columns import column_indexes, other_columns
from newsletter.text import unescape_cell

_DELIMITERS = (",", ";", "\t", "|")
_HEADER_WITHIN = 6  # lines: titles may stand above the names of columns
_DEEPEST = 4  # levels of a JSON object


@dataclass(frozen=True, slots=True)
class ImportEntry:
    """A line of the list: its number in the file, what stands in the columns that we know."""

    line: int
    cells: Mapping[str, str]
    flaw: RowError | None = None
    others: Mapping[str, str] = field(default_factory=dict)  # by the column's own name


def read_entries(file: Path, encoding: str, column: str | None) -> Iterator[ImportEntry]:
    """Every line with something in it.

    Raises:
        WrongUseError: no column holds addresses.
    """
    with file.open(encoding=encoding, errors="replace") as stream:
        lines = numbered_lines(stream)
        first = next((line for line in lines if line[1] is None or line[1].strip()), None)
        if first is None:
            raise WrongUseError(f"{file} is empty")
        text = first[1] or ""
        if text.lstrip()[:1] in {"{", "["}:
            yield from _from_json([first], lines)
            return
        if text.lower().startswith("sep="):  # Excel's own first line
            first = next(lines, (2, ""))
        yield from _from_table(file, first, lines, column)


def _from_table(
    file: Path,
    first: NumberedLine,
    lines: Iterator[NumberedLine],
    column: str | None,
) -> Iterator[ImportEntry]:
    head = [first, *islice(lines, _HEADER_WITHIN - 1)]
    skipped, delimiter, header, places = _find_header(head, column)
    lines = chain(head[skipped:], lines)
    width = len(header)
    if "email" not in places:
        places = {"email": _address_column(file, header, column)}
        width = max(width, 1)
        header = [f"column {place + 1}" for place in range(width)]
    others = other_columns(header, places)
    for number, content in read_records(lines, delimiter):
        if isinstance(content, RowError):
            yield ImportEntry(number, {}, content)
        elif any(content[width:]):
            yield ImportEntry(number, {}, RowError.RAGGED)
        elif content != [""]:
            cells = {
                name: unescape_cell(content[at]) for name, at in places.items() if at < len(content)
            }
            missing = None if cells.get("email", "").strip() else RowError.NO_ADDRESS
            there = {name: unescape_cell(content[at]) for name, at in others if at < len(content)}
            yield ImportEntry(number, cells, missing, there)


def _find_header(
    head: list[NumberedLine], column: str | None
) -> tuple[int, str, list[str], dict[str, int]]:
    """How many lines go before the people, the delimiter, the names of columns, known places.

    Some systems write a title above the names (`Members for group ...`), or call the address
    something that we do not know: then the first line with an address shows its place.
    """
    above: list[str] = []
    for number, (_, text) in enumerate(head):
        delimiter, cells = _header(text or "")
        addresses = [place for place, cell in enumerate(cells) if _is_address(cell)]
        if not addresses:
            places = column_indexes(cells, column)
            if "email" in places:
                return number + 1, delimiter, cells, places
            above = cells
            continue
        is_named = len(addresses) == 1 and len(above) == len(cells) > 1
        if number and column is None and is_named and not any("@" in cell for cell in above):
            return number, delimiter, above, {**column_indexes(above, None), "email": addresses[0]}
        break
    delimiter, cells = _header(head[0][1] or "")
    return 0, delimiter, cells, {}


def _header(line: str) -> tuple[str, list[str]]:
    """The delimiter that makes most of the first line, and its cells."""
    best: tuple[str, list[str]] = (",", [line])
    for delimiter in _DELIMITERS:
        cells = parse_record([line], delimiter)
        if isinstance(cells, list) and _rank(cells) > _rank(best[1]):
            best = delimiter, cells
    return best


def _rank(cells: list[str]) -> tuple[bool, int]:
    return "email" in column_indexes(cells, None), len(cells)


def _address_column(file: Path, first: list[str], column: str | None) -> int:
    """Without a header, the first line itself shows where the addresses are."""
    for place, cell in enumerate(first) if column is None else ():
        if _is_address(cell):
            return place
    named = ", ".join(cell.strip()[:40] or "(empty)" for cell in first[:12])
    wanted = f"no column {column!r}" if column else "no column with addresses"
    raise WrongUseError(f"{file} has {wanted}; its columns are: {named}. Name one with --column")


def _is_address(cell: str) -> bool:
    try:
        normalize_address(unwrap_address(unescape_cell(cell)))
    except WrongUseError:
        return False
    return True


def _from_json(
    first: Iterable[NumberedLine], lines: Iterable[NumberedLine]
) -> Iterator[ImportEntry]:
    """An object a line; also as a list of them, as our own export writes it."""
    for part in (first, lines):
        for number, line in part:
            text = "?" if line is None else line.strip().rstrip(",")
            if text in {"", "[", "]"}:
                continue
            yield (
                ImportEntry(number, {}, RowError.TOO_LONG)
                if line is None
                else _object(number, text)
            )


def _object(number: int, text: str) -> ImportEntry:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return ImportEntry(number, {}, RowError.NOT_TEXT)
    if not isinstance(content, dict):
        return ImportEntry(number, {}, RowError.NOT_TEXT)
    names = list(content)
    places = column_indexes(names, None)
    cells = {name: _flat(content[names[at]]) for name, at in places.items()}
    missing = None if cells.get("email", "").strip() else RowError.NO_ADDRESS
    others: dict[str, str] = {}
    for name, at in other_columns(names, places):
        others |= _leaves(name, content[names[at]], _DEEPEST)
    return ImportEntry(number, cells, missing, others)


def _leaves(name: str, value: object, depth: int) -> dict[str, str]:
    """A value by its name, and what stands in an object or in a list of them by longer names."""
    parts: dict[str, object] = {}
    if isinstance(value, dict):
        parts = {f"{name}.{key}": item for key, item in value.items()}
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        parts = {f"{name}.{place + 1}": item for place, item in enumerate(value)}
    if not parts or not depth:
        return {name: _flat(value)}
    leaves: dict[str, str] = {}
    for key, item in parts.items():
        leaves |= _leaves(key, item, depth - 1)
    return leaves


def _flat(value: object) -> str:
    if isinstance(value, dict) and any(isinstance(item, list) for item in value.values()):
        return json.dumps(value)
    if isinstance(value, dict):
        return " ".join(f"{name}={item}" for name, item in value.items())
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
