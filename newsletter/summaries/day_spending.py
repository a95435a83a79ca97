"""What all machines asked of a summarizer in a day, counted in the database they share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.database.db import Database
from newsletter.database.missing_rows import insert_missing
from newsletter.models import SummarizerDayRow
from newsletter.summaries.base import Tokens


@dataclass(frozen=True)
class DaySpending:
    """Of a day by UTC. Any thread of any process may ask; what a killed one set aside stays so."""

    database: Database
    clock: Callable[[], datetime]

    def reserve(self, expected: Tokens, objection: Callable[[Tokens], str]) -> str:
        """Set aside what asking once will cost, unless there is an objection to the day's sum."""
        with self.database.row_locked.begin() as session:
            row = self._today(session)
            reason = objection(Tokens(row.tokens_asked, row.tokens_answered) + expected)
            if not reason:
                _add(row, expected)
        return reason

    def charge(self, expected: Tokens, spent: Tokens) -> None:
        """Count what it did cost instead of what was set aside."""
        with self.database.row_locked.begin() as session:
            row = self._today(session)
            _add(row, Tokens(spent.asked - expected.asked, spent.answered - expected.answered))

    def _today(self, session: Session) -> SummarizerDayRow:
        day = self.clock().date()
        fresh = {"day": day, "tokens_asked": 0, "tokens_answered": 0}
        insert_missing(session, SummarizerDayRow, [fresh])
        return session.get_one(SummarizerDayRow, day, with_for_update=True)


def _add(row: SummarizerDayRow, tokens: Tokens) -> None:
    """Never below zero: what was set aside may be of the day before."""
    row.tokens_asked = max(0, row.tokens_asked + tokens.asked)
    row.tokens_answered = max(0, row.tokens_answered + tokens.answered)
