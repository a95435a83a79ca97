"""The whole day on one screen: fetch, keep, summarize, freeze, send, account."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from newsletter import completeness, issues, papers
from newsletter.config import NewsletterSettings, SendingSettings, SiteSettings
from newsletter.db import Database
from newsletter.errors import NewsletterError
from newsletter.models import BatchRow, IssueRow, IssueState, ListingRow
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.theme import Theme
from newsletter.sending import audience, holds, totals
from newsletter.sending.holds import NO_OVERRIDE, Override
from newsletter.sending.rate_limit import Limits
from newsletter.sending.sender import IssueSendResult, SendContext, send_batch, send_issue
from newsletter.sources.base import Source
from newsletter.subscribers.tokens import SignedLinks
from newsletter.summaries import run
from newsletter.summaries.base import Summarizer
from newsletter.summaries.llm_budget import LlmBudget
from newsletter.summaries.run import Estimate, SummaryReport, SummaryRequest, make_missing
from newsletter.transports.base import Transport

Step = Callable[[int], None]  # so many more are done
Bar = Callable[[str, int], AbstractContextManager[Step]]

_MISSED_DAYS_TOLD = 10


class NotYetError(NewsletterError):
    """The day cannot be composed now, and may be later."""


class StoppedError(NewsletterError):
    """Somebody asked to stop before everything was done."""


@dataclass(frozen=True)
class Services:
    """Everything that a day needs, built once in `assembly`."""

    database: Database
    source: Source
    summarizer: Summarizer
    transport: Transport
    site: SiteSettings
    links: SignedLinks
    clock: Callable[[], datetime]
    bar: Bar
    stopping: Callable[[], bool] = field(default=lambda: False)
    looks: Theme = field(default_factory=Theme)
    allowance: LlmBudget = field(default_factory=LlmBudget)
    patience: timedelta = timedelta(hours=24)  # with papers that cannot be had
    max_age_days: int = 4  # older days are never mailed by themselves
    sending: SendingSettings = field(default_factory=SendingSettings)
    marks: Path | None = None  # where a sender leaves its marks; None where nothing really leaves


@dataclass(frozen=True)
class DayReport:
    """What a run did; `result` is None where there was nothing to send."""

    day: date
    digest: IssueContent | None
    made: SummaryReport | None
    result: IssueSendResult | None
    already: bool = False  # an earlier run had done all of it
    nothing: str = ""  # why there is no issue


def run_day(parts: Services, newsletter: NewsletterSettings, day: date | None) -> DayReport:
    """Everything today needs. Safe to repeat: what is done is not done again."""
    now = parts.clock()
    day = day or parts.source.current_day(now)
    with parts.database.read() as session:
        issue = issues.find_issue(session, newsletter.slug, day)
    if issue is not None:
        already = issue.state == IssueState.DONE
        digest = load_frozen_issue(parts, issue.id)
        return DayReport(day, digest, None, send_frozen_issue(parts, issue.id, digest), already)
    rows = fetch(parts, newsletter, day)
    reason = completeness.wait_reason(rows, day, now, parts.patience)
    made = summarize(parts, newsletter, day)  # also while waiting: what fails, the next run heals
    if reason is not None:
        raise NotYetError(reason)
    with parts.database.write.begin() as session:
        digest = issues.compose_issue(session, newsletter, day, parts.summarizer, now)
        if not digest.entries:
            return DayReport(day, None, None, None, nothing=completeness.empty_reason(rows))
        frozen = issues.freeze_issue(session, digest)
        if frozen is not None:
            audience.freeze_audience(session, frozen, now)
        issue_id = (frozen or issues.get_issue(session, newsletter.slug, day)).id
    digest = load_frozen_issue(parts, issue_id)
    return DayReport(day, digest, made, send_frozen_issue(parts, issue_id, digest))


def open_days(parts: Services, newsletter: NewsletterSettings) -> list[date]:
    """The days that a run looks after by itself: the newest, and before it what is left over."""
    newest = parts.source.current_day(parts.clock())
    with parts.database.read() as session:
        left_over = completeness.unfinished_days(
            session, newsletter.slug, newsletter.categories, newest, parts.max_age_days
        )
    return [*left_over, newest]


def missed(parts: Services, newsletter: NewsletterSettings) -> list[date]:
    """Recent days without an issue, which only the operator can ask for."""
    newest = parts.source.current_day(parts.clock())
    with parts.database.read() as session:
        return completeness.missed_days(
            session, newsletter.slug, newsletter.categories, newest, _MISSED_DAYS_TOLD
        )


def fetch(
    parts: Services, newsletter: NewsletterSettings, day: date, *, again: bool = False
) -> list[ListingRow]:
    """Ask the source for what is not known of that day yet, or for all of it, and keep it.

    Raises:
        SourceError: nothing could be learned at all.
    """
    with parts.database.read() as session:
        known = papers.listings(session, day, newsletter.categories)
        described = papers.known_papers(session, day)
    newest = parts.source.current_day(parts.clock())
    good = {row.category for row in known if completeness.is_known(row, newest)}
    missing = [category for category in newsletter.categories if again or category not in good]
    if missing:
        with parts.bar("asking arXiv", len(missing)) as step:
            fetched = parts.source.fetch(missing, day, described)
            step(len(missing))
        with parts.database.write.begin() as session:
            papers.store_fetched(session, fetched, parts.clock())
            known = papers.listings(session, day, newsletter.categories)
    return known


def summarize(
    parts: Services, newsletter: NewsletterSettings, day: date, *, again: bool = False
) -> SummaryReport:
    """Make the sentences that the day's papers lack; `again` also where answers were rejected.

    Raises:
        StoppedError: it was asked to stop; what came so far is kept.
    """
    with parts.database.read() as session:
        announced = papers.announced_papers(session, day, newsletter.categories)
    asking = SummaryRequest(parts.summarizer, newsletter.language, parts.allowance, again)
    with parts.bar("summarizing", len(announced)) as step:

        def progress() -> None:
            step(1)
            if parts.stopping():
                raise StoppedError("stopped while summarizing; run it again to go on")

        listed = [announcement.paper for announcement in announced]
        return make_missing(parts.database.write, asking, listed, parts.clock(), progress)


def estimate(
    parts: Services, newsletter: NewsletterSettings, day: date, *, again: bool = False
) -> Estimate:
    """What `summarize` would ask for, without asking."""
    asking = SummaryRequest(parts.summarizer, newsletter.language, parts.allowance, again)
    with parts.database.read() as session:
        announced = papers.announced_papers(session, day, newsletter.categories)
        return run.estimate(session, asking, [announcement.paper for announcement in announced])


def send_frozen_issue(
    parts: Services, issue_id: int, digest: IssueContent, forced: Override = NO_OVERRIDE
) -> IssueSendResult:
    """Send what is still pending of a frozen issue, unless something holds it."""
    mails = IssueEmails(digest, parts.site, parts.links, parts.looks)
    with parts.database.read() as session:
        pending = totals.delivery_totals(session, issue_id).pending
    if pending:
        mails.proof()
    with parts.bar("sending", pending) as step:
        return send_issue(_sending(parts, step, forced), issue_id, mails)


def deliver_batch(parts: Services, batch_id: int) -> str | None:
    """One share of an issue, as a job of its own; why something in it is still pending."""
    with parts.database.read() as session:
        issue_id = session.get_one(BatchRow, batch_id).issue_id
    mails = IssueEmails(load_frozen_issue(parts, issue_id), parts.site, parts.links, parts.looks)
    mails.proof()
    return send_batch(_sending(parts, lambda _done: None, NO_OVERRIDE), batch_id, mails)


def admit_restored(parts: Services, issue_id: int) -> int:
    """The operator says that the database was restored; how many are uncertain for it."""
    if parts.marks is None:
        return 0
    with parts.database.write.begin() as session:
        issue = session.get_one(IssueRow, issue_id)
        return holds.admit_restored(session, parts.marks, issue, parts.clock())


def _sending(parts: Services, step: Step, forced: Override) -> SendContext:
    limits = parts.sending
    return SendContext(
        database=parts.database,
        transport=parts.transport,
        clock=parts.clock,
        progress=step,
        stopping=parts.stopping,
        folder=parts.marks,
        limits=Limits(limits.per_second, limits.per_hour, limits.per_domain),
        stop_within_s=limits.stop_within_s,
        max_age=timedelta(hours=limits.max_age_h),
        override=forced,
    )


def load_frozen_issue(parts: Services, issue_id: int) -> IssueContent:
    """A frozen issue."""
    with parts.database.read() as session:
        return issues.load_issue(session, session.get_one(IssueRow, issue_id))
