"""check: is this installation ready?"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli import common

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsletter.finding import Finding


@click.command()
@common.with_json
@common.with_config
def check(as_json: bool, config_file: Path | None) -> None:
    """Try every part and say in words what is wrong.

    Sends nothing to a subscriber. Exit code 1 where something will not work.
    """
    from newsletter import health
    from newsletter.finding import Severity

    settings = common.load(config_file)
    found = list(health.check(settings, common.utc_now()))
    if as_json:
        common.print_json([vars(each) for each in found])
    else:
        common.print_table(("part", "", "what was found"), _rows(found))
    troubled = any(each.level is Severity.TROUBLE for each in found)
    click.get_current_context().exit(int(troubled))


def _rows(found: "Iterable[Finding]") -> list[tuple[object, ...]]:
    return [(each.part, each.level, each.text) for each in found]
