"""check: is this installation ready?"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsletter.finding import Finding


@click.command()
@options.with_json
@options.with_config
def check(as_json: bool, config_file: Path | None) -> None:
    """Try every part and say in words what is wrong.

    Logs in at the servers, asks arXiv once, and sends nothing to anybody. Exit code 1 where
    something will not work.
    """
    from newsletter.finding import Finding, Severity
    from newsletter.health import readiness

    try:
        settings = resources.load_settings(config_file)
    except NewsletterError as error:
        if not as_json:
            raise
        output.warn(str(error))
        output.print_json([vars(Finding("configuration", Severity.TROUBLE, str(error)))])
        click.get_current_context().exit(error.exit_code)
    findings = list(readiness.check(settings, machine_clock.utc_now(), _waiting))
    if as_json:
        output.print_json([vars(finding) for finding in findings])
    else:
        output.print_table(("part", "", "what was found"), _rows(findings))
    troubled = any(finding.level is Severity.TROUBLE for finding in findings)
    click.get_current_context().exit(int(troubled))


def _waiting(line: str) -> None:
    click.echo(f"newsletter: {line}", err=True)


def _rows(findings: "Iterable[Finding]") -> list[tuple[object, ...]]:
    return [(finding.part, finding.level, finding.text) for finding in findings]
