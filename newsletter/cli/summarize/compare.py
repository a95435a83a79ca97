"""summarize --try: one paper, by every summarizer, with what the checks say."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import options, resources
from newsletter.cli.printing import day_output, output
from newsletter.errors import WrongUseError
from newsletter.text import one_line

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.services import Services
    from newsletter.sources.base import Paper
    from newsletter.summaries.checks import CheckResult
    from newsletter.summaries.paper_reports import Attempt

_MOST_CHARACTERS = 1 << 20  # of a file that is tried
_NO_VERSION = 10_000  # no version: no paper has so many


def compare_summarizers(settings: "Settings", slug: str | None, tried: str, as_json: bool) -> bool:
    from newsletter.summaries import paper_reports
    from newsletter.summaries.extractive_summarizer import ExtractiveSummarizer

    newsletter = options.chosen_newsletter(settings, slug)
    with resources.open_services(settings, sends=False) as services:
        paper = _paper(settings, services, tried)
        summarizers = {
            summarizer.name: summarizer
            for summarizer in (ExtractiveSummarizer(), services.summarizer)
        }
        attempts = paper_reports.try_each(summarizers.values(), paper, newsletter.language)
        prices = services.llm_budget.prices
    if as_json:
        tries = [_attempt_as_json(attempt) for attempt in attempts]
        output.print_json({"paper": str(paper.id), "title": paper.title, "tries": tries})
        return attempts[-1].is_printable
    click.echo(f"{paper.title}\n")
    for attempt in attempts:
        cost = f", {prices.describe(attempt.tokens)}" if attempt.tokens.all else ""
        click.echo(f"{day_output.author_name(attempt.name)} ({attempt.seconds:.1f} s{cost})")
        click.echo(f"  {attempt.failure or attempt.text or '(nothing)'}\n")
        if attempt.printed:
            click.echo(f"  Of this a run prints: {attempt.printed}\n")
    _print_check_results([attempt for attempt in attempts if attempt.check_results])
    if len(attempts) == 1:
        output.warn(f'no model is configured (summarizer.use = "{settings.summarizer.use}")')
    return attempts[-1].is_printable


def _print_check_results(attempts: "list[Attempt]") -> None:
    """A line a check, a column a summarizer."""
    checks = dict.fromkeys(result.check for attempt in attempts for result in attempt.check_results)
    by_check = [{result.check: result for result in attempt.check_results} for attempt in attempts]
    rows = [
        (check, *(_result_text(results.get(check)) for results in by_check)) for check in checks
    ]
    output.print_table(
        ("check", *(day_output.author_name(attempt.name) for attempt in attempts)), rows
    )


def _result_text(result: "CheckResult | None") -> str:
    if result is None:
        return ""
    if not result.objection:
        return "ok"
    return result.objection if result.hard else f"doubtful: {result.objection}"


def _attempt_as_json(attempt: "Attempt") -> dict[str, Any]:
    return {
        "by": attempt.name,
        "text": attempt.text,
        "printed": attempt.printed or (attempt.text if attempt.is_printable else ""),
        "failure": attempt.failure,
        "printable": attempt.is_printable,
        "checks": [vars(result) for result in attempt.check_results],
        "seconds": round(attempt.seconds, 3),
        "tokens_asked": attempt.tokens.asked,
        "tokens_answered": attempt.tokens.answered,
    }


def _paper(settings: "Settings", services: "Services", tried: str) -> "Paper":
    """From a file, from what is kept, or from where the source describes papers."""
    from newsletter import papers
    from newsletter.sources.base import PaperId, SourceError

    file = Path(tried)
    if file.is_file():
        return _from_file(file)
    try:
        paper_id = PaperId.parse(tried, default_version=_NO_VERSION)
    except SourceError as error:
        raise WrongUseError(f"{tried} is no file, and {error}") from error
    version = None if paper_id.version == _NO_VERSION else paper_id.version
    return papers.find_paper(
        services.database, services.source, settings, paper_id.arxiv_id, version
    )


def _from_file(file: Path) -> "Paper":
    from newsletter.sources.base import Paper, PaperId, paragraphs
    from newsletter.text_file import read_text

    title, _, abstract = read_text(file, most=_MOST_CHARACTERS).strip().partition("\n")
    if not abstract.strip():
        raise WrongUseError(f"{file}: the title goes into the first line, the abstract below it")
    return Paper(PaperId(file.name), one_line(title), paragraphs(abstract), (), ())
