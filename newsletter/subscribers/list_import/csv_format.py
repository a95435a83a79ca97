"""The lines and cells of a table, whatever state it is in.

A broken line breaks only itself: an open quote does not swallow the rest of the file, and a line in
memory is at most as long as a line of a table can be.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from typing import TextIO

_LONGEST_LINE = 1 << 22  # as of somebody with 500 papers, each with its abstract
_LONGEST_RECORD = 8  # lines: a quoted cell may hold line breaks
_BLOCK = 1 << 20
_NAMED_ADDRESS = re.compile(r'\s*"[^"<>]*"\s*<[^<>@\s]+@[^<>@\s]+>\s*')

NumberedLine = tuple[int, str | None]  # None for one that is far too long


class RowError(StrEnum):
    """Why a line cannot be read."""

    NOT_TEXT = "not-text"
    TOO_LONG = "line-too-long"
    OPEN_QUOTE = "quote-not-closed"
    STRAY_QUOTE = "misplaced-quote"
    RAGGED = "too-many-cells"
    NO_ADDRESS = "no-address"


def numbered_lines(stream: TextIO) -> Iterator[NumberedLine]:
    """Each line without its end, whichever it is, numbered from 1."""
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        if line.endswith("\n") or len(line) < _LONGEST_LINE:
            yield number, line.rstrip("\n")
            continue
        while (rest := stream.readline(_BLOCK)) and not rest.endswith("\n"):
            pass
        yield number, None


def read_records(
    lines: Iterator[NumberedLine], delimiter: str
) -> Iterator[tuple[int, list[str] | RowError]]:
    """The cells of each line; of several lines where a quoted cell goes over them."""
    waiting: deque[NumberedLine] = deque()
    while True:
        number, line = waiting.popleft() if waiting else next(lines, (0, None))
        if not number:
            return
        if line is None:
            yield number, RowError.TOO_LONG
        elif "\0" in line:
            yield number, RowError.NOT_TEXT
        elif '"' not in line:
            yield number, line.split(delimiter)
        else:
            record_lines, ahead = [line], deque[NumberedLine]()
            record = parse_record(record_lines, delimiter)
            while record is RowError.OPEN_QUOTE and len(record_lines) < _LONGEST_RECORD:
                more = waiting.popleft() if waiting else next(lines, (0, None))
                if more[0]:
                    ahead.append(more)
                if more[1] is None:
                    break
                record_lines.append(more[1])
                record = parse_record(record_lines, delimiter)
            if isinstance(record, RowError) and len(record_lines) > 1:
                record = RowError.OPEN_QUOTE
                waiting = ahead + waiting  # each of them is looked at by itself
            yield number, record


def parse_record(lines: list[str], delimiter: str) -> list[str] | RowError:
    """The cells of one record; a quote is open where one more quote would close it."""
    try:
        return _parse_strictly(lines, delimiter)
    except csv.Error:
        if len(lines) == 1 and _NAMED_ADDRESS.fullmatch(lines[0]):
            return lines  # a list of addresses with names, as mail programs write them
    try:
        _parse_strictly([*lines[:-1], f'{lines[-1]}"'], delimiter)
    except csv.Error:
        return RowError.STRAY_QUOTE
    return RowError.OPEN_QUOTE


def _parse_strictly(lines: list[str], delimiter: str) -> list[str]:
    ended = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
    usual = csv.field_size_limit(_LONGEST_LINE * _LONGEST_RECORD)
    try:
        return next(csv.reader(ended, delimiter=delimiter, strict=True), [""])
    finally:
        csv.field_size_limit(usual)
