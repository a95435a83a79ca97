"""subscribers remove, pause, resume: no mail to somebody, for good or for a while."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import WrongUseError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from newsletter.config import Settings

_with_slug = click.option(
    "--from",
    "slug",
    metavar="SLUG",
    help="From this newsletter only, also one that is not configured any more."
    "  [default: from all]",
)


@click.command()
@click.argument("email", required=False)
@_with_slug
@click.option("--everybody", is_flag=True, help="Unsubscribe all its readers: it is over.")
@options.with_json
@options.with_config
def remove(
    email: str | None, slug: str | None, everybody: bool, as_json: bool, config_file: Path | None
) -> None:
    """Let somebody leave.

    As their own unsubscribe link does, also from the address to which they moved; only they can
    come back, by confirming anew.
    """
    from newsletter.subscribers import address_change, lifecycle, opt_out
    from newsletter.subscribers.consent_log import Channel, ConsentEvidence

    if bool(email) == everybody or (everybody and not slug):
        raise WrongUseError("name one EMAIL, or --everybody --from SLUG")
    settings = resources.load_settings(config_file)
    evidence = ConsentEvidence(Channel.OPERATOR, "newsletter subscribers remove")
    with resources.open_database(settings) as database, database.write.begin() as session:
        newsletter = _known(session, settings, slug)
        if everybody and newsletter:
            number = opt_out.end_newsletter(session, newsletter, evidence, machine_clock.utc_now())
            said, told = f"{number} readers left {newsletter}", {newsletter: number}
        else:
            subscriber = lifecycle.get_subscriber(session, email or "")
            chosen = [newsletter] if newsletter else None
            before = opt_out.left_before(session, subscriber, newsletter)
            who, left, moved_to = subscriber.email, [], []
            for row in address_change.lock_linked(session, subscriber.id):
                ended = opt_out.unsubscribe(session, row, chosen, evidence, machine_clock.utc_now())
                left += ended
                moved_to += [row.email] if ended and row.email != who else []
            told = dict.fromkeys(left, 1)
            said = f"{who} left {newsletter or 'every newsletter'}"
            if moved_to:
                said += f", as {', '.join(moved_to)}, where they moved"
            elif before:
                said += f" on {before:%F} already; nothing was changed"
            elif newsletter and not left:
                raise WrongUseError(f"{who} does not get {newsletter}; nothing was changed")
    if as_json:
        output.print_json({"left": told})
    else:
        click.echo(f"{said}.")


@click.command()
@click.argument("email")
@click.option(
    "--until",
    type=options.Day(),
    required=True,
    metavar="YYYY-MM-DD",
    help="The last day whose issue they do not get.",
)
@_with_slug
@options.with_json
@options.with_config
def pause(
    email: str, until: date, slug: str | None, as_json: bool, config_file: Path | None
) -> None:
    """Send somebody nothing until a day, as the pause of their preferences does.

    Mail goes on by itself afterwards; a weekly mail then holds what they missed. `subscribers
    resume` ends it before.
    """
    today = machine_clock.utc_now().date()
    if until < today:
        raise WrongUseError(f"{until} is over; name today or a later day")
    paused = _change_pause(config_file, email, slug, until)
    _tell(email, paused, until, as_json=as_json)


@click.command()
@click.argument("email")
@_with_slug
@options.with_json
@options.with_config
def resume(email: str, slug: str | None, as_json: bool, config_file: Path | None) -> None:
    """End somebody's pause: the next issue comes to them."""
    resumed = _change_pause(config_file, email, slug, None)
    _tell(email, resumed, None, as_json=as_json)


def _change_pause(
    config_file: Path | None, email: str, slug: str | None, until: date | None
) -> list[str]:
    from newsletter.subscribers import lifecycle, preferences

    settings = resources.load_settings(config_file)
    with resources.open_database(settings) as database, database.write.begin() as session:
        newsletter = _known(session, settings, slug)
        subscriber = lifecycle.get_subscriber(session, email)
        changed = preferences.pause(session, subscriber, newsletter, until)
    if not changed:
        raise WrongUseError(f"{email} does not read {newsletter or 'anything'}")
    return changed


def _known(session: "Session", settings: "Settings", slug: str | None) -> str | None:
    """A newsletter of the configuration, or one that only its readers know of."""
    from newsletter import slugs

    gone = slugs.orphans(session, settings)
    return slug if slug is None or slug in gone else options.chosen_newsletter(settings, slug).slug


def _tell(email: str, newsletters: list[str], until: date | None, *, as_json: bool) -> None:
    if as_json:
        output.print_json({"email": email, "newsletters": newsletters, "paused_until": until})
    else:
        words = "pauses no more" if until is None else f"pauses until {until}"
        click.echo(f"{email} {words}: {', '.join(newsletters)}.")
