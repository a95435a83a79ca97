"""The result of a run for a day, and the report of a day of which nothing is left to do.

Most runs find everything done. So this asks for numbers only, and loads nothing that fetches,
renders or sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from newsletter.issues import issue_days
from newsletter.models import IssueEntryRow, IssueState
from newsletter.sending.reports.totals import IssueSendResult, totals_of
from newsletter.services import Services

if TYPE_CHECKING:
    from newsletter.rendering.issue_content import IssueContent
    from newsletter.summaries.summary_report import SummaryReport


@dataclass(frozen=True)
class DayReport:
    """The result of a run; `result` is None where there was nothing to send."""

    day: date
    content: "IssueContent | None"
    summaries: "SummaryReport | None"
    result: IssueSendResult | None
    already: bool = False  # an earlier run had done all of it
    nothing: str = ""  # why there is no issue
    sections: Mapping[str, int] = field(default_factory=dict)  # papers, where content is None
    found_later: int = 0  # papers of earlier days, where content is None
    waiting: str = ""  # why other days, which it was to hold as well, do not stand in it

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left for a later run."""
        return not self.waiting and (self.result is None or self.result.is_done)

    @property
    def asked_in_vain(self) -> bool:
        """Whether a model was asked, and next to nothing of it can be printed."""
        return bool(self.summaries and self.summaries.nothing_usable)


def done_before(services: Services, slug: str, day: date) -> DayReport | None:
    """The report of an issue that everybody has; None where something may be left to do."""
    with services.database.read() as session:
        issue = issue_days.find_issue(session, slug, day)
        if issue is None or issue.state != IssueState.DONE:
            return None
        account = totals_of(session, issue)
        if account.pending or account.uncertain:  # what came back late may tell of these
            return None
        rows = session.execute(
            select(IssueEntryRow.section, func.count(), func.count(IssueEntryRow.announced_on))
            .where(IssueEntryRow.issue_id == issue.id)
            .group_by(IssueEntryRow.section)
        ).all()
    sections = {section: papers - late for section, papers, late in rows}
    found_later = sum(late for _, _, late in rows)
    result = IssueSendResult(account, None)
    return DayReport(day, None, None, result, True, "", sections, found_later)
