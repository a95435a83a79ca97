"""Every mail as our own inspection sees it: raw bytes, weight, links, whether the parts agree."""

import re
from functools import partial
from pathlib import Path

import pytest

from newsletter import config
from newsletter.finding import Severity
from newsletter.rendering.inspection import inspect
from tests.gates import days, specimens
from tests.gates.specimens import Specimen


def troubles(specimen: Specimen) -> list[str]:
    found = inspect(specimen.mail)
    return [f"{each.part}: {each.text}" for each in found if each.level is Severity.TROUBLE]


@pytest.mark.parametrize("specimen", specimens.all_specimens(), ids=lambda each: each.name)
def test_nothing_is_wrong_with_a_mail(specimen: Specimen) -> None:
    assert not troubles(specimen)


@pytest.mark.slow
@specimens.MADE_ONCE
def test_nothing_is_wrong_with_a_large_day_and_its_first_lines_say_what_is_not_in_it() -> None:
    for specimen in specimens.large_days():
        assert not troubles(specimen), specimen.name
        first = "".join(specimen.mail.text.split())[:1000]
        assert re.search(r"Allherebut|Ontheweb:|在网页上", first), specimen.name


@pytest.mark.skipif(not days.real_days(), reason="no real days here")
@pytest.mark.parametrize("language", config.LANGUAGES)
@pytest.mark.parametrize(
    "file", days.real_days(), ids=lambda file: f"{file.parent.name}-{file.stem}"
)
@pytest.mark.slow
def test_nothing_is_wrong_with_a_mail_of_a_real_day(file: Path, language: str) -> None:
    day = partial(days.real_day, file, language)
    for specimen in specimens.issue(file.stem, language, day, config.DETAILS):
        assert not troubles(specimen), specimen.name
