"""How often somebody wants mail: known to commands before a database is."""

from enum import StrEnum


class Rhythm(StrEnum):
    """How often somebody wants mail of a newsletter."""

    DAILY = "daily"
    MONDAY = "monday"  # once a week, as the others
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    PICKS = "picks"  # only what has something for them

    @property
    def weekday(self) -> int | None:
        """Of the weekly ones, as `date.weekday` counts."""
        return None if self in {Rhythm.DAILY, Rhythm.PICKS} else list(Rhythm).index(self) - 1
