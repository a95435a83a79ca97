"""The findings of checks, in words that say what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    OK = "ok"
    WARNING = "warning"  # works, but somebody should look at it
    TROUBLE = "trouble"  # something will not be done until it is mended


@dataclass(frozen=True)
class Finding:
    """One line about one part; of a trouble or a warning the text says what to do."""

    part: str
    level: Severity
    text: str
