"""resend: one issue once more to one reader."""

from datetime import date
from pathlib import Path

import click

from newsletter.cli import options, resources
from newsletter.cli.printing import output


@click.command()
@click.argument("email")
@click.option(
    "--newsletter",
    "slug",
    metavar="SLUG",
    help="The newsletter of the issue.  [default: the first]",
)
@options.with_day
@click.option("--again", is_flag=True, help="Also where one just left, or nobody knows whether.")
@options.with_json
@options.with_config
def resend(
    email: str,
    slug: str | None,
    day: date | None,
    again: bool,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Send an issue to one reader once more.

    The newest, or that of --day, as it was frozen. It is your act, and counted apart: the issue's
    account stays. A reader who left, did not confirm or must not be mailed gets nothing; what holds
    an issue, and the limits, hold this too. Exit code 1 where it did not leave, or nobody knows.
    """
    from newsletter.daily_run import daily
    from newsletter.issues import issue_queries
    from newsletter.models import DeliveryState

    settings = resources.load_settings(config_file)
    with resources.open_services(settings) as services:
        with services.database.read() as session:
            issue = issue_queries.get_issue(
                session, options.chosen_newsletter(settings, slug).slug, day
            )
        resent = daily.resend(services, issue.id, email, again=again)
    name = f"{issue.newsletter} {issue.day}"
    if as_json:
        fields = {"email": email, "newsletter": issue.newsletter, "day": issue.day}
        output.print_json({**fields, **vars(resent)})
    else:
        detail = f": {resent.detail}" if resent.detail else ""
        click.echo(f"{email}: {name} {_WORDS[resent.state]}{detail}")
    click.get_current_context().exit(int(resent.state != DeliveryState.SENT))


_WORDS = {
    "sent": "was accepted once more",
    "failed": "did not leave",
    "uncertain": "may have left, and nobody knows",
}
