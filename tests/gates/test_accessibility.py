"""axe-core in a real browser: light and dark, on a phone and on a desk."""

import itertools

import pytest

from tests.gates import specimens
from tests.gates.browser import MAIL_WIDTHS, SCHEMES, Eyes
from tests.gates.specimens import Specimen

pytestmark = pytest.mark.slow


def test_a_large_day_is_legible_too(eyes: Eyes) -> None:
    (specimen,) = (each for each in specimens.large_days() if each.name == "large-317-zh-brief")
    looks = eyes.looks(specimen.mail.html, [(360, scheme) for scheme in SCHEMES])
    assert [look.faults for look in looks] == [[], []]


@pytest.mark.parametrize("specimen", specimens.of_each_kind(), ids=lambda each: each.name)
def test_a_mail_is_legible_light_and_dark_on_a_phone_and_on_a_desk(
    eyes: Eyes, specimen: Specimen
) -> None:
    views = list(itertools.product(MAIL_WIDTHS, SCHEMES))
    faults = [
        f"{width} px, {scheme}: {fault}"
        for (width, scheme), look in zip(views, eyes.looks(specimen.mail.html, views), strict=True)
        for fault in look.faults
    ]
    assert not faults
