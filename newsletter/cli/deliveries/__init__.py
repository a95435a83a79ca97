"""deliveries status, list, settle."""

import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.deliveries import status_view
from newsletter.cli.deliveries.delivery_filter import delivery_filter, with_filter
from newsletter.cli.printing import output
from newsletter.errors import NothingYetError, WrongUseError, did_you_mean

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from newsletter.database.db import Database
    from newsletter.models import IssueRow
    from newsletter.sending.records.settle import DeliveryFilter

_STATES = ("pending", "sending", "sent", "skipped", "failed", "uncertain")
_LOOK_AGAIN_S = 1.0


@click.group()
def deliveries() -> None:
    """Show who got an issue, who did not, and why."""


@deliveries.command()
@options.with_slug
@options.with_day
@click.option("--domains", "by_domain", is_flag=True, help="Also by domain, the largest twenty.")
@click.option("--watch", "watched", is_flag=True, help="Refresh until all are done.")
@options.with_json
@options.with_config
def status(
    slug: str | None,
    day: date | None,
    by_domain: bool,
    watched: bool,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Show the account of an issue: by state and reason, what came back, how fast it goes.

    Without SLUG, of each newsletter's issue. Exit code 1 where something is still pending.
    """
    settings = resources.load_settings(config_file)
    asked = [options.chosen_newsletter(settings, slug)] if slug else settings.newsletters
    slugs = [newsletter.slug for newsletter in asked]
    with resources.open_database(settings, *slugs) as database:
        with output.empty_json([] if len(slugs) > 1 else {}, wanted=as_json):
            issues = _issues(database, slugs, day)
        live = watched and not as_json and output.is_watched()
        if live:
            if len(issues) > 1:
                raise WrongUseError("--watch shows one newsletter; name it")
            _watch(database, issues[0], by_domain)
        now = machine_clock.utc_now()
        views = [
            status_view.read_status(database, issue, now, by_domain=by_domain) for issue in issues
        ]
    if as_json:
        told = [status_view.as_json(view) for view in views]
        output.print_json(told if len(slugs) > 1 else told[0])
    elif not live:
        for view in views:
            status_view.print_status(view)
    click.get_current_context().exit(0 if all(view.account.balances for view in views) else 1)


def _issues(database: "Database", slugs: list[str], day: date | None) -> "list[IssueRow]":
    """The newsletter's issue; of several, that of each newsletter that has one, one at least."""
    from newsletter.issues import issue_queries

    with database.read() as session:
        if len(slugs) == 1:
            return [issue_queries.get_issue(session, slugs[0], day)]
        found = []
        for slug in slugs:
            try:
                found.append(issue_queries.get_issue(session, slug, day))
            except WrongUseError as error:
                output.warn(str(error))
    if not found:
        raise NothingYetError(
            "none of the newsletters has an issue" + (f" of {day}" if day else "")
        )
    return found


def _watch(database: "Database", issue: "IssueRow", by_domain: bool) -> None:
    """Show the same again and again, with the rate since the last look."""
    from rich.console import Console
    from rich.live import Live

    before: status_view.StatusView | None = None
    with Live(console=Console(), auto_refresh=False) as live:
        while True:
            view = status_view.read_status(
                database, issue, machine_clock.utc_now(), by_domain=by_domain, before=before
            )
            live.update(status_view.render_status(view), refresh=True)
            if view.account.balances:
                return
            before = view
            time.sleep(_LOOK_AGAIN_S)


@deliveries.command("list")
@options.with_slug
@options.with_day
@click.option("--state", type=click.Choice(_STATES), help="Only deliveries in this state.")
@click.option(
    "--subscriber", metavar="EMAIL", help="Deliveries of this subscriber, across all issues."
)
@options.with_json
@options.with_config
def list_deliveries(
    slug: str | None,
    day: date | None,
    state: str | None,
    subscriber: str | None,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """List every delivery of an issue, by address.

    `--state uncertain` or `--state failed` answers who missed it; `--subscriber` what one person
    got, also by `newsletter resend`.
    """
    from newsletter.issues import issue_queries
    from newsletter.sending.reports.stats import COLUMNS, list_deliveries

    settings = resources.load_settings(config_file)
    if subscriber is not None and (slug or day):
        raise WrongUseError("--subscriber is across all issues; leave SLUG and --day out")
    asked = [options.chosen_newsletter(settings, slug).slug] if subscriber is None else []
    with resources.open_database(settings, *asked) as database, database.read() as session:
        if subscriber is not None:
            _print_history(session, subscriber, state, as_json=as_json)
            return
        with output.empty_json([], wanted=as_json):
            issue = issue_queries.get_issue(session, asked[0], day)
        rows = list_deliveries(session, issue.id, state)
        if as_json:
            output.stream_json(dict(zip(COLUMNS, row, strict=True)) for row in rows)
        elif not output.stream_table(COLUMNS, rows):
            click.echo(f"None{f' {state}' if state else ''} of {issue.newsletter} {issue.day}.")


def _print_history(session: "Session", email: str, state: str | None, *, as_json: bool) -> None:
    from newsletter.sending.reports import totals
    from newsletter.subscribers import lifecycle

    found = totals.history(session, lifecycle.get_subscriber(session, email).id)
    rows = [row for row in found if state in (None, row["state"])]
    if as_json:
        output.print_json(rows)
    elif rows:
        output.print_table(tuple(rows[0]), [tuple(row.values()) for row in rows])
    else:
        click.echo(f"None{f' {state}' if state else ''} for {email}.")


@deliveries.command()
@options.with_slug
@options.with_day
@click.option(
    "--as",
    "verdict",
    type=click.Choice(["sent", "resend", "failed"]),
    required=True,
    help="sent: they arrived, let it rest. resend: send them again, at the risk of a double."
    " failed: do not ask them again (with --state pending).",
)
@with_filter
@click.option("--dry-run", is_flag=True, help="Only list the deliveries.")
@options.with_json
@options.with_config
def settle(
    slug: str | None,
    day: date | None,
    verdict: str,
    dry_run: bool,
    as_json: bool,
    config_file: Path | None,
    **filter_options: Any,  # noqa: ANN401 - the options of `with_filter`
) -> None:
    """Decide on uncertain deliveries, on failed ones that were judged wrongly, or on who waits.

    Nobody but you can find out whether an uncertain mail arrived; it is never sent again by
    itself. After trouble that was everybody's, `--state failed --as resend` brings the readers
    back; `--state pending --reason TEXT --as failed` ends those who wait for nothing.
    """
    from newsletter.issues import issue_queries
    from newsletter.models import DeliveryState
    from newsletter.sending.records import settle as operator_word

    settings = resources.load_settings(config_file)
    chosen = delivery_filter(**filter_options)
    if (chosen.state is DeliveryState.PENDING) != (verdict == "failed"):
        raise WrongUseError("who waits can only be given up: `--state pending --as failed`")
    verdicts = {"resend": DeliveryState.PENDING, "failed": DeliveryState.FAILED}
    settled_as = verdicts.get(verdict, DeliveryState.SENT)
    newsletter = options.chosen_newsletter(settings, slug).slug
    with (
        resources.open_database(settings, newsletter) as database,
        database.write.begin() as session,
    ):
        with output.empty_json([], wanted=as_json and dry_run):
            issue = issue_queries.get_issue(session, newsletter, day)
        _check_references(session, issue.id, chosen)
        if dry_run:
            rows = operator_word.select_deliveries(session, issue.id, chosen)
            if as_json:
                output.print_json([dict(row._mapping) for row in rows])  # noqa: SLF001 - its public name
                return
            output.print_table(("address", "reason"), [(row.email, row.reason) for row in rows])
            click.echo(f"{len(rows)} would be settled as {verdict}.")
            return
        now = machine_clock.utc_now()
        is_old = now - issue.frozen_at > timedelta(hours=settings.sending.max_age_h)
        result = operator_word.settle_deliveries(session, issue.id, chosen, settled_as, now)
    if as_json:
        output.print_json({"as": verdict, **vars(result)})
        return
    click.echo(f"{result.settled} settled as {verdict}.")
    if result.unsuppressed:
        click.echo(f"{result.unsuppressed} are no longer suppressed.")
    if not result.settled:
        click.echo(f"Nothing fits; `newsletter deliveries list --state {chosen.state}` shows them.")
    elif verdict == "resend":
        late = " --late" if is_old else ""
        click.echo(f"Next: newsletter send {issue.newsletter} --day {issue.day}{late}")


def _check_references(session: "Session", issue_id: int, chosen: "DeliveryFilter") -> None:
    from newsletter.sending.reports.stats import list_deliveries

    if not chosen.references:
        return  # every delivery of an issue is much to read for nothing
    known = [row.reference for row in list_deliveries(session, issue_id, chosen.state)]
    for reference in chosen.references:
        if reference not in known:
            hint = did_you_mean(reference, known)
            raise WrongUseError(f"no {chosen.state} delivery {reference!r}{hint}")
