"""deliveries status, list, settle."""

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli import common, deliveries_status, output

if TYPE_CHECKING:
    from newsletter.db import Database
    from newsletter.models import IssueRow

_STATES = ("pending", "sending", "sent", "skipped", "failed", "uncertain")
_LOOK_AGAIN_S = 1.0


@click.group()
def deliveries() -> None:
    """Who got an issue, who did not, and why."""


@deliveries.command()
@common.with_slug
@common.with_day
@click.option("--domains", "by_domain", is_flag=True, help="Also by domain, the largest twenty.")
@click.option("--watch", "watched", is_flag=True, help="Live, until nothing of it is open.")
@common.with_json
@common.with_config
def status(
    slug: str | None,
    day: date | None,
    by_domain: bool,
    watched: bool,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """The account of an issue: by state and reason, what came back, how fast it goes.

    Exit code 1 where something is still pending.
    """
    from newsletter import bootstrap, issues

    settings = common.load(config_file)
    with bootstrap.open_database(settings) as database:
        with database.read() as session:
            issue = issues.get_issue(session, settings.newsletter(slug).slug, day)
        if watched and not as_json and common.is_watched():
            _watch(database, issue, by_domain)
        view = deliveries_status.read_status(database, issue, common.utc_now(), by_domain=by_domain)
    if as_json:
        output.print_json(deliveries_status.as_json(view))
    elif not (watched and common.is_watched()):
        deliveries_status.tell(view)
    click.get_current_context().exit(0 if view.account.balances else 1)


def _watch(database: "Database", issue: "IssueRow", by_domain: bool) -> None:
    """Show the same again and again, with the rate since the last look."""
    from rich.console import Console
    from rich.live import Live

    before: deliveries_status.StatusView | None = None
    with Live(console=Console(), auto_refresh=False) as live:
        while True:
            view = deliveries_status.read_status(
                database, issue, common.utc_now(), by_domain=by_domain, before=before
            )
            live.update(deliveries_status.render_status(view), refresh=True)
            if view.account.balances:
                return
            before = view
            time.sleep(_LOOK_AGAIN_S)


@deliveries.command("list")
@common.with_slug
@common.with_day
@click.option("--state", type=click.Choice(_STATES), help="Only those.")
@common.with_json
@common.with_config
def list_deliveries(
    slug: str | None, day: date | None, state: str | None, as_json: bool, config_file: Path | None
) -> None:
    """Every delivery of an issue, by address.

    `--state uncertain` or `--state failed` answers who missed it.
    """
    from newsletter import bootstrap, issues
    from newsletter.sending.stats import COLUMNS, list_deliveries

    settings = common.load(config_file)
    with bootstrap.open_database(settings) as database, database.read() as session:
        issue = issues.get_issue(session, settings.newsletter(slug).slug, day)
        rows = list_deliveries(session, issue.id, state)
        if as_json:
            output.stream_json(dict(zip(COLUMNS, row, strict=True)) for row in rows)
        elif not output.stream_table(COLUMNS, rows):
            click.echo(f"None{f' {state}' if state else ''} of {issue.newsletter} {issue.day}.")


@deliveries.command()
@common.with_slug
@common.with_day
@click.option(
    "--as",
    "verdict",
    type=click.Choice(["sent", "resend"]),
    required=True,
    help="sent: they arrived, let it rest. resend: send them again, at the risk of a double.",
)
@click.option(
    "--reference", "references", multiple=True, metavar="REF", help="Only this one; repeatable."
)
@common.with_config
def settle(
    slug: str | None,
    day: date | None,
    verdict: str,
    references: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Decide on uncertain deliveries.

    Nobody but you can find out whether they arrived; they are never sent again by themselves.
    """
    from newsletter import bootstrap, issues
    from newsletter.errors import WrongUseError, did_you_mean
    from newsletter.models import DeliveryState
    from newsletter.sending import ledger
    from newsletter.sending.stats import list_deliveries

    settings = common.load(config_file)
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        issue = issues.get_issue(session, settings.newsletter(slug).slug, day)
        uncertain = [row.reference for row in list_deliveries(session, issue.id, "uncertain")]
        for reference in references:
            if reference not in uncertain:
                raise WrongUseError(
                    f"no uncertain delivery {reference!r}{did_you_mean(reference, uncertain)}"
                )
        state = DeliveryState.PENDING if verdict == "resend" else DeliveryState.SENT
        settled = ledger.settle_uncertain(session, issue.id, references, state, common.utc_now())
    click.echo(f"{settled} settled as {verdict}.")
    if verdict == "resend" and settled:
        click.echo(f"Next: newsletter send {issue.newsletter} --day {issue.day}")
