"""The Nu validator: our HTML is HTML."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.gates import specimens, tools

pytestmark = [pytest.mark.slow, specimens.MADE_ONCE]


def errors(folder: Path, htmls: dict[str, str]) -> list[str]:
    """What the validator says against these pages, one line an error."""
    java, jar = tools.need("java", "vnu-jar")
    for name, html in htmls.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    # The JVM starts once for all of them.
    told = subprocess.run(  # noqa: S603 - the validator over our own files
        [java, "-jar", jar, "--errors-only", "--format", "json", "--exit-zero-always", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return [
        f"{Path(each['url']).stem}:{each.get('lastLine', '?')}: {each['message']}"
        for each in json.loads(told.stderr)["messages"]
    ]


def test_the_nu_validator_finds_no_error_in_any_mail(tmp_path: Path) -> None:
    htmls = {
        each.name: each.mail.html for each in (*specimens.all_specimens(), *specimens.large_days())
    }
    assert errors(tmp_path, htmls) == []


def test_the_gate_sees_an_error_and_names_the_page(tmp_path: Path) -> None:
    page = '<!DOCTYPE html><html lang="en"><title>x</title><p><div></p><img src="x">'
    found = errors(tmp_path, {"bad": page, "worse": "<table><b>"})
    assert {each.partition(":")[0] for each in found} == {"bad", "worse"}
