"""The whole day on one screen: fetch, keep, summarize, freeze, send, account."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime

from newsletter import issues, papers
from newsletter.config import NewsletterSettings, Site
from newsletter.db import Database
from newsletter.delivery import accounts, ledger
from newsletter.delivery.sending import Result, Sending, send_issue
from newsletter.delivery.transports.outcomes import Transport
from newsletter.errors import NewsletterError
from newsletter.models import IssueRow, IssueState, ListingRow
from newsletter.rendering.content import Digest
from newsletter.rendering.mails import IssueMails
from newsletter.sources.announced import ListingState, Source
from newsletter.subscribers.links import Links
from newsletter.summaries.making import Made, make_missing
from newsletter.summaries.sentence import Summarizer

Step = Callable[[int], None]  # so many more are done
Bar = Callable[[str, int], AbstractContextManager[Step]]

# A listing that is known. An empty one may only have come too early, so it is asked for again.
_GOOD = (ListingState.COMPLETE, ListingState.UNCHECKED, ListingState.SAMPLE)


class NotYetError(NewsletterError):
    """The day cannot be composed now, and may be later."""


@dataclass(frozen=True)
class Parts:
    """Everything that a day needs, built once in `assembly`."""

    database: Database
    source: Source
    summarizer: Summarizer
    transport: Transport
    site: Site
    links: Links
    clock: Callable[[], datetime]
    bar: Bar
    stopping: Callable[[], bool] = field(default=lambda: False)


@dataclass(frozen=True)
class DayReport:
    """What a run did; `result` is None where there was nothing to send."""

    day: date
    digest: Digest | None
    made: Made | None
    result: Result | None
    already: bool = False  # an earlier run had done all of it


def run_day(parts: Parts, newsletter: NewsletterSettings, day: date | None) -> DayReport:
    """Everything today needs. Safe to repeat: what is done is not done again."""
    now = parts.clock()
    day = day or parts.source.current_day(now)
    with parts.database.read() as session:
        issue = issues.find(session, newsletter.slug, day)
    if issue is not None:
        already = issue.state == IssueState.DONE
        return DayReport(day, load(parts, issue.id), None, deliver(parts, issue.id), already)
    fetch(parts, newsletter, day)
    made = summarize(parts, newsletter, day)
    with parts.database.write.begin() as session:
        digest = issues.compose(session, newsletter, day, parts.summarizer.name, now)
        if not digest.entries:
            return DayReport(day, None, None, None)
        frozen = issues.freeze(session, digest)
        if frozen is not None:
            ledger.freeze_audience(session, frozen, now)
        issue_id = (frozen or issues.known(session, newsletter.slug, day)).id
    return DayReport(day, load(parts, issue_id), made, deliver(parts, issue_id))


def fetch(parts: Parts, newsletter: NewsletterSettings, day: date) -> list[ListingRow]:
    """Ask the source for what is not known of that day yet, and keep it.

    Raises:
        NotYetError: a category still shows another day.
        SourceError: the source could not be asked.
    """
    with parts.database.read() as session:
        known = papers.listings(session, day, newsletter.categories)
    good = {row.category for row in known if row.state in _GOOD}
    missing = [category for category in newsletter.categories if category not in good]
    if missing:
        fetched = parts.source.fetch(missing, day)
        with parts.database.write.begin() as session:
            papers.keep(session, fetched, parts.clock())
            known = papers.listings(session, day, newsletter.categories)
    stale = [row for row in known if row.state == ListingState.STALE]
    if stale:
        names = ", ".join(row.category for row in stale)
        if day < parts.source.current_day(parts.clock()):
            raise NotYetError(
                f"{day} is past, and the source holds only the newest batch of {names};"
                f" `newsletter fetch --day {day} --from-file FILE` takes saved answers"
            )
        raise NotYetError(
            f"arXiv has not announced {names} of {day} yet ({stale[0].source}); run it again later"
        )
    return known


def summarize(parts: Parts, newsletter: NewsletterSettings, day: date) -> Made:
    """Make the sentences that the day's papers lack."""
    with parts.database.read() as session:
        announced = papers.announced(session, day, newsletter.categories)
    with parts.bar("summarizing", len(announced)) as step:
        return make_missing(
            parts.database.write,
            parts.summarizer,
            [each.paper for each in announced],
            newsletter.language,
            parts.clock(),
            lambda: step(1),
        )


def deliver(parts: Parts, issue_id: int) -> Result:
    """Send what is still pending of a frozen issue."""
    mails = IssueMails(load(parts, issue_id), parts.site, parts.links)
    with parts.database.read() as session:
        pending = accounts.account(session, issue_id).pending
    with parts.bar("sending", pending) as step:
        sending = Sending(parts.database, parts.transport, parts.clock, step, parts.stopping)
        return send_issue(sending, issue_id, mails)


def load(parts: Parts, issue_id: int) -> Digest:
    """A frozen issue."""
    with parts.database.read() as session:
        return issues.load(session, session.get_one(IssueRow, issue_id))
