"""restore: bring a copy of the database back."""

from pathlib import Path

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.text import counted


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--yes", "overwrite", is_flag=True, help="Restore also where there is a database; it is kept."
)
@options.with_config
def restore(file: Path, overwrite: bool, config_file: Path | None) -> None:
    """Bring the database back from FILE, which `newsletter backup` wrote.

    Readers who left, were suppressed or erased since then stay so, as far as the database that was
    there can be read. Issues that may have been sent since are held; then the exit code is 1.
    """
    from newsletter import backup as copies
    from newsletter.finding import Severity

    settings = resources.load_settings(config_file)
    result = copies.restore(settings, file, machine_clock.utc_now(), overwrite=overwrite)
    click.echo(f"Restored from {file}.")
    if result.kept is not None:
        click.echo(f"What was there before is {result.kept}; delete it when all is well.")
    if result.carried is None:
        output.warn(
            "what was there cannot be read: who said no since the copy may be mailed again; their"
            " list keeps them out (`newsletter subscribers import FILE --as left`)"
        )
    elif any(vars(result.carried).values()):
        carried = result.carried
        click.echo(
            f"From there: {carried.left} left, {carried.suppressed} suppressed,"
            f" {carried.erased} erased since the copy;"
            f" {counted(carried.left_outbox, 'waiting mail')} had left."
        )
    for finding in result.findings:
        output.warn(finding.text)
    is_held = any(finding.level is Severity.TROUBLE for finding in result.findings)
    click.get_current_context().exit(int(is_held))
