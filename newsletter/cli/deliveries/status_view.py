"""`deliveries status` shows this: read at once, then printed, drawn or written as JSON."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.printing import day_output, output
from newsletter.text import counted, short_day

if TYPE_CHECKING:
    from datetime import datetime

    from rich.table import Table

    from newsletter.database.db import Database
    from newsletter.models import IssueRow
    from newsletter.sending.reports.stats import Reason
    from newsletter.sending.reports.totals import DeliveryTotals

_STATES = ("pending", "sending", "sent", "skipped", "failed", "uncertain")


@dataclass(frozen=True)
class StatusView:
    """An issue at one moment."""

    issue: "IssueRow"
    account: "DeliveryTotals"
    at: "datetime"
    reasons: "list[Reason]"
    feedback: dict[str, int]
    resent: dict[str, int]  # by the operator, apart from the account
    paused: dict[str, str]
    rate: float | None = None  # mails a second, while some are pending
    senders: dict[str, int] = field(default_factory=dict)  # batches in hand, by worker
    domains: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """State, number and reason; `sent` needs none, `pending` may have several."""
        explained = [(reason.state, reason.number, reason.reason) for reason in self.reasons]
        return [("sent", self.account.sent, ""), *explained]


def read_status(
    database: "Database",
    issue: "IssueRow",
    now: "datetime",
    *,
    by_domain: bool = False,
    before: StatusView | None = None,
) -> StatusView:
    """How it stands; the rate is since the last look, where there was one."""
    from newsletter.sending import resend
    from newsletter.sending.reports import stats, totals

    with database.read() as session:
        account = totals.delivery_totals(session, issue.id)
        rate = None
        if not account.balances:
            rate = (
                stats.rate(session, issue.id, now)
                if before is None
                else _rate_since(before, account, now)
            )
        return StatusView(
            issue=issue,
            account=account,
            at=now,
            reasons=stats.reasons(session, issue.id),
            feedback=stats.feedback(session, issue.id),
            resent=resend.count_resends(session, issue.id),
            paused=stats.paused(session, now),
            rate=rate,
            senders=stats.senders(session, issue.id, now),
            domains=stats.domains(session, issue.id) if by_domain else {},
        )


def as_json(view: StatusView) -> dict[str, Any]:
    return {
        "newsletter": view.issue.newsletter,
        "day": view.issue.day,
        **vars(view.account),
        "reasons": [vars(reason) for reason in view.reasons],
        "feedback": view.feedback,
        "resent": view.resent,
        "paused": view.paused,
        "per_second": view.rate,
        "senders": view.senders,
        "domains": view.domains,
    }


def print_status(view: StatusView) -> None:
    click.echo(_head(view))
    if view.reasons:
        output.print_table(("state", "number", "reason"), view.rows)
    for line in _lines(view):
        click.echo(line)
    if view.domains:
        output.print_table(("domain", *_STATES), _domain_rows(view))


def render_status(view: StatusView) -> "Table":
    """The same for a terminal that shows it live."""
    from rich.table import Table
    from rich.text import Text

    frame = Table.grid()
    frame.add_row(Text(_head(view)))
    frame.add_row(_table(("state", "number", "reason"), view.rows))
    for line in _lines(view):
        frame.add_row(Text(line))
    if view.domains:
        frame.add_row(_table(("domain", *_STATES), _domain_rows(view)))
    return frame


def _table(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[number], int) for row in rows)
        table.add_column(name, justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    return table


def _head(view: StatusView) -> str:
    issue = view.issue
    return f"{issue.newsletter}  {short_day(issue.day)}  {day_output.balance_text(view.account)}"


def _lines(view: StatusView) -> list[str]:
    lines = []
    if view.feedback:
        told = ", ".join(f"{number} {kind}" for kind, number in view.feedback.items())
        lines.append(f"feedback: {told}")
    if view.resent:
        told = ", ".join(f"{number} {state}" for state, number in view.resent.items())
        lines.append(f"once more, by `newsletter resend`: {told}")
    if view.rate is not None:
        lines.append(f"rate: {view.rate:.1f} a second{_left(view)}")
    if view.senders:
        named = ", ".join(view.senders)
        lines.append(f"sent by {counted(len(view.senders), 'worker')}: {named}")
    lines += [f"paused: {domain} {why}" for domain, why in view.paused.items()]
    return lines


def _left(view: StatusView) -> str:
    if not view.rate:
        return ""
    seconds = int(view.account.pending / view.rate)
    return f", {seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} left"


def _rate_since(before: StatusView, account: "DeliveryTotals", now: "datetime") -> float:
    seconds = (now - before.at).total_seconds()
    fewer = before.account.pending - account.pending
    return max(0.0, fewer / seconds) if seconds > 0 else 0.0


def _domain_rows(view: StatusView) -> list[tuple[object, ...]]:
    return [
        (domain, *(states.get(state, 0) for state in _STATES))
        for domain, states in view.domains.items()
    ]
