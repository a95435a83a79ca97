"""The table in docs/tex.md is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter.tex import to_html, to_text

PAGE = Path(__file__).parents[2] / "docs" / "tex.md"
CELL = re.compile(r"`` (.*?) ``|`([^`]*)`")


def cells(line: str) -> tuple[str, ...]:
    found = [long or short for long, short in CELL.findall(line)]
    return tuple(cell.replace("\\|", "|").replace("⏎", "\n") for cell in found)


ROWS = [
    cells(line) for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
]


def test_the_table_is_there() -> None:
    assert len(ROWS) > 20
    assert all(len(row) == 3 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row_of_the_table_is_what_comes_out(row: tuple[str, ...]) -> None:
    source, text, html = row
    assert to_text(source) == text
    assert to_html(source) == html
