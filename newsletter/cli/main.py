"""The command line: every command reads options, calls one function, prints.

Modules here import click only; what a command needs beyond it is imported when the command runs.
"""

import errno
import gc
import sys
from collections.abc import Sequence

import click

from newsletter import __version__
from newsletter.cli import (
    backup,
    check,
    config,
    db,
    deliveries,
    demo,
    feedback,
    fetch,
    init,
    interests,
    issues,
    notify,
    preview,
    rename,
    resend,
    restore,
    run,
    send,
    send_test,
    serve,
    subscribers,
    summarize,
    templates,
    worker,
)
from newsletter.cli.help import show_help
from newsletter.cli.printing import log_format, output
from newsletter.cli.printing.output import visible_output
from newsletter.errors import NewsletterError, did_you_mean

# A full disk, a quota, a broken or read-only folder, rights: not ours to mend, and no bug of ours.
_OF_THE_MACHINE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOTDIR}
    | {errno.ENAMETOOLONG, errno.ELOOP}
)
# New objects. Modules make many that stay, and looking at them after every 700 is a tenth of `run`.
_COLLECT_AFTER = 50_000


class _Group(click.Group):
    """Names the nearest command where one is mistyped, and keeps the order of a newcomer's way."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            hint = did_you_mean(args[0], self.commands)
            raise click.UsageError(f"no command {args[0]!r}{hint}", ctx) from error


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="""What arXiv announced today, one sentence a paper, once to every subscriber.

\b
To look around    newsletter demo
For your own      newsletter init, then edit newsletter.toml
Every day         newsletter run, from cron, as often as you like
To read on        newsletter help
For scripts       --json; where a command cannot do it, {"error": "why"} and an exit code""",
)
@click.version_option(__version__, "-V", "--version", message="newsletter %(version)s")
@click.option(
    "--log",
    type=click.Choice(log_format.KINDS),
    envvar="NEWSLETTER_LOG",
    help="Log on standard error what happens, a line an event.  [env: NEWSLETTER_LOG]",
)
def cli(log: str | None) -> None:
    if log is not None:
        log_format.start(log)


for _command in (
    demo.demo,
    init.init,
    run.run,
    fetch.fetch,
    summarize.summarize,
    preview.preview,
    send.send,
    send_test.send_test,
    resend.resend,
    issues.issues,
    deliveries.deliveries,
    feedback.feedback,
    subscribers.subscribers,
    rename.rename,
    interests.interests,
    notify.notify,
    serve.serve,
    worker.worker,
    check.check,
    config.config,
    templates.templates,
    db.db,
    backup.backup,
    restore.restore,
    show_help,
):
    cli.add_command(_command)


def main(args: Sequence[str] | None = None) -> None:
    """Run a command; expected trouble is one line on standard error and an exit code."""
    gc.set_threshold(_COLLECT_AFTER)
    sys.exit(_run(args))


def _run(args: Sequence[str] | None) -> int:
    with visible_output():
        return _run_command(args)


def _run_command(args: Sequence[str] | None) -> int:
    as_json = "--json" in (sys.argv[1:] if args is None else args)
    try:
        code = cli.main(args, prog_name="newsletter", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.UsageError as error:
        name = error.ctx.command_path if error.ctx else "newsletter"
        line = f"{error.format_message().rstrip('.')}; see `{name} --help`"
        return _complain(line, 2, as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        return _complain("stopped; run it again to go on", 1, as_json=as_json)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:  # noqa: BLE001 - raised again where we have no words for it
        return _complain(*_in_words(error), as_json=as_json)
    return code if isinstance(code, int) else 0


def _in_words(error: Exception) -> tuple[str, int]:
    """A line for people and an exit code; the error itself, where it is a bug."""
    if isinstance(error, NewsletterError):
        return str(error), error.exit_code
    if type(error).__module__.startswith(("sqlalchemy", "sqlite3")):
        from newsletter.database.db import describe_failure

        return f"the database failed ({describe_failure(error)}): mend it and run again", 1
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}; mend that and run again", 1
    raise error


def _complain(line: str, code: int, *, as_json: bool) -> int:
    """The line for people on standard error; for a script the same on standard output."""
    line = " ".join(line.split())
    click.echo(f"newsletter: {line}", err=True)
    if as_json:
        output.print_json({"error": line})
    return code
