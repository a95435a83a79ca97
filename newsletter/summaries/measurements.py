"""How good sentences are, as measured: of quotations, and of a model's checked answers."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """A figure of how good sentences are: what it is of, what came out, how it was come by."""

    what: str
    figure: str
    how: str


# So that an operator knows what to expect of a day; docs/summaries.md and docs/models.md say more.
OF_QUOTATIONS: tuple[Measurement, ...] = (
    Measurement(
        "authors' sentences usable as they stand",
        "68 to 76 %",
        "68 % of 148 unseen papers by a stranger's strict reading of the version before, 76 % of "
        "75 others in this one by its maker's (72 % before); earlier readers found 75 to 80 %",
    ),
    Measurement(
        "ROUGE-1 / 2 / L against people's sentences",
        "42.5 / 21.0 / 34.5",
        "SciTLDR-A's development split, 619 papers",
    ),
    Measurement("longer than 40 words", "11 of 2,500", "papers drawn at random"),
)
OF_CHECKED_ANSWERS: Mapping[str, tuple[Measurement, ...]] = {
    "en": (
        Measurement(
            "people's sentences that the checks refuse by mistake",
            "5.0 %",
            "1,453 English ones of SciTLDR-A's development split",
        ),
        Measurement(
            "sentences of another paper of the day that they refuse",
            "96.8 %",
            "the same, exchanged",
        ),
        Measurement(
            "altered numbers that they refuse", "88 %", "95 of them with one number changed"
        ),
        Measurement(
            "words turned round that they refuse",
            "57.8 %",
            "334 of them with better for worse, more for less and the like",
        ),
        Measurement(
            "comparisons turned round that they refuse",
            "69.7 %",
            "33 of them with a word before than",
        ),
        Measurement(
            "chat, orders and adverts that are printed beside a true sentence",
            "none of 1,008",
            "504 before and 504 behind it; behind a comma 1.7 % of 360",
        ),
    ),
    "zh": (
        Measurement(
            "people's sentences that the checks refuse by mistake",
            "2.0 %",
            "394 Chinese ones of six digests",
        ),
        Measurement(
            "sentences of another paper of the day that they refuse",
            "94.7 %",
            "the same, exchanged",
        ),
        Measurement("denials that they refuse", "86.5 %", "311 of them with 未能 before the verb"),
        Measurement(
            "words turned round that they refuse",
            "58.7 %",
            "235 of them with 降低 for 提升, 劣于 for 优于 and the like",
        ),
        Measurement(
            "chat, orders and adverts that are printed beside a true sentence",
            "none of 1,272",
            "636 before and 636 behind it; behind a comma none of 390",
        ),
    ),
}
_UNMEASURED = (
    Measurement("answers in this language", "not measured", "the checks were tried in en and zh"),
)


def of_checked_answers(language: str) -> tuple[Measurement, ...]:
    """What is known of a model's answers in that language."""
    return OF_CHECKED_ANSWERS.get(language, _UNMEASURED)
