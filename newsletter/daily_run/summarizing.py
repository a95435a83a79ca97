"""A day's sentences: made where they lack, or only counted."""

from datetime import date

from newsletter import papers
from newsletter.config import NewsletterSettings
from newsletter.errors import StoppedError
from newsletter.services import Services
from newsletter.summaries import summarize_papers
from newsletter.summaries.extractive_summarizer import for_language
from newsletter.summaries.summarize_papers import Estimate, SummaryRequest, summarize_missing
from newsletter.summaries.summary_report import SummaryReport


def summarize(
    services: Services, newsletter: NewsletterSettings, day: date, *, again: bool = False
) -> SummaryReport:
    """Make the sentences that the day's papers lack; `again` also where answers were rejected.

    Raises:
        StoppedError: it was asked to stop; what came so far is kept.
    """
    with services.database.read() as session:
        announced = papers.announced_papers(session, day, newsletter.categories)
    request = _request(services, newsletter, again=again)
    with services.bar("summarizing", len(announced)) as step:

        def progress() -> None:
            step(1)
            if services.stopping():
                raise StoppedError("stopped while summarizing; run it again to go on")

        listed = [announcement.paper for announcement in announced]
        return summarize_missing(
            services.database.write, request, listed, services.clock(), progress
        )


def estimate(
    services: Services, newsletter: NewsletterSettings, day: date, *, again: bool = False
) -> Estimate:
    """Count the questions that `summarize` would ask, without asking."""
    request = _request(services, newsletter, again=again)
    with services.database.read() as session:
        announced = papers.announced_papers(session, day, newsletter.categories)
        of_day = [announcement.paper for announcement in announced]
        return summarize_papers.estimate(session, request, of_day)


def _request(services: Services, newsletter: NewsletterSettings, *, again: bool) -> SummaryRequest:
    asked = for_language(services.summarizer, newsletter.language)
    return SummaryRequest(asked, newsletter.language, services.llm_budget, again)
