"""Mails are byte for byte what they were, until somebody means to change them.

`make mails` writes them anew after a change that is meant; look at the difference first.
"""

import os
import zipfile
from functools import cache
from pathlib import Path

import pytest

from newsletter.languages import CODES
from tests.gates.specimens import AT_LENGTH, all_specimens

GOLDEN = Path(__file__).parents[1] / "data" / "mails.zip"
# The bundled day in each language at each level, and every mail outside of issues.
OTHERS = set(CODES) - set(AT_LENGTH)  # languages whose mails differ in words only
SPECIMENS = {
    each.name: each
    for each in sorted(all_specimens(), key=lambda specimen: specimen.name)
    if not each.name.startswith("busy") and not OTHERS & set(each.name.split("-"))
}


@cache
def golden() -> dict[str, bytes]:
    with zipfile.ZipFile(GOLDEN) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module", autouse=True)
def _written_anew_where_that_is_meant() -> None:
    if os.environ.get("WRITE_MAILS"):
        with zipfile.ZipFile(GOLDEN, "w", compresslevel=9) as archive:
            for name, specimen in SPECIMENS.items():
                entry = zipfile.ZipInfo(name, (2025, 7, 11, 0, 0, 0))  # the same bytes each time
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, specimen.mail.as_bytes())
        golden.cache_clear()


def test_no_mail_is_left_out() -> None:
    assert sorted(golden()) == list(SPECIMENS)


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_mail_is_byte_for_byte_what_it_was(name: str) -> None:
    now = SPECIMENS[name].mail.as_bytes()
    lines = [
        (number, was, is_now)
        for number, (was, is_now) in enumerate(
            zip(golden()[name].split(b"\r\n"), now.split(b"\r\n"), strict=False), start=1
        )
        if was != is_now
    ]
    assert not lines[:5]
    assert golden()[name] == now
