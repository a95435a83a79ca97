"""axe-core in a real browser: light and dark, on a phone and on a desk."""

import pytest

from tests.gates import specimens
from tests.gates.browser import MAIL_WIDTHS, SCHEMES, Eyes
from tests.gates.specimens import Specimen

pytestmark = pytest.mark.slow


def test_a_large_day_is_legible_too(eyes: Eyes) -> None:
    (specimen,) = (each for each in specimens.large_days() if each.name == "large-317-zh-brief")
    for scheme in SCHEMES:
        assert not eyes.look(specimen.mail.html, 360, scheme).faults


@pytest.mark.parametrize("specimen", specimens.of_each_kind(), ids=lambda each: each.name)
def test_a_mail_is_legible_light_and_dark_on_a_phone_and_on_a_desk(
    eyes: Eyes, specimen: Specimen
) -> None:
    faults = [
        f"{width} px, {scheme}: {fault}"
        for width in MAIL_WIDTHS
        for scheme in SCHEMES
        for fault in eyes.look(specimen.mail.html, width, scheme).faults
    ]
    assert not faults
