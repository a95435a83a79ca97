"""summarize: a day's sentences, what they would cost, what was not printed, and a try."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import common, output
from newsletter.errors import WrongUseError

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings, Settings
    from newsletter.daily import Services
    from newsletter.sources.base import Paper
    from newsletter.summaries.checks import CheckResult
    from newsletter.summaries.report import Attempt, PaperReport

_MOST_BYTES = 1 << 20  # of a file that is tried
_UNSAID = 10_000  # no version: no paper has so many


@click.command()
@common.with_slug
@common.with_day
@click.option("--again", is_flag=True, help="Ask once more also where answers were rejected.")
@click.option("--dry-run", is_flag=True, help="Only say what it would ask for, and the cost.")
@click.option("--report", is_flag=True, help="Only say what was not printed, and why.")
@click.option(
    "--try",
    "tried",
    metavar="ID|FILE",
    help="Only this paper, by every summarizer, with what the checks say; nothing is kept.",
)
@common.with_json
@common.with_config
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
    code 1 when something got no answer; run it again later. A FILE to try has the title in its
    first line and the abstract below.
    """
    settings = common.load(config_file)
    if (tried is not None) + report + dry_run > 1:
        raise WrongUseError("--try, --report and --dry-run exclude one another; choose one")
    if tried is not None:
        click.get_current_context().exit(int(not _try(settings, slug, tried, as_json)))
    told: list[dict[str, Any]] = []

    def summarize_newsletter(newsletter: "NewsletterSettings") -> bool:
        wanted = day or services.source.current_day(services.clock())
        head = {"newsletter": newsletter.slug, "day": wanted}
        if report:
            done, found = True, _report(services, newsletter, wanted, as_json)
        elif dry_run:
            done, found = True, _estimate(services, newsletter, wanted, again, as_json)
        else:
            done, found = _make(services, newsletter, wanted, again, as_json)
        told.append(head | found)
        return done

    with common.opened(settings, sends=False) as services:
        done = common.for_each_newsletter(settings, slug, summarize_newsletter)
    if as_json:
        output.print_json(told)
    click.get_current_context().exit(0 if done else 1)


def _make(
    services: "Services", newsletter: "NewsletterSettings", day: date, again: bool, as_json: bool
) -> tuple[bool, dict[str, Any]]:
    from newsletter import daily

    made = daily.summarize(services, newsletter, day, again=again)
    prices = services.llm_budget.prices
    if not as_json:
        rejected = f", {len(made.rejected)} rejected" if made.rejected else ""
        cost = f"; {prices.describe(made.spent)}" if made.spent.all else ""
        click.echo(
            f"{_head(newsletter, day)}  {made.made} made, {made.reused} kept,"
            f" {len(made.failed)} failed{rejected}{cost}"
        )
    for paper, reason in (made.failed | made.rejected).items():
        common.warn(f"{paper}: {reason}; the authors' own words stand in")
    if not made.made + made.reused + len(made.failed) + len(made.rejected):
        _warn_of_nothing(newsletter, day)
    return not made.failed, output.summaries_as_json(made, prices)


def _estimate(
    services: "Services", newsletter: "NewsletterSettings", day: date, again: bool, as_json: bool
) -> dict[str, Any]:
    from newsletter import daily

    estimate = daily.estimate(services, newsletter, day, again=again)
    prices = services.llm_budget.prices
    if not estimate.missing + estimate.kept:
        _warn_of_nothing(newsletter, day)
    if not as_json:
        click.echo(
            f"{_head(newsletter, day)}  {estimate.missing} to make, {estimate.kept} kept:"
            f" about {prices.describe(estimate.tokens)} of {services.summarizer.name}"
        )
    expected = output.tokens_as_json(estimate.tokens, prices)
    return {"missing": estimate.missing, "kept": estimate.kept, "expected": expected}


def _report(
    services: "Services", newsletter: "NewsletterSettings", day: date, as_json: bool
) -> dict[str, Any]:
    from newsletter import papers
    from newsletter.summaries import report
    from newsletter.summaries.store import Author

    with services.database.read() as session:
        announced = papers.announced_papers(session, day, newsletter.categories)
        listed = [announcement.paper for announcement in announced]
        author = Author.of(services.summarizer, newsletter.language)
        told = report.report(session, listed, author)
        spent = report.spent_tokens(session, listed, newsletter.language)
    if not told:
        _warn_of_nothing(newsletter, day)
    prices = services.llm_budget.prices
    if not as_json:
        _print_report(_head(newsletter, day), told, prices.describe(spent))
    return {
        "papers": [_told(report) for report in told],
        "spent": output.tokens_as_json(spent, prices),
    }


def _print_report(head: str, told: "list[PaperReport]", cost: str) -> None:
    by = Counter(output.author_name(report.printed.made_by) for report in told)
    click.echo(f"{head}  {', '.join(f'{number} {name}' for name, number in by.items())}; {cost}")
    rows = [
        (str(report.paper.id), row.summarizer, row.kind, row.number or None, row.reason, row.text)
        for report in told
        for row in report.failures
    ]
    if rows:
        output.print_table(("paper", "asked", "", "answer", "why", "what it said"), rows)
    elif told:
        click.echo("  nothing was rejected, nothing failed")


def _told(told: "PaperReport") -> dict[str, Any]:
    return {
        "paper": str(told.paper.id),
        "title": told.paper.title,
        "printed": vars(told.printed),
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
            for row in told.failures
        ],
    }


def _try(settings: "Settings", slug: str | None, tried: str, as_json: bool) -> bool:
    from newsletter.summaries import report
    from newsletter.summaries.extractive_summarizer import ExtractiveSummarizer

    newsletter = settings.newsletter(slug)
    with common.opened(settings, sends=False) as services:
        paper = _paper(settings, services, tried)
        asked = {one.name: one for one in (ExtractiveSummarizer(), services.summarizer)}
        found = report.try_each(asked.values(), paper, newsletter.language)
        prices = services.llm_budget.prices
    if as_json:
        tries = [_attempt_as_json(attempt) for attempt in found]
        output.print_json({"paper": str(paper.id), "title": paper.title, "tries": tries})
        return found[-1].is_printable
    click.echo(f"{paper.title}\n")
    for attempt in found:
        cost = f", {prices.describe(attempt.tokens)}" if attempt.tokens.all else ""
        click.echo(f"{output.author_name(attempt.name)} ({attempt.seconds:.1f} s{cost})")
        click.echo(f"  {attempt.failure or attempt.text or '(nothing)'}\n")
    _print_verdicts([attempt for attempt in found if attempt.check_results])
    if len(found) == 1:
        common.warn('no model is configured (summarizer.use = "extractive")')
    return found[-1].is_printable


def _print_verdicts(found: "list[Attempt]") -> None:
    """A line a check, a column a summarizer."""
    checks = dict.fromkeys(verdict.check for attempt in found for verdict in attempt.check_results)
    by_check = [{verdict.check: verdict for verdict in attempt.check_results} for attempt in found]
    rows = [(check, *(_verdict(verdicts.get(check)) for verdicts in by_check)) for check in checks]
    output.print_table(("check", *(output.author_name(attempt.name) for attempt in found)), rows)


def _verdict(verdict: "CheckResult | None") -> str:
    if verdict is None:
        return ""
    if not verdict.objection:
        return "ok"
    return verdict.objection if verdict.hard else f"doubtful: {verdict.objection}"


def _attempt_as_json(attempt: "Attempt") -> dict[str, Any]:
    return {
        "by": attempt.name,
        "text": attempt.text,
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
    from newsletter.sources import lookup
    from newsletter.sources.base import PaperId, SourceError

    file = Path(tried)
    if file.is_file():
        return _from_file(file)
    try:
        wanted = PaperId.parse(tried, default_version=_UNSAID)
    except SourceError as error:
        raise WrongUseError(f"{tried} is no file, and {error}") from error
    version = None if wanted.version == _UNSAID else wanted.version
    with services.database.read() as session:
        kept = papers.newest(session, wanted.arxiv_id, version)
    return kept or lookup.find_paper(settings, wanted.arxiv_id if version is None else str(wanted))


def _from_file(file: Path) -> "Paper":
    from newsletter.sources.base import Paper, PaperId, paragraphs
    from newsletter.text import one_line

    try:
        with file.open("rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise WrongUseError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WrongUseError(f"{file} is not in UTF-8: {error.reason}") from error
    title, _, abstract = text.strip().partition("\n")
    if not abstract.strip():
        raise WrongUseError(f"{file}: the title goes into the first line, the abstract below it")
    return Paper(PaperId(file.name), one_line(title), paragraphs(abstract), (), ())


def _head(newsletter: "NewsletterSettings", day: date) -> str:
    return f"{newsletter.slug}  {output.short(day)}"


def _warn_of_nothing(newsletter: "NewsletterSettings", day: date) -> None:
    common.warn(f"no papers of {day} are kept; `newsletter fetch {newsletter.slug}` first")
