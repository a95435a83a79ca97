"""What commands say of a day, an account, the settings."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import common

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsletter.config import NewsletterSettings
    from newsletter.daily import DayReport, Services
    from newsletter.models import ListingRow
    from newsletter.rendering.issue_content import IssueContent
    from newsletter.sending.totals import DeliveryTotals
    from newsletter.summaries.base import Tokens
    from newsletter.summaries.llm_budget import Prices
    from newsletter.summaries.run import SummaryReport


_HIDDEN = "*" * 10
_VERDICTS = {"none": "none announced", "stale": "not yet", "unreachable": "unreachable"}
SETTLED = ("complete", "unchecked", "sample", "reconstructed", "none")  # nothing is open


def tell_day(
    newsletter: "NewsletterSettings",
    report: "DayReport",
    prices: "Prices",
    rehearsed: bool = False,
) -> None:
    """Two or three lines on what a run did."""
    head = f"{newsletter.slug}  {common.short(report.day)}"
    if report.content is None or report.result is None:
        click.echo(f"{head}  {report.nothing}")
        return
    if report.already:
        click.echo(f"{head}  done already, nothing to do")
    else:
        click.echo(f"{head}  {counts(report.content)}")
        if report.made is not None:
            click.echo(f"  {sentences(report.content)}")
    note = "  (a rehearsal: nothing was sent or kept)" if rehearsed else ""
    click.echo(f"  {balance(report.result.account)}{note}")
    if report.made is not None:
        tell_made(report.made, prices, rehearsed=rehearsed)
    if report.result.account.uncertain:
        common.warn(
            f"{report.result.account.uncertain} uncertain: `newsletter deliveries list"
            " --state uncertain` names them, `newsletter deliveries settle` decides"
        )
    if report.result.trouble:
        common.warn(report.result.trouble)


def tell_made(made: "SummaryReport", prices: "Prices", rehearsed: bool = False) -> None:
    """What the sentences cost, or would; and how many are the authors' own instead, and why."""
    if rehearsed and made.expected.all:
        click.echo(
            f"  a run would ask for {len(made.failed)} sentences:"
            f" about {prices.told(made.expected)}"
        )
        return
    if made.spent.all:
        click.echo(f"  {prices.told(made.spent)}")
    for what, whose in (("got no answer", made.failed), ("were answered badly", made.rejected)):
        if whose:
            first = next(iter(whose.values()))
            common.warn(f"{len(whose)} papers {what} (the authors' own words stand in): {first}")


def tell_missed(slug: str, days: "Sequence[date]") -> None:
    """Days without an issue, and how to get them."""
    if not days:
        return
    last = days[-1]
    common.warn(
        f"{slug} has no issue of {', '.join(map(common.short, days))};"
        f" `newsletter run {slug} --day {last}` rebuilds and sends one"
    )


def listing(services: "Services", row: "ListingRow") -> dict[str, Any]:
    """What is known of a category's day, for scripts."""
    from newsletter import papers

    with services.database.read() as session:
        kinds = Counter(map(str, papers.kinds(session, row.day, row.category)))
    return {
        "category": row.category,
        "day": row.day,
        "state": row.state,
        "new": kinds["new"],
        "cross": kinds["cross"],
        "replaced": kinds["replace"] + kinds["replace-cross"],
        "expected": row.expected,
        "missing": row.missing,
        "source": row.source,
    }


def listing_line(row: "ListingRow", known: dict[str, Any]) -> str:
    """`cs.SD  Fri 11 Jul 2025  9 new, 6 cross, 11 replaced  complete 26/26`."""
    from newsletter.completeness import missing_text

    head = f"{row.category:<12} {common.short(row.day)}  "
    if row.state in _VERDICTS:
        return f"{head}{_VERDICTS[row.state]}  ({row.source})"
    of = f"{row.found}/{row.expected}" if row.expected is not None else str(row.found)
    counted = f"{known['new']} new, {known['cross']} cross, {known['replaced']} replaced"
    trouble = f"  ({missing_text(row)})" if row.state == "partial" else ""
    return f"{head}{counted}  {row.state} {of}{trouble}"


def counts(content: "IssueContent") -> str:
    new, cross, replaced = content.counts.values()
    sample = " (the bundled sample)" if content.is_sample else ""
    return f"{new} new, {cross} cross-lists, {replaced} replacements{sample}"


def sentences(content: "IssueContent") -> str:
    made = [entry.summary.made_by for entry in content.entries]
    by = {name: made.count(name) for name in dict.fromkeys(made)}
    shown = ", ".join(f"{number} {author(name)}" for name, number in by.items())
    return f"{len(made)} sentences: {shown}"


def balance(account: "DeliveryTotals") -> str:
    line = (
        f"{account.audience} subscribers = {account.sent} sent + {account.skipped} skipped"
        f" + {account.failed} failed + {account.uncertain} uncertain"
    )
    return line if account.balances else f"{line} + {account.pending} still pending"


def hide_passwords(settings: dict[str, Any]) -> None:
    """Secrets are stars already; a database's address and a plug-in's options can hold some."""
    settings["database"]["url"] = without_password(settings["database"]["url"])
    for part in ("source", "summarizer", "transport"):
        settings[part]["options"] = dict.fromkeys(settings[part]["options"], _HIDDEN)


def without_password(url: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)


def flatten(prefix: str, value: object, rows: list[tuple[str, object]]) -> None:
    """`site.name`, `newsletters.0.slug`: settings by the names that errors use."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            flatten(f"{prefix}.{name}" if prefix else str(name), inner, rows)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, inner in enumerate(value):
            flatten(f"{prefix}.{number}", inner, rows)
    else:
        rows.append((prefix, ", ".join(map(str, value)) if isinstance(value, list) else value))


def author(name: str) -> str:
    return {"extractive": "authors' words", "language model": "by a language model"}.get(
        name, f"by {name}"
    )


def made_as_json(made: "SummaryReport", prices: "Prices") -> dict[str, Any]:
    """The same for scripts."""
    return {
        "made": made.made,
        "kept": made.reused,
        "failed": {str(paper): reason for paper, reason in made.failed.items()},
        "rejected": {str(paper): reason for paper, reason in made.rejected.items()},
        "expected": tokens_as_json(made.expected, prices),
        "spent": tokens_as_json(made.spent, prices),
    }


def tokens_as_json(tokens: "Tokens", prices: "Prices") -> dict[str, Any]:
    return {
        "tokens_asked": tokens.asked,
        "tokens_answered": tokens.answered,
        "cost": prices.of(tokens),
        "currency": prices.currency,
    }


def day_as_json(
    newsletter: "NewsletterSettings", report: "DayReport", prices: "Prices"
) -> dict[str, Any]:
    """The same for scripts."""
    told: dict[str, Any] = {"newsletter": newsletter.slug, "day": report.day}
    if report.content is None or report.result is None:
        return told | {"papers": 0, "nothing": report.nothing}
    return told | {
        "papers": {section.value: number for section, number in report.content.counts.items()},
        "already": report.already,
        "summaries": report.made and made_as_json(report.made, prices),
        "deliveries": vars(report.result.account),
        "trouble": report.result.trouble,
    }
