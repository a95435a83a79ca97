"""A line's trouble is that line's alone; an address has one form, on the fast way too; no cell is a
formula, and every cell comes back.
"""

import csv
import io
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.errors import WrongUseError
from newsletter.subscribers import addresses
from newsletter.subscribers.list_import import import_files, list_encoding
from newsletter.subscribers.list_import.csv_format import (
    RowError,
    numbered_lines,
    read_records,
)
from newsletter.subscribers.list_import.import_files import ImportEntry
from newsletter.text import escape_cell, unescape_cell

_LOCAL = st.text("abZ09.+-_'!#=@\" \\(", max_size=70)
_DOMAIN = st.one_of(
    st.from_regex(r"[a-zA-Z0-9-]{1,66}(\.[a-zA-Z0-9-]{1,12}){0,4}\.?", fullmatch=True),
    st.sampled_from(
        ["x.example", "XN--BCHER-KVA.example", "xn--a.example", "[127.0.0.1]", "x.test"]
    ),
    st.sampled_from(
        ["localhost", "x.local", "x.invalid", "1.2.3.4", "a..b", "x_y.org", "bücher.de"]
    ),
)
_ANY_SCRIPT = st.text(
    st.characters(categories=["L", "M", "N", "P", "S"], include_characters="\u0308\u0307.+'\""),
    min_size=1,
    max_size=12,
)
_WRITTEN = st.one_of(st.builds("{}@{}".format, _LOCAL, _DOMAIN), st.text(max_size=30))


def outcome(way: str, address: str) -> str | None:
    try:
        return str(getattr(addresses, way)(address))
    except WrongUseError:
        return None


@given(_WRITTEN)
@example("a" * 64 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 57 + ".org")
@example("a" * 65 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 60 + ".org")
@example("a@xn--bcher-kva.example")
@example("ADA+Tag@Reader.EXAMPLE")
@example(" ada@reader.example\t")
@example("postmaster@x.example\n")
@example("a@b@reader.example")
@example('"a"@reader.example')
@example("ａ@reader.example")
def test_the_fast_way_and_the_library_agree(address: str) -> None:
    assert outcome("normalize_address", address) == outcome("_checked", address.strip())


@given(st.emails())
def test_a_good_address_stays_good_and_is_its_own_form(address: str) -> None:
    form = outcome("normalize_address", address)
    if form is not None:
        assert form == addresses.normalize_address(form) == form.lower()
        assert form.isascii()
        assert form.isprintable()


@given(_ANY_SCRIPT, _DOMAIN)
@example("\u0130", "bücher.de")
@example("\u212a\u2126", "x.example")
@example("Σ.Σ", "x.example")
@example("J\u030c", "x.example")
@example("\u1fbc\u0345", "x.example")
def test_an_address_of_any_script_has_one_form_however_it_is_spelt(local: str, domain: str) -> None:
    form = outcome("normalize_address", f"{local}@{domain}")
    if form is not None:
        assert form == addresses.normalize_address(form) == form.lower()
        assert form == unicodedata.normalize("NFC", form)
        assert form.isprintable()
        assert form.rpartition("@")[2].isascii()
        assert len(form.encode()) <= 254
        assert unescape_cell(escape_cell(form)) == form
        for spelling in ("NFC", "NFD"):
            written = unicodedata.normalize(spelling, f"{local}@{domain}")
            assert outcome("normalize_address", written) in {form, None}


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r", "\n", "  =", "＝", "＠", "＋", "－", "'"]
)
def test_what_a_spreadsheet_would_compute_is_text(start: str) -> None:
    assert escape_cell(f"{start}cmd|' /C calc'!A0").startswith("'")


@given(st.one_of(st.text(max_size=20), st.text("'=+-@ \tab", max_size=6)))
def test_every_cell_comes_back(cell: str) -> None:
    assert unescape_cell(escape_cell(cell)) == cell
    assert escape_cell(cell).lstrip()[:1] not in set("=+-@＝＋－＠")


def found(text: str, delimiter: str = ",") -> list[tuple[int, list[str] | RowError]]:
    return list(read_records(numbered_lines(io.StringIO(text, newline=None)), delimiter))


@given(st.lists(st.lists(st.text("ab,;\" \n'", max_size=6), min_size=2, max_size=4), max_size=5))
def test_what_the_csv_library_writes_is_read_back(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    read = [cells for _, cells in found(written.getvalue())]
    flat = [row for row in rows if sum(cell.count("\n") for cell in row) < 8]
    assert [row for row in read if row in flat] == [row for row in flat if row in read]
    if flat == rows:
        assert read == rows


@given(st.text('a,"\n\r\0@=', max_size=80))
def test_no_text_is_too_wild_and_no_line_is_lost(text: str) -> None:
    read = found(text)
    numbers = [number for number, _ in read]
    assert numbers == sorted(set(numbers))
    assert all(isinstance(cells, list) or cells in set(RowError) for _, cells in read)


def test_an_unclosed_quote_costs_its_own_line_only() -> None:
    text = 'a,1\n"b,2\nc,3\n' + "\n".join(f"d{number},4" for number in range(20))
    read = found(text)
    assert read[:3] == [(1, ["a", "1"]), (2, RowError.OPEN_QUOTE), (3, ["c", "3"])]
    assert len(read) == 23


def test_each_trouble_has_its_name() -> None:
    text = f'a"b,1\n"a"b,2\nx\0y,3\n{"z" * 5_000_000},4\n"two\nlines",5\nlast,6'
    assert found(text) == [
        (1, ['a"b', "1"]),
        (2, RowError.STRAY_QUOTE),
        (3, RowError.NOT_TEXT),
        (4, RowError.TOO_LONG),
        (5, ["two\nlines", "5"]),
        (7, ["last", "6"]),
    ]


PEOPLE = "Name,E-Mail Address,Note\nÄda,ada@reader.example,ü\nBob,bob@reader.example,–\n"


def entries(file: Path, **options: str) -> list[ImportEntry]:
    seen = list_encoding.survey_file(file, options.get("encoding"))
    return list(import_files.read_entries(file, seen.encoding, options.get("column")))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_line_end_and_delimiter(
    tmp_path: Path, encoding: str, end: str, delimiter: str
) -> None:
    file = tmp_path / "people"
    text = PEOPLE.replace(",", delimiter).replace("\n", end)
    file.write_bytes(text.encode(encoding))
    assert [each.cells for each in entries(file)] == [
        {"email": "ada@reader.example"},
        {"email": "bob@reader.example"},
    ]


def test_an_encoding_that_nobody_can_guess_can_be_named(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes("姓名,邮箱\n阿达,ada@reader.example\n".encode("gb18030"))
    (read,) = entries(file, encoding="gb18030")
    assert read.cells == {"email": "ada@reader.example"}
    with pytest.raises(WrongUseError, match="there is no encoding 'klingon'"):
        entries(file, encoding="klingon")


def test_mixed_line_ends_and_a_list_without_a_header(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"Ada,ada@reader.example\r\nBob,bob@reader.example\rC,c@reader.example\n\n")
    assert [(each.line, each.cells["email"]) for each in entries(file)] == [
        (1, "ada@reader.example"),
        (2, "bob@reader.example"),
        (3, "c@reader.example"),
    ]


def test_fifty_columns_and_the_one_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    names = [f"c{number}" for number in range(49)] + ["Kontakt"]
    file.write_text(",".join(names) + "\n" + "," * 49 + "ada@reader.example\n")
    (read,) = entries(file, column="kontakt")
    assert read.cells == {"email": "ada@reader.example"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            "first,last\nAda,Lovelace\n",
            "has no column with addresses; its columns are: first, last",
        ),
        ("first,last\nAda,Lovelace\n", "--column"),
        ("", "is empty"),
        ("\n\n", "is empty"),
    ],
)
def test_a_list_without_addresses_is_refused_in_one_line(
    tmp_path: Path, content: str, line: str
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(content)
    with pytest.raises(WrongUseError, match=line):
        entries(file)


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00")
@example(b"{")
@example(b"[[[[[")
@example(b"email\n\x81\n")
def test_no_file_brings_the_reader_down(content: bytes) -> None:
    file = Path("any")
    file.write_bytes(content)
    with suppress(WrongUseError):
        read = entries(file)
        assert all(each.flaw or each.cells["email"].strip() for each in read)


def test_json_lines_and_lists_one_object_a_line(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    deep = "[" * 100_000
    file.write_text(
        '[\n{"E-mail": "ada@reader.example", "lists": ["audio"]},\n{"email": null}\n7,\n'
        f'{{"email": 1\n{{"x":\n{deep[:60_000]}\n]\n'
    )
    assert [(each.flaw, dict(each.cells)) for each in entries(file)] == [
        (None, {"email": "ada@reader.example", "newsletters": "audio"}),
        (RowError.NO_ADDRESS, {"email": ""}),
        (RowError.NOT_TEXT, {}),
        (RowError.NOT_TEXT, {}),
        (RowError.NOT_TEXT, {}),
        (RowError.NOT_TEXT, {}),
    ]
