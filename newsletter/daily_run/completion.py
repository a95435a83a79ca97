"""A day whose issue is out and lacks papers, asked about anew by the operator."""

from datetime import date

from newsletter import completeness, papers
from newsletter.config import NewsletterSettings
from newsletter.daily_run import catch_up
from newsletter.issues import issue_days, late_papers
from newsletter.services import Services
from newsletter.sources import calendar
from newsletter.sources.base import ListingState, SourceError
from newsletter.text import counted


def complete_issue(services: Services, newsletter: NewsletterSettings, day: date) -> str:
    """Ask anew about a day whose issue is out and lacks papers, however long ago it was.

    Returns:
        What was found or is still lacking; nothing where the day lacks nothing.
    """
    slug, categories = newsletter.slug, newsletter.categories
    newest = services.source.current_day(services.clock())
    reach = calendar.PAGES_REACH.days
    with services.database.read() as session:
        to_ask = issue_days.days_to_ask_anew(session, slug, categories, newest, reach)
        is_out = day in issue_days.covered_days(session, slug)
    why = f"arXiv's pages of past days reach {reach} days back"
    if is_out and day in to_ask:
        try:
            catch_up.ask_anew(services, newsletter, day)
            why = "arXiv's page of that day was asked again"
        except SourceError as error:
            why = str(error)
    return _describe_completion(services, newsletter, day, why) if is_out else ""


def _describe_completion(
    services: Services, newsletter: NewsletterSettings, day: date, why: str
) -> str:
    newest = services.source.current_day(services.clock())
    told = []
    with services.database.read() as session:
        after = calendar.next_mailing_day(newest)
        found = late_papers.find_late(session, newsletter.slug, after)
        lacking = [
            completeness.missing_text(row)
            for row in papers.listings(session, day, newsletter.categories)
            if row.state == ListingState.PARTIAL
        ]
    late = sum(paper.day == day for paper in found)
    if late:
        said = f"{counted(late, 'paper')} of {day} found since; the next issue brings"
        told.append(f"{said} {'it' if late == 1 else 'them'}")
    if lacking:
        told.append(f"{'; '.join(lacking)} ({why})")
    return "; ".join(told)
