"""caniemail: what of our HTML some mail program does not support."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.gates import specimens, tools

pytestmark = [pytest.mark.slow, specimens.MADE_ONCE]

# A feature that some of the twenty clients lack, and why our mail is whole without it there.
ALLOWED = {
    "aria-label attribute": "the counts over the bar of shares say the same in words",
    "color-scheme meta tag": "asks for the reader's dark; who does not know it shows the light",
    "@media": "only narrower margins on a phone and the dark colours stand in it",
    "<style> element": "every rule that matters is inlined",
    "<body> element": "becomes a <div>; the page's colours stand on the table too",
    "dir attribute": "our languages run left to right, as they do without it",
    "lang attribute": "helps a screen reader to pronounce; nothing is hidden without it",
    "Type selector": "only finer print hangs on it: small words, and scripts that part no lines",
    "role attribute": "helps a screen reader over the frame's table; it reads the same text",
    "word-break": "only an address longer than a line needs it; the page scrolls there instead",
    "border-radius": "a button has square corners",
    "border-spacing": "cells have no borders that could stand apart",
    "max-height property": "the same first words, hidden in a second way",
    "overflow": "the same first words, hidden in a third way",
    "white-space": "the links at the end may break between their words",
    "width attribute": "the width stands in the style, too",
}


def unsupported(folder: Path, htmls: dict[str, str]) -> dict[str, dict[str, list[str]]]:
    """By mail and feature: the clients without it."""
    node, _ = tools.need("node", "caniemail")
    for name, html in htmls.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    told = subprocess.run(  # noqa: S603 - our own script
        [node, str(tools.HERE / "support.mjs"), *(f"{name}.html" for name in htmls)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    found: dict[str, dict[str, list[str]]] = json.loads(told.stdout)
    return {file.removesuffix(".html"): features for file, features in found.items()}


def test_twenty_mail_programs_support_all_that_our_mails_need(tmp_path: Path) -> None:
    every = (*specimens.of_each_kind(), *specimens.large_days())
    htmls = {each.name: each.mail.html for each in every}
    found = unsupported(tmp_path, htmls)
    assert found.keys() == htmls.keys()
    refused = [
        f"{name}: {feature} in {', '.join(clients)}"
        for name, features in found.items()
        for feature, clients in features.items()
        if feature not in ALLOWED
    ]
    assert not refused
    used = {feature for features in found.values() for feature in features}
    assert set(ALLOWED) <= used, "an allowance that nothing needs"


def test_the_gate_sees_what_no_mail_program_supports(tmp_path: Path) -> None:
    html = "<video src='x.mp4'></video><p style='position: fixed'>x</p>"
    seen = unsupported(tmp_path, {"bad": html})["bad"]
    assert {"<video> element", "position"} <= seen.keys()
    assert len({client for clients in seen.values() for client in clients}) <= 20
