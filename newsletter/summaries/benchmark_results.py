"""How good the sentences are, as it was measured; docs/summaries.md and docs/models.md say more.

Told by `newsletter summarize --report`, so that an operator knows what to expect of a day.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One figure: what it is of, what came out, and how it was come by."""

    what: str
    figure: str
    how: str


OF_QUOTATIONS: tuple[Measurement, ...] = (
    Measurement(
        "authors' sentences usable as they stand",
        "792 of 1044",
        "papers of fifteen fields, judged strictly by language models; weights made from other "
        "papers; 94.2 % of the abstracts have a usable sentence",
    ),
    Measurement(
        "ROUGE-1 / 2 / L against people's sentences",
        "42.6 / 21.3 / 34.7",
        "SciTLDR-A's development split, 619 papers",
    ),
    Measurement("longer than 40 words", "13 of 2,500", "papers drawn at random"),
)
OF_CHECKED_ANSWERS: tuple[Measurement, ...] = (
    Measurement(
        "people's sentences that the checks refuse by mistake",
        "4.9 %",
        "1,453 English ones of SciTLDR-A's development split",
    ),
    Measurement(
        "sentences of another paper of the day that they refuse", "96.8 %", "the same, exchanged"
    ),
    Measurement("altered numbers that they refuse", "88 %", "95 of them with one number changed"),
    Measurement(
        "words turned round that they refuse",
        "47.9 %",
        "334 of them with better for worse, more for less and the like",
    ),
    Measurement(
        "comparisons turned round that they refuse", "69.7 %", "33 of them with a word before than"
    ),
)
