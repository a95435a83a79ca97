"""feedback: read the mailbox that bounces come back to."""

import shlex
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import WrongUseError
from newsletter.text import counted

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.database.db import Database
    from newsletter.feedback.mailbox import InboundMessages
    from newsletter.feedback.poll import PollReport


@click.command()
@click.option(
    "--maildir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Read this Maildir.  [default: what [feedback] names]",
)
@click.option("--stdin", "piped", is_flag=True, help="Read one mail that a mail server hands over.")
@click.option("--resume", metavar="DOMAIN", help="Send to a paused domain again, and read nothing.")
@click.option(
    "--asking", is_flag=True, help="List who asked to leave in plain words, and read nothing."
)
@options.with_json
@options.with_config
def feedback(
    folder: Path | None,
    piped: bool,
    resume: str | None,
    asking: bool,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Read bounces, complaints and unsubscribe mails, and act on them.

    From an IMAP folder, a Maildir or a pipe. A mail acts only on the delivery whose reference it
    bears. What is understood is marked as seen, what is not also as flagged; nothing is deleted.
    Readers who ask in plain words to get no more mail are named, with the command for it.
    """
    from newsletter import bootstrap
    from newsletter.feedback import poll
    from newsletter.health import last_runs

    settings = resources.load_settings(config_file)
    if piped and folder is not None:
        raise WrongUseError("--stdin and --maildir name two places; give one")
    with resources.open_database(settings) as database:
        if resume is not None:
            from newsletter.sending.limits import pauses

            with database.write.begin() as session:
                if not pauses.resume_domain(session, resume.lower()):
                    raise WrongUseError(f"{resume} is not paused")
            click.echo(f"{resume} gets mail again; `newsletter send` delivers what waits.")
            return
        if asking:
            _list_asking(database, as_json)
            return
        recorded = last_runs.recorded(database, last_runs.FEEDBACK, machine_clock.utc_now)
        with nullcontext() if piped else recorded:
            report = poll.read_mailbox(
                database,
                _inbound_messages(settings, folder, piped),
                bootstrap.signed_links(settings),
                machine_clock.utc_now,
            )
    _tell(report, as_json)


def _removal(email: str) -> str:
    """The command that lets a reader go."""
    return f"newsletter subscribers remove {shlex.quote(email)}"


def _list_asking(database: "Database", as_json: bool) -> None:
    from newsletter.feedback import leave_requests

    with database.read() as session:
        asking = leave_requests.readers_who_ask(session)
    if as_json:
        output.print_json([{"email": email, "at": f"{at:%FT%TZ}"} for email, at in asking])
        return
    for email, asked_at in asking:
        click.echo(f"{email} asked on {asked_at:%F}: {_removal(email)}")
    if not asking:
        click.echo("Nobody asks.")


def _inbound_messages(settings: "Settings", folder: Path | None, piped: bool) -> "InboundMessages":
    from newsletter.feedback import mailbox

    if piped:
        return mailbox.read_pipe(sys.stdin.buffer, settings.folder / settings.feedback.kept)
    named = mailbox.read_configured(settings) if folder is None else mailbox.read_maildir(folder)
    if named is not None:
        return named
    raise WrongUseError(
        "no mailbox to read: set feedback.imap_host or feedback.maildir, or use --maildir, --stdin"
    )


def _tell(report: "PollReport", as_json: bool) -> None:
    if as_json:
        output.print_json(vars(report))
        return
    if not report.letters:
        click.echo("No new mail.")
        return
    counts = [f"{number} {kind}" for kind, number in sorted(report.kinds.items())]
    counts += [f"{report.unsubscribed} unsubscribed"] * bool(report.unsubscribed)
    if report.automatic:
        counts.append(counted(report.automatic, "automatic reply", "automatic replies"))
    counts += [f"{len(report.asking)} asking to leave"] * bool(report.asking)
    counts += [f"{report.kept.total()} not understood"] * bool(report.kept)
    click.echo(f"{counted(report.letters, 'mail')}: {', '.join(counts)}")
    if report.suppressed:
        click.echo(f"  {counted(report.suppressed, 'address', 'addresses')} suppressed")
    for reason, number in report.kept.most_common():
        output.warn(f"kept for you to look at: {number} where {reason}")
    for email in report.asking:
        output.warn(
            f"kept for you: {email} asks to leave, and anybody can write that: `{_removal(email)}`"
        )
