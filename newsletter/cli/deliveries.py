"""deliveries status, list, settle."""

from datetime import date
from pathlib import Path

import click

from newsletter.cli import common, telling

_STATES = ("pending", "sending", "sent", "skipped", "failed", "uncertain")


@click.group()
def deliveries() -> None:
    """Who got an issue, who did not, and why."""


@deliveries.command()
@common.with_slug
@common.with_day
@common.with_json
@common.with_config
def status(slug: str | None, day: date | None, as_json: bool, config_file: Path | None) -> None:
    """The account of an issue.

    Exit code 1 where something is still pending.
    """
    from newsletter import assembly, issues
    from newsletter.delivery import accounts

    settings = common.load(config_file)
    with assembly.database(settings) as database, database.read() as session:
        issue = issues.known(session, settings.newsletter(slug).slug, day)
        account = accounts.account(session, issue.id)
    if as_json:
        common.print_json({"newsletter": issue.newsletter, "day": issue.day, **vars(account)})
    else:
        click.echo(f"{issue.newsletter}  {common.short(issue.day)}  {telling.balance(account)}")
    click.get_current_context().exit(0 if account.balances else 1)


@deliveries.command("list")
@common.with_slug
@common.with_day
@click.option("--state", type=click.Choice(_STATES), help="Only those.")
@common.with_json
@common.with_config
def list_deliveries(
    slug: str | None, day: date | None, state: str | None, as_json: bool, config_file: Path | None
) -> None:
    """Every delivery of an issue, by address."""
    from newsletter import assembly, issues
    from newsletter.delivery import accounts

    settings = common.load(config_file)
    with assembly.database(settings) as database, database.read() as session:
        issue = issues.known(session, settings.newsletter(slug).slug, day)
        rows = accounts.deliveries(session, issue.id, state)
    columns = ("address", "state", "reason", "attempts", "reference", "changed")
    if as_json:
        common.print_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        common.print_table(columns, rows)
    else:
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
    from newsletter import assembly, issues
    from newsletter.delivery import accounts, ledger
    from newsletter.errors import WrongUseError, did_you_mean
    from newsletter.models import DeliveryState

    settings = common.load(config_file)
    with assembly.database(settings) as database, database.write.begin() as session:
        issue = issues.known(session, settings.newsletter(slug).slug, day)
        uncertain = [row[4] for row in accounts.deliveries(session, issue.id, "uncertain")]
        for each in references:
            if each not in uncertain:
                raise WrongUseError(
                    f"no uncertain delivery {each!r}{did_you_mean(each, uncertain)}"
                )
        state = DeliveryState.PENDING if verdict == "resend" else DeliveryState.SENT
        settled = ledger.settle(session, issue.id, references, state, common.utc_now())
    click.echo(f"{settled} settled as {verdict}.")
    if verdict == "resend" and settled:
        click.echo(f"Next: newsletter send {issue.newsletter} --day {issue.day}")
