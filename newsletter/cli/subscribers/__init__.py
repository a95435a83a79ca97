"""subscribers add, list, show, erase, unsuppress."""

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter import languages, machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.cli.printing.output import flatten
from newsletter.cli.subscribers.absence import pause, remove, resume
from newsletter.cli.subscribers.export import export, subscriber_filter, with_filter
from newsletter.cli.subscribers.import_list import import_list
from newsletter.cli.subscribers.interests import interests
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.rhythms import Rhythm

if TYPE_CHECKING:
    from newsletter.models import OutboxRow
    from newsletter.subscribers.queries import Member
    from newsletter.transactional.outbox_worker import OutboxWorker


@click.group()
def subscribers() -> None:
    """Add, list, show, pause, remove, erase, import and export subscribers."""


@subscribers.command()
@click.argument("email")
@click.option(
    "--to",
    "slugs",
    multiple=True,
    metavar="SLUG",
    help="A newsletter; repeatable.  [default: the first]",
)
@click.option(
    "--consent",
    metavar="TEXT",
    help="How they agreed: your proof. Without it, they are asked by mail.",
)
@click.option(
    "--detail",
    type=click.Choice(["full", "brief", "titles"]),
    help="How much of each paper the mail has.",
)
@click.option(
    "--rhythm",
    type=click.Choice([rhythm.value for rhythm in Rhythm]),
    help="Mails each day, once a week, or only with something for them.  [default: daily]",
)
@click.option("--language", type=click.Choice(languages.CODES), help="Language of the frame.")
@options.with_json
@options.with_config
def add(
    email: str,
    slugs: tuple[str, ...],
    consent: str | None,
    detail: str | None,
    rhythm: str | None,
    language: str | None,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Add a subscriber.

    At once with proof of consent, else by a mail that asks them to confirm.
    """
    from newsletter import bootstrap
    from newsletter.sending.restore_guard import machine_memory
    from newsletter.subscribers import lifecycle
    from newsletter.transactional.build import ask_to_confirm

    settings = resources.load_settings(config_file)
    if not (consent or settings.site.url):
        raise WrongUseError("without site.url nobody can confirm by a link; give --consent TEXT")
    chosen = [options.chosen_newsletter(settings, slug) for slug in slugs or (None,)]
    request = lifecycle.SubscriptionRequest(
        [newsletter.slug for newsletter in chosen],
        detail or chosen[0].detail,
        language or chosen[0].language,
        rhythm or "",
    )
    with resources.open_database(settings, *request.newsletters) as database:
        clock = resources.shared_clock(database)
        now = clock()
        machine_memory.take_readers_in(settings, database)
        with database.write.begin() as session:
            subscriber = lifecycle.add_subscriber(session, email, request, consent, now)
            asked = lifecycle.newsletters_to_confirm(session, subscriber, request)
            if asked:
                row = ask_to_confirm(session, subscriber, asked, settings.signup, now)
        confirmed = [slug for slug in request.newsletters if slug not in asked]
        if as_json:
            told = {"email": subscriber.email, "confirmed": confirmed, "asked": asked}
            output.print_json(told)
        elif confirmed:
            click.echo(f"{subscriber.email} is confirmed for {', '.join(confirmed)}.")
        if not asked:
            return
        _send_at_once(bootstrap.outbox_worker(settings, database, clock), row)
    if as_json:
        return
    why = " They left before, so only they can say yes again." if consent else ""
    click.echo(f"{subscriber.email} was asked by mail to confirm {', '.join(asked)}.{why}")


def _send_at_once(outbox_worker: "OutboxWorker", row: "OutboxRow") -> None:
    """Raises: NewsletterError: it was not accepted, or nobody knows."""
    from newsletter.transports.base import SendStatus

    result = outbox_worker.deliver(row)
    if result.status is SendStatus.ACCEPTED:
        return
    hope = {
        SendStatus.TRY_LATER: "did not leave, and waits for the next `newsletter run`",
        SendStatus.UNCERTAIN: "may have left, and may not",
        SendStatus.REJECTED: "is refused",
    }
    raise NewsletterError(f"the confirm mail to {row.email} {hope[result.status]}: {result.detail}")


@subscribers.command("list")
@with_filter
@options.with_json
@options.with_config
def list_subscribers(as_json: bool, config_file: Path | None, **filter_options: Any) -> None:  # noqa: ANN401 - the options of `with_filter`
    """List everybody, by address."""
    from newsletter.subscribers import queries

    settings = resources.load_settings(config_file)
    choice = subscriber_filter(settings, **filter_options)
    asked = [choice.newsletter] if choice.newsletter else []
    with resources.open_database(settings, *asked) as database, database.read() as session:
        members = queries.iterate_subscribers(session, choice)
        first = next(members, None)
        rows_as_json = map(_member_as_json, chain([first] if first else [], members))
        if as_json:
            output.stream_json(rows_as_json)
        elif first:
            columns = ("email", "standing", "newsletters", "since")
            output.stream_table(
                columns, ([_text(member[name]) for name in columns] for member in rows_as_json)
            )
        else:
            click.echo("Nobody; `newsletter subscribers add EMAIL` adds somebody.")


@subscribers.command()
@click.argument("email")
@options.with_json
@options.with_config
def show(email: str, as_json: bool, config_file: Path | None) -> None:
    """Show everything that is known of one subscriber."""
    from newsletter.subscribers import lifecycle
    from newsletter.transactional import data_export

    settings = resources.load_settings(config_file)
    with resources.open_database(settings) as database, database.read() as session:
        subscriber = lifecycle.get_subscriber(session, email)
        data = data_export.export_subscriber(session, subscriber)
    if as_json:
        output.print_json(data)
        return
    rows: list[tuple[str, object]] = []
    flatten("", data, rows)
    output.print_table(("", ""), rows)


@subscribers.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@options.with_config
def erase(email: str, yes: bool, config_file: Path | None) -> None:
    """Forget somebody for good.

    Their subscriptions, consent and history go; issues keep a number in their account. A keyed
    hash of the address stays, so that no import brings it back, also of one that is not here.
    """
    from newsletter.subscribers import erasure, lifecycle
    from newsletter.subscribers.addresses import normalize_address

    settings = resources.load_settings(config_file)
    address = normalize_address(email)
    if not yes:
        click.confirm(f"Erase everything about {address} for good?", abort=True, err=True)
    with resources.open_database(settings) as database:
        with database.write.begin() as session:
            subscriber = lifecycle.find_subscriber(session, address)
            if subscriber is not None:
                erasure.erase(session, subscriber, machine_clock.utc_now())
            else:
                erasure.erase_address(session, address, machine_clock.utc_now())
        database.compact()
    click.echo(
        "Erased." if subscriber else "Nobody here has this address; it will not be taken in."
    )
    click.echo("An address that moved to this one within a week goes when its week is over.")
    click.echo("Not touched: mails in an outbox folder, logs, backups, and what a provider keeps.")


@subscribers.command()
@click.argument("email")
@click.option("--reason", required=True, help="Why it may be mailed again; kept in the history.")
@click.option(
    "--although-complained",
    is_flag=True,
    help="Also after a complaint of spam that they took back.",
)
@options.with_config
def unsuppress(
    email: str, reason: str, although_complained: bool, config_file: Path | None
) -> None:
    """Let an address be mailed again that a refusal or bounce had ended.

    For a refusal that was not about the reader. Somebody's own no is ended by their own
    confirmation only.
    """
    from newsletter.subscribers.addresses import normalize_address
    from newsletter.subscribers.suppression import unsuppress_address

    if not reason.strip():
        raise WrongUseError("--reason needs words: they are kept in the history")
    settings = resources.load_settings(config_file)
    address = normalize_address(email)
    with resources.open_database(settings) as database, database.write.begin() as session:
        ended = unsuppress_address(
            session,
            address,
            reason,
            machine_clock.utc_now(),
            although_complained=although_complained,
        )
    click.echo(f"{address} may be mailed again; it was suppressed: {ended}.")


def _member_as_json(member: "Member") -> dict[str, Any]:
    return {
        "email": member.email,
        "standing": member.standing,
        "newsletters": list(member.details),
        "since": member.confirmed_at,
    }


def _text(value: object) -> object:
    return ", ".join(value) if isinstance(value, list) else value


for _command in (
    remove,
    pause,
    resume,
    import_list,
    export,
    interests,
):
    subscribers.add_command(_command)
