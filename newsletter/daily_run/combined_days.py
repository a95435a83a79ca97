"""One issue of several days that were missed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from newsletter import completeness
from newsletter.config import NewsletterSettings
from newsletter.daily_run import daily
from newsletter.daily_run.catch_up import Days
from newsletter.daily_run.day_report import DayReport
from newsletter.issues import issue_days, issue_store
from newsletter.rendering.several_days import combine_days
from newsletter.services import Services
from newsletter.sources.base import SourceError


def run_combined_days(services: Services, newsletter: NewsletterSettings, days: Days) -> DayReport:
    """Days in a row: of those before and after one that waits or has an issue, the older first.

    A day that has to wait leaves the others their issue, and comes with a later run.

    Raises:
        NotYetError: none of the days can be composed yet.
    """
    now = services.clock()
    in_a_row, waits = _prepare_in_a_row(services, newsletter, days)
    ready = next(filter(_has_papers, in_a_row), None) or next(filter(None, in_a_row), None)
    if ready is None:
        raise daily.NotYetError("; ".join(waits))
    report = daily.freeze_and_send(
        services,
        newsletter,
        ready[max(ready)].summaries,
        lambda session: combine_days(
            [
                issue_store.compose_issue(session, newsletter, day, services.summarizer, now)
                for day in ready
            ]
        ),
        "; ".join(completeness.empty_reason(prepared.rows) for prepared in ready.values()),
    )
    waits += [
        f"{day} comes with a later run" for row in in_a_row if row is not ready for day in row
    ]
    return replace(report, waiting="; ".join(waits))


def _prepare_in_a_row(
    services: Services, newsletter: NewsletterSettings, days: Days
) -> tuple[list[dict[date, daily.PreparedDay]], list[str]]:
    """The days that are ready, parted at those that wait or have an issue; and why some wait."""
    in_a_row: list[dict[date, daily.PreparedDay]] = [{}]
    waits = []
    with services.database.read() as session:
        out = issue_days.covered_days(session, newsletter.slug)
    for day in days:
        if in_a_row[-1] and any(max(in_a_row[-1]) < done < day for done in out):
            in_a_row.append({})
        try:
            prepared = daily.prepare(services, newsletter, day)
        except SourceError as error:
            why = str(error)
        else:
            if prepared.waits is None:
                in_a_row[-1][day] = prepared
                continue
            why = prepared.waits
        waits.append(f"{day} waits: {why}")
        in_a_row.append({})
    return in_a_row, waits


def _has_papers(days: Mapping[date, daily.PreparedDay]) -> bool:
    return any(row.found for prepared in days.values() for row in prepared.rows)
