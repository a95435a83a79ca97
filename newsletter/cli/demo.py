"""demo: a real arXiv day, end to end."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import machine_clock
from newsletter.cli import resources
from newsletter.cli.printing import day_output

if TYPE_CHECKING:
    from newsletter.config import Settings


@click.command()
@click.argument("folder", metavar="[DIR]", default="demo", type=click.Path(path_type=Path))
def demo(folder: Path) -> None:
    """Run one real arXiv day, end to end.

    Needs no network and no account. Writes a configuration, a database and three example
    subscribers into DIR (default: demo), runs
    the bundled day (11 July 2025, cs.SD and eess.SP) and puts the mails into DIR/outbox.
    """
    from newsletter import scaffold
    from newsletter.daily_run import daily
    from newsletter.rendering.issue_email import IssueEmails

    settings = scaffold.write_demo(folder, machine_clock.utc_now())
    newsletter = settings.newsletters[0]
    with resources.open_services(settings) as services:
        report = daily.run_day(services, newsletter, None)
        page = folder / f"{newsletter.slug}-{report.day}.html"
        if report.content is not None:
            mails = IssueEmails(report.content, services.site, services.links, services.theme)
            page.write_text(mails.page("brief", newsletter.language), encoding="utf-8")
    day_output.print_day(newsletter, report, services.llm_budget.prices)
    _tell_where(folder, settings, page)


def _tell_where(folder: Path, settings: "Settings", page: Path) -> None:
    outbox = settings.folder / settings.transport.directory
    click.echo("\nLook at")
    click.echo(f"  {page}   the issue, in a browser")
    for mail in sorted(outbox.glob("*.eml")):
        click.echo(f"  {folder / outbox.name / mail.name}")
    click.echo(
        "  (a mail a subscriber: every abstract, brief, titles only; any mail program opens them)"
    )
    program = _program()
    config_option = f"--config {folder / 'newsletter.toml'}"
    click.echo("\nType next")
    click.echo(f"  {program} run {config_option}   again: nobody gets it twice")
    click.echo(f"  {program} deliveries list {config_option}")
    click.echo(f"  {program} init   to start your own")


def _program() -> str:
    """This program as one types it here."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return "python -m newsletter"
    return called.name if shutil.which(called.name) == str(called) else str(called)
