"""Commands tell of a day by these: its papers, its sentences and their costs, the account."""

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.printing import output
from newsletter.text import counted, short_day

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings
    from newsletter.daily_run.day_report import DayReport
    from newsletter.rendering.issue_content import IssueContent
    from newsletter.sending.reports.totals import DeliveryTotals
    from newsletter.summaries.base import Tokens
    from newsletter.summaries.llm_budget import Prices
    from newsletter.summaries.summary_report import SummaryReport


def print_day(
    newsletter: "NewsletterSettings",
    report: "DayReport",
    prices: "Prices",
    rehearsed: bool = False,
) -> None:
    """Two or three lines on what a run did."""
    head = f"{newsletter.slug}  {short_day(report.day)}"
    if report.result is None:
        click.echo(f"{head}  {report.nothing}")
        return
    if report.already or report.content is None:
        click.echo(f"{head}  done already, nothing to do")
    else:
        click.echo(f"{head}  {counts_text(report.content)}")
        if report.summaries is not None:
            click.echo(f"  {sentences_text(report.content)}")
    note = "  (a rehearsal: nothing was sent or kept)" if rehearsed else ""
    click.echo(f"  {balance_text(report.result.account)}{note}")
    if report.summaries is not None:
        print_summaries(report.summaries, prices, rehearsed=rehearsed)
    if report.result.account.uncertain:
        output.warn(
            f"{report.result.account.uncertain} uncertain: `newsletter deliveries list"
            " --state uncertain` names them, `newsletter deliveries settle` decides"
        )
    for line in (report.result.given_up, report.result.trouble):
        if line:
            output.warn(line)


def print_summaries(summaries: "SummaryReport", prices: "Prices", rehearsed: bool = False) -> None:
    """Print the costs of the sentences; and how many are the authors' own instead, and why."""
    if rehearsed and summaries.expected.all:
        click.echo(
            f"  a run would ask for {counted(len(summaries.failed), 'sentence')}:"
            f" about {prices.describe(summaries.expected)}"
        )
        return
    if summaries.spent.all:
        click.echo(f"  {prices.describe(summaries.spent)}")
    for line in summaries.warnings():
        output.warn(line)


def counts_text(content: "IssueContent") -> str:
    new, cross, replaced = content.counts.values()
    sample = " (the bundled sample)" if content.is_sample else ""
    crossed, again = counted(cross, "cross-list"), counted(replaced, "replacement")
    if content.without_replacements:
        again = f"{again} (not all known)" if replaced else "replacements not known"
    late = f", {content.found_later} found later" if content.found_later else ""
    return f"{new} new, {crossed}, {again}{late}{sample}"


def sentences_text(content: "IssueContent") -> str:
    authors = [entry.summary.made_by for entry in content.entries]
    by = {name: authors.count(name) for name in dict.fromkeys(authors)}
    text = ", ".join(f"{number} {author_name(name)}" for name, number in by.items())
    return f"{counted(len(authors), 'sentence')}: {text}"


def balance_text(account: "DeliveryTotals") -> str:
    line = (
        f"{counted(account.audience, 'subscriber')} = {account.sent} sent"
        f" + {account.skipped} skipped + {account.failed} failed + {account.uncertain} uncertain"
    )
    return line if account.balances else f"{line} + {account.pending} still pending"


def author_name(name: str) -> str:
    from newsletter.sources.base import UNNAMED_MODEL
    from newsletter.summaries.base import AUTHORS

    return {AUTHORS: "authors' words", UNNAMED_MODEL: "by a language model"}.get(name, f"by {name}")


def summaries_as_json(summaries: "SummaryReport", prices: "Prices") -> dict[str, Any]:
    """The same for scripts."""
    return {
        "made": summaries.made,
        "kept": summaries.reused,
        "settled": summaries.settled,
        "failed": {str(paper): reason for paper, reason in summaries.failed.items()},
        "rejected": {str(paper): reason for paper, reason in summaries.rejected.items()},
        "expected": tokens_as_json(summaries.expected, prices),
        "spent": tokens_as_json(summaries.spent, prices),
        "nothing_usable": summaries.nothing_usable,
    }


def tokens_as_json(tokens: "Tokens", prices: "Prices") -> dict[str, Any]:
    return {
        "tokens_asked": tokens.asked,
        "tokens_answered": tokens.answered,
        "cost": prices.cost(tokens),
        "currency": prices.currency,
    }


def day_as_json(
    newsletter: "NewsletterSettings", report: "DayReport", prices: "Prices"
) -> dict[str, Any]:
    """The same for scripts."""
    from newsletter.rendering.issue_entry import IssueSection

    fields: dict[str, Any] = {"newsletter": newsletter.slug, "day": report.day}
    if report.result is None:
        return fields | {"papers": 0, "nothing": report.nothing}
    counts = report.sections if report.content is None else report.content.counts
    late = report.found_later if report.content is None else report.content.found_later
    return fields | {
        "papers": {section.value: counts.get(section, 0) for section in IssueSection},
        "found_later": late,
        "already": report.already,
        "summaries": report.summaries and summaries_as_json(report.summaries, prices),
        "deliveries": vars(report.result.account),
        "given_up": report.result.given_up or None,
        "trouble": report.result.trouble,
    }
