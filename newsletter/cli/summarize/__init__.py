"""summarize: a day's sentences, what they would cost, and what was not printed."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import options, resources
from newsletter.cli.printing import day_output, output
from newsletter.cli.summarize.compare import compare_summarizers
from newsletter.errors import WrongUseError
from newsletter.text import short_day

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings
    from newsletter.services import Services
    from newsletter.summaries.paper_reports import PaperReport


@click.command()
@options.with_slug
@options.with_day
@click.option("--again", is_flag=True, help="Ask once more also where answers were rejected.")
@click.option("--dry-run", is_flag=True, help="Only say what it would ask for, and the cost.")
@click.option("--report", is_flag=True, help="Only say what was not printed, and why.")
@click.option(
    "--try",
    "tried",
    metavar="ID|FILE",
    help="Only this paper, by every summarizer, with what the checks say; nothing is kept.",
)
@options.with_json
@options.with_config
def summarize(
    slug: str | None,
    day: date | None,
    again: bool,
    dry_run: bool,
    report: bool,
    tried: str | None,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Make the summaries that a fetched day lacks.

    Nothing is asked twice: answers are kept by paper version, language, model and prompt. Exit
    code 1 when something got no answer; run it again later. An ID to try may also be an address
    of the paper on arXiv, or its DOI; a FILE has the title in its first line, the abstract below.
    """
    from newsletter.daily_run import rounds

    settings = resources.load_settings(config_file)
    if (tried is not None) + report + dry_run > 1:
        raise WrongUseError("--try, --report and --dry-run exclude one another; choose one")
    if tried is not None:
        click.get_current_context().exit(
            int(not compare_summarizers(settings, slug, tried, as_json))
        )
    days_as_json: list[dict[str, Any]] = []

    def summarize_newsletter(newsletter: "NewsletterSettings") -> bool:
        announced_on = day or services.source.current_day(services.clock())
        head = {"newsletter": newsletter.slug, "day": announced_on}
        if report:
            done, fields = True, _report(services, newsletter, announced_on, as_json)
        elif dry_run:
            done, fields = True, _estimate(services, newsletter, announced_on, again, as_json)
        else:
            done, fields = _make(services, newsletter, announced_on, again, as_json)
        days_as_json.append(head | fields)
        return done

    with resources.open_services(settings, sends=False) as services:
        chosen = options.chosen_newsletters(settings, slug)
        done = rounds.for_each_known(settings, services, chosen, summarize_newsletter, output.warn)
    if as_json:
        output.print_json(days_as_json)
    click.get_current_context().exit(0 if done else 1)


def _make(
    services: "Services", newsletter: "NewsletterSettings", day: date, again: bool, as_json: bool
) -> tuple[bool, dict[str, Any]]:
    from newsletter.daily_run import summarizing
    from newsletter.summaries.summary_report import papers_by_reason

    summaries = summarizing.summarize(services, newsletter, day, again=again)
    prices = services.llm_budget.prices
    if not as_json:
        rejected = f", {len(summaries.rejected)} rejected" if summaries.rejected else ""
        cost = f"; {prices.describe(summaries.spent)}" if summaries.spent.all else ""
        click.echo(
            f"{_head(newsletter, day)}  {summaries.made} made, {summaries.reused} kept,"
            f"{_given_up(summaries.settled)} {len(summaries.failed)} failed{rejected}{cost}"
        )
    for named, reason in papers_by_reason(summaries.failed | summaries.rejected):
        output.warn(f"{named}: {reason}; the authors' own words stand in")
    known = summaries.made + summaries.reused + summaries.settled
    if not known + len(summaries.failed) + len(summaries.rejected):
        _warn_of_nothing(newsletter, day)
    done = not summaries.failed and not summaries.nothing_usable
    return done, day_output.summaries_as_json(summaries, prices)


def _estimate(
    services: "Services", newsletter: "NewsletterSettings", day: date, again: bool, as_json: bool
) -> dict[str, Any]:
    from newsletter.daily_run import summarizing

    estimate = summarizing.estimate(services, newsletter, day, again=again)
    prices = services.llm_budget.prices
    if not estimate.missing + estimate.kept + estimate.settled:
        _warn_of_nothing(newsletter, day)
    if not as_json:
        click.echo(
            f"{_head(newsletter, day)}  {estimate.missing} to make,{_given_up(estimate.settled)}"
            f" {estimate.kept} kept: about {prices.describe(estimate.tokens)}"
            f" of {services.summarizer.name}"
        )
    expected = day_output.tokens_as_json(estimate.tokens, prices)
    counts = {"missing": estimate.missing, "kept": estimate.kept, "settled": estimate.settled}
    return {**counts, "expected": expected}


def _given_up(papers: int) -> str:
    return f" {papers} given up (--again asks once more)," if papers else ""


def _report(
    services: "Services", newsletter: "NewsletterSettings", day: date, as_json: bool
) -> dict[str, Any]:
    from newsletter import papers
    from newsletter.summaries import paper_reports
    from newsletter.summaries.store import Author

    with services.database.read() as session:
        announced = papers.announced_papers(session, day, newsletter.categories)
        listed = [announcement.paper for announcement in announced]
        author = Author.of(services.summarizer, newsletter.language)
        reports = paper_reports.report_papers(session, listed, author)
        spent = paper_reports.spent_tokens(session, listed, newsletter.language)
    if not reports:
        _warn_of_nothing(newsletter, day)
    prices = services.llm_budget.prices
    measurements = _measurements(reports, newsletter.language)
    if not as_json:
        _print_report(_head(newsletter, day), reports, prices.describe(spent))
        click.echo("  What to expect, as measured (docs/summaries.md, docs/models.md):")
        output.stream_table(("", "", ""), [tuple(figures.values()) for figures in measurements])
    return {
        "papers": [_report_as_json(report) for report in reports],
        "measured": measurements,
        "spent": day_output.tokens_as_json(spent, prices),
    }


def _measurements(reports: "list[PaperReport]", language: str) -> list[dict[str, str]]:
    """The measurements of such sentences; a model's only where one was asked."""
    from newsletter.summaries import measurements

    found = list(measurements.OF_QUOTATIONS)
    if any(paper.failures or not paper.printed.is_quotation for paper in reports):
        found += measurements.of_checked_answers(language)
    return [vars(measurement) for measurement in found]


def _print_report(head: str, reports: "list[PaperReport]", cost: str) -> None:
    by = Counter(day_output.author_name(report.printed.made_by) for report in reports)
    click.echo(f"{head}  {', '.join(f'{number} {name}' for name, number in by.items())}; {cost}")
    rows = [
        (str(report.paper.id), row.summarizer, row.kind, row.number or None, row.reason, row.text)
        for report in reports
        for row in report.failures
    ]
    if rows:
        output.print_table(("paper", "asked", "", "answer", "why", "what it said"), rows)
    elif reports:
        click.echo("  nothing was rejected, nothing failed")


def _report_as_json(report: "PaperReport") -> dict[str, Any]:
    return {
        "paper": str(report.paper.id),
        "title": report.paper.title,
        "printed": vars(report.printed),
        "not_printed": [
            {
                "asked": row.summarizer,
                "recipe": row.recipe,
                "kind": row.kind,
                "answer": row.number or None,
                "why": row.reason,
                "text": row.text,
                "tokens_asked": row.tokens_asked,
                "tokens_answered": row.tokens_answered,
                "at": row.made_at,
            }
            for row in report.failures
        ],
    }


def _head(newsletter: "NewsletterSettings", day: date) -> str:
    return f"{newsletter.slug}  {short_day(day)}"


def _warn_of_nothing(newsletter: "NewsletterSettings", day: date) -> None:
    output.warn(f"no papers of {day} are kept; `newsletter fetch {newsletter.slug}` first")
