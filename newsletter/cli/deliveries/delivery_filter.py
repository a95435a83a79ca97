"""deliveries list and settle: the options that choose deliveries."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from newsletter.cli import options

if TYPE_CHECKING:
    from newsletter.sending.records.settle import DeliveryFilter


def with_filter(command: options.Command) -> options.Command:
    """The options that choose some of an issue's deliveries."""
    for option in reversed(
        (
            click.option(
                "--state",
                type=click.Choice(["uncertain", "failed", "pending"]),
                default="uncertain",
                show_default=True,
                help="failed: mails refused wrongly; a suppression that came with one ends."
                " pending: mails that wait, to be given up.",
            ),
            click.option(
                "--reference",
                "references",
                multiple=True,
                metavar="REF",
                help="Only the delivery with this reference; repeatable.",
            ),
            click.option(
                "--reason", default="", metavar="TEXT", help="Only where the reason holds this."
            ),
            click.option("--domain", default="", help="Only addresses of this domain."),
            click.option(
                "--since",
                type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
                help="Only deliveries that came to this state at this time (UTC) or later.",
            ),
        )
    ):
        command = option(command)
    return command


def delivery_filter(
    state: str, references: tuple[str, ...], reason: str, domain: str, since: datetime | None
) -> "DeliveryFilter":
    from newsletter.models import DeliveryState
    from newsletter.sending.records.settle import DeliveryFilter

    since = since.replace(tzinfo=UTC) if since else None
    return DeliveryFilter(
        DeliveryState(state), references, reason, domain.lower().removeprefix("@"), since
    )
