"""Everything that a reader sees is there in every language."""

import io
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract

from newsletter import paths
from newsletter.rendering import phrases
from newsletter.rendering.wording import wording
from newsletter.web import leaving

WEB = Path(leaving.__file__).parent


def asked_for() -> set[str]:
    """Every message of the templates and pages."""
    found: set[str] = set()
    for file in paths.templates().rglob("*"):
        if file.is_file() and file.suffix in {".html", ".txt", ".jinja"}:
            found |= messages("jinja2", file, {})
    for file in (*WEB.glob("*.py"), Path(phrases.__file__)):
        found |= messages(
            "python", file, {"say": None, "_say": None, "count": (1, 2), "_count": (1, 2)}
        )
    return found


def messages(method: str, file: Path, keywords: dict[str, tuple[int, ...] | None]) -> set[str]:
    known = {"_": None, "gettext": None, "ngettext": (1, 2), **keywords}
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}
    rows = extract(method, io.BytesIO(file.read_bytes()), known, options=options)
    return {text if isinstance(text, str) else text[0] for _, text, *_ in rows}


def test_templates_and_pages_ask_for_messages() -> None:
    assert {"New", "%(num)s new", "You are out"} <= asked_for()


def test_chinese_is_complete() -> None:
    catalogue = wording("zh")
    assert not [each for each in asked_for() if each not in catalogue.messages]


def test_chinese_holds_nothing_that_nobody_asks_for() -> None:
    assert set(wording("zh").messages) <= asked_for()


def test_placeholders_survive_translation() -> None:
    import re

    for source, forms in wording("zh").messages.items():
        for form in forms:
            assert set(re.findall(r"%\(\w+\)s", form)) == set(re.findall(r"%\(\w+\)s", source))


@pytest.mark.parametrize(
    ("language", "number", "shown"),
    [("en", 1, "%(num)s paper"), ("en", 0, "%(num)s papers"), ("zh", 1, "%(num)s 篇论文")],
)
def test_plurals_follow_the_language(language: str, number: int, shown: str) -> None:
    assert wording(language).ngettext("%(num)s paper", "%(num)s papers", number) == shown


def test_dates_follow_the_language() -> None:
    day = date(2025, 7, 11)
    assert wording("en").long_date(day) == "Friday, 11 July 2025"
    assert wording("zh").long_date(day) == "2025年7月11日 星期五"
    assert wording("en").short_date(day) == "11 Jul"
