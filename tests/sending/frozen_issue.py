"""An issue that is frozen for readers of several domains, and a server that judges each of them."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from sqlalchemy import func, select

from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.models import SuppressionRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.sending.context import NO_OVERRIDE
from newsletter.sending.reports.totals import IssueSendResult
from newsletter.sending.sender import send_issue
from newsletter.services import Services
from newsletter.transports.base import Transport
from newsletter.transports.smtp.transport import Smtp
from tests.transports.smtp_standins import GOOD_REPLIES, OddSmtp, smtp_settings

HOUR = timedelta(hours=1)
READERS, DOMAINS = 60, 6
EMAILS = [f"r{number:02}@d{number % DOMAINS}.example" for number in range(READERS)]


class SmtpByReader(OddSmtp):
    """Answers each recipient as it is told to, and writes down whom it took a mail for."""

    def __init__(self, judge: Callable[[str], str | None], **replies: str | list[str]) -> None:
        super().__init__(**replies)
        self._judge = judge
        self.asked: list[str] = []
        self.taken: Counter[str] = Counter()

    def next_reply(self, when: str) -> str:
        if when == "RCPT":
            found = re.search(rb"<(.+)>", self.lines[-1])
            assert found
            self.asked.append(found[1].decode())
            return self._judge(self.asked[-1]) or GOOD_REPLIES["RCPT"]
        reply = super().next_reply(when)
        if when == "." and reply.startswith("250"):
            self.taken[self.asked[-1]] += 1
        return reply


@dataclass
class Run:
    """Sends the frozen issue by a transport, without waiting."""

    settings: Settings
    issue_id: int
    parts: Services
    waited: list[float] = field(default_factory=list)

    def by(
        self,
        transport: Transport,
        after: timedelta = timedelta(),
        stopping: Callable[[], bool] = lambda: False,
    ) -> IssueSendResult:
        used = replace(self.parts, transport=transport, clock=lambda: datetime.now(UTC) + after)
        context = daily._send_context(used, lambda _done: None, NO_OVERRIDE)
        context.sleep, context.stopping = self.waited.append, stopping
        try:
            return send_issue(context, self.issue_id, self._mails)
        finally:
            transport.close()

    @cached_property
    def _mails(self) -> IssueEmails:
        """Rendered once: what is frozen stays the same."""
        content = daily.load_frozen_issue(self.parts, self.issue_id)
        return IssueEmails(content, self.parts.site, self.parts.links, self.parts.theme)


def smtp(server: OddSmtp, connections: int = 1) -> Smtp:
    return Smtp(smtp_settings(server.port, connections=connections))


def suppressed(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(SuppressionRow)) or 0
