"""The whole day on one screen: fetch, keep, summarize, freeze, send, account."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from newsletter import completeness, papers, slugs
from newsletter.config import NewsletterSettings
from newsletter.daily_run import fetching, summarizing
from newsletter.daily_run.day_report import DayReport
from newsletter.errors import NewsletterError
from newsletter.interests import profile_store
from newsletter.issues import issue_days, issue_edits, issue_queries, issue_store
from newsletter.models import BatchRow, IssueRow, IssueState, ListingRow
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_email import IssueEmails
from newsletter.sending.context import NO_OVERRIDE, Override, SendContext
from newsletter.sending.readers import audience, freezing
from newsletter.sending.reports import totals
from newsletter.sending.reports.totals import IssueSendResult
from newsletter.sending.resend import Resent, resend_issue
from newsletter.sending.sender import send_batch, send_issue
from newsletter.services import Services, Step
from newsletter.sources import calendar
from newsletter.sources.base import SourceError
from newsletter.summaries.summary_report import SummaryReport


class NotYetError(NewsletterError):
    """The day cannot be composed now, and may be later."""


def run_day(
    services: Services,
    newsletter: NewsletterSettings,
    day: date | None,
    not_before: datetime | None = None,
) -> DayReport:
    """Everything today needs, sent `not_before` that moment, if one is given.

    Safe to repeat: what is done is not done again.
    """
    now = services.clock()
    day = day or services.source.current_day(now)
    with services.database.read() as session:
        issue = issue_days.find_issue(session, newsletter.slug, day)
    if issue is not None:
        already = issue.state == IssueState.DONE
        if services.hand_over is not None:
            freeze_rest(services, issue.id)
            return DayReport(day, None, None, None, already)
        content = load_frozen_issue(services, issue.id)
        result = send_frozen_issue(services, issue.id, content)
        return DayReport(day, content, None, result, already)
    prepared = prepare(services, newsletter, day)
    if prepared.waits is not None:
        raise NotYetError(prepared.waits)
    if not_before is not None and any(row.found for row in prepared.rows):
        moment = f"{not_before.astimezone(calendar.ZONE):%d %b %H:%M %Z}"
        later = f"goes out from {moment} on: readers had sending.issues_per_day issues"
        return DayReport(day, None, None, None, nothing=later)
    return freeze_and_send(
        services,
        newsletter,
        prepared.summaries,
        lambda session: issue_store.compose_issue(
            session, newsletter, day, services.summarizer, now
        ),
        completeness.empty_reason(prepared.rows),
    )


@dataclass(frozen=True)
class PreparedDay:
    """A day with its papers and their sentences at hand; `waits` is why it must not go out yet."""

    rows: list[ListingRow]
    summaries: SummaryReport
    waits: str | None


def prepare(services: Services, newsletter: NewsletterSettings, day: date) -> PreparedDay:
    """Fetch and summarize a day, also while it has to wait.

    On the last day on which it is still mailed by itself, what is known of it is enough.

    Raises:
        SourceError: nothing could be learned at all, and nothing is known.
    """
    is_last = is_last_chance(services, day)
    try:
        rows = fetching.fetch(services, newsletter, day).rows
    except SourceError:
        with services.database.read() as session:
            rows = papers.listings(session, day, newsletter.categories)
        if not (is_last and any(row.found for row in rows)):
            raise
    patience = None if is_last else services.patience
    waits = completeness.wait_reason(rows, day, services.clock(), patience)
    return PreparedDay(rows, summarizing.summarize(services, newsletter, day), waits)


def freeze_and_send(
    services: Services,
    newsletter: NewsletterSettings,
    summaries: SummaryReport,
    compose: Callable[[Session], IssueContent],
    empty_reason: str,
) -> DayReport:
    """Compose and freeze in one transaction, with the first who get it; then send."""
    now = services.clock()
    with services.database.write.begin() as session:
        slugs.refuse_former(session, newsletter.slug)
        content = compose(session)
        if not content.entries:
            nothing = issue_edits.ALL_LEFT_OUT if content.omissions else empty_reason
            return DayReport(content.day, None, None, None, nothing=nothing)
        frozen = issue_store.freeze_issue(session, content)
        if frozen is not None:
            is_past = content.day < services.source.current_day(now)
            by = audience.subscribed_by(content.day) if is_past else None
            together = freezing.many_connections(services.transport)
            batches = freezing.freeze_audience(session, frozen, by, together=together)
            if services.hand_over is not None:
                services.hand_over(session, batches)
        issue_id = (frozen or issue_queries.get_issue(session, newsletter.slug, content.day)).id
    if services.hand_over is not None:
        freeze_rest(services, issue_id)
        return DayReport(content.day, content, summaries, None)
    content = load_frozen_issue(services, issue_id)
    result = send_frozen_issue(services, issue_id, content)
    return DayReport(content.day, content, summaries, result)


def freeze_rest(services: Services, issue_id: int) -> None:
    """Write down the recipients that are still to come."""
    freezing.freeze_on(services.database, issue_id, math.inf, services.stopping, services.hand_over)


def is_last_chance(services: Services, day: date) -> bool:
    """Whether that missed day will be too old to be mailed by itself with the next batch."""
    newest = services.source.current_day(services.clock())
    at_most = timedelta(days=services.max_age_days)
    return newest - at_most <= day < min(newest, calendar.next_mailing_day(newest) - at_most)


def send_frozen_issue(
    services: Services, issue_id: int, content: IssueContent, forced: Override = NO_OVERRIDE
) -> IssueSendResult:
    """Send what is still pending of a frozen issue, unless something holds it."""
    mails = issue_emails(services, content, issue_id)
    with services.database.read() as session:
        pending = totals.delivery_totals(session, issue_id).pending
    if pending:
        _make_ready(services, mails)
    with services.bar("sending", pending) as step:
        return send_issue(_send_context(services, step, forced), issue_id, mails)


def resend(services: Services, issue_id: int, email: str, *, again: bool) -> Resent:
    """A frozen issue once more to one reader, by the operator's own act."""
    mails = prepared_emails(services, issue_id)
    context = _send_context(services, lambda _done: None, NO_OVERRIDE)
    return resend_issue(context, issue_id, email, mails, again=again)


def prepared_emails(services: Services, issue_id: int) -> IssueEmails:
    """A frozen issue, ready to be rendered for each reader: templates checked, profiles made."""
    content = load_frozen_issue(services, issue_id)
    mails = issue_emails(services, content, issue_id)
    _make_ready(services, mails)
    return mails


def _make_ready(services: Services, mails: IssueEmails) -> None:
    """Do first what takes long, or tells of a broken template; nothing is claimed yet."""
    mails.check_templates()
    profile_store.make_ready(services.database, services.clock(), services.stopping)


def deliver_batch(
    services: Services, batch_id: int, mails_of: Callable[[int], IssueEmails] | None = None
) -> str | None:
    """One batch of an issue, as a job of its own; why something in it is still pending.

    `mails_of`: the mails by issue, where the caller keeps them from one batch to the next. A batch
    that is not there (any more) has nothing pending.
    """
    with services.database.read() as session:
        batch = session.get(BatchRow, batch_id)
    if batch is None:
        return None
    mails = mails_of(batch.issue_id) if mails_of else prepared_emails(services, batch.issue_id)
    return send_batch(_send_context(services, lambda _done: None, NO_OVERRIDE), batch_id, mails)


def _send_context(services: Services, step: Step, forced: Override) -> SendContext:
    return SendContext(
        database=services.database,
        transport=services.transport,
        clock=services.clock,
        progress=step,
        stopping=services.stopping,
        journals=services.journals,
        memory=services.memory,
        limits=services.sending,
        override=forced,
        for_one=not services.site.url,
    )


def issue_emails(services: Services, content: IssueContent, issue_id: int | None) -> IssueEmails:
    """The mails of an issue, also for readers who lack those before it; None for one not frozen."""

    def since(had_issue: int) -> IssueContent:
        with services.database.read() as session:
            return issue_store.load_since(session, content, had_issue, issue_id)

    return IssueEmails(content, services.site, services.links, services.theme, since)


def load_frozen_issue(services: Services, issue_id: int) -> IssueContent:
    """Load the content of a frozen issue."""
    with services.database.read() as session:
        return issue_store.load_issue(session, session.get_one(IssueRow, issue_id))
