"""notify: webhooks and mails about readers who come and go."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import NewsletterError, WrongUseError, did_you_mean

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.config import NoticeKind, NotifySettings, Settings
    from newsletter.models import NoticeRow

_KINDS = ("confirmed", "left", "came_back", "moved", "erased")


@click.group()
def notify() -> None:
    """Tell a program or a person who came and who left.

    Whom, `[notify.NAME]` in newsletter.toml says; see docs/webhooks.md.
    """


@notify.command("list")
@options.with_json
@options.with_config
def list_targets(as_json: bool, config_file: Path | None) -> None:
    """List who is told, of what, and what waits."""
    from newsletter import notice_queue

    settings = resources.load_settings(config_file)
    with resources.open_database(settings) as database, database.read() as session:
        backlogs = notice_queue.backlogs(session, list(settings.notify))
    rows = []
    for backlog in backlogs:
        target = settings.notify.get(backlog.name)
        trouble = backlog.trouble
        rows.append(
            {
                "name": backlog.name,
                "newsletters": ", ".join(target.newsletters) or "all" if target else "",
                "events": ", ".join(target.events) if target else "not in [notify]",
                "waiting": backlog.waiting,
                "given_up": backlog.given_up,
                "trouble": f"since {trouble.since:%F %R}: {trouble.words}" if trouble else "",
            }
        )
    if as_json:
        output.print_json(rows)
    elif rows:
        output.print_table(
            ("name", "newsletters", "events", "waiting", "given up", "trouble"),
            [tuple(row.values()) for row in rows],
        )
    else:
        click.echo("Nobody is told: no [notify.NAME] in the configuration; see docs/webhooks.md.")


@notify.command()
@click.argument("name")
@click.option("--event", "kind", type=click.Choice(_KINDS), default="confirmed", show_default=True)
@options.with_config
def test(name: str, kind: "NoticeKind", config_file: Path | None) -> None:
    """Tell NAME of somebody who does not exist.

    A webhook gets a signed request with "test": true, and what it answers is printed; an operator
    gets a mail. Exit code 1 where it was not taken.
    """
    settings = resources.load_settings(config_file)
    target = _target(settings, name)
    now = machine_clock.utc_now()
    if target.mail_to:
        _test_mail(settings, name, target, kind, now)
    else:
        _test_webhook(name, target, _example(settings, name, kind, now), now)


@notify.command()
@click.argument("name")
@options.with_config
def retry(name: str, config_file: Path | None) -> None:
    """Tell NAME at once what waits, and what was given up."""
    from newsletter import notice_queue
    from newsletter.notices.notice_worker import NoticeWorker

    settings = resources.load_settings(config_file)
    _target(settings, name)
    with resources.open_database(settings) as database:
        clock = resources.shared_clock(database)
        with database.write.begin() as session:
            waiting = notice_queue.retry_now(session, name, clock())
        told = NoticeWorker(database, settings, clock).run_once() if waiting else 0
        with database.read() as session:
            (left,) = (
                backlog
                for backlog in notice_queue.backlogs(session, [name])
                if backlog.name == name
            )
    if left.trouble is not None:
        raise NewsletterError(f"{name} takes nothing: {left.trouble.words}; {left.waiting} wait")
    click.echo(f"{name} was told {told}." if told else f"Nothing waits for {name}.")


@notify.command()
def secret() -> None:
    """Make a secret that signs webhooks."""
    import secrets
    from base64 import b64encode

    click.echo(f"whsec_{b64encode(secrets.token_bytes(32)).decode()}")


def _target(settings: "Settings", name: str) -> "NotifySettings":
    if name not in settings.notify:
        hint = did_you_mean(name, settings.notify)
        raise WrongUseError(f"no [notify.{name}] in the configuration{hint}")
    return settings.notify[name]


def _example(settings: "Settings", name: str, kind: "NoticeKind", now: "datetime") -> "NoticeRow":
    """An event that happened to nobody."""
    from newsletter.models import NoticeRow, new_reference

    every = [newsletter.slug for newsletter in settings.newsletters]
    return NoticeRow(
        target=name,
        event_id=f"msg_test_{new_reference()}",
        kind=kind,
        subscriber_id=0,
        email=None if kind == "erased" else "somebody@reader.example",
        old_subscriber_id=-1 if kind == "moved" else None,
        old_email="before@reader.example" if kind == "moved" else None,
        newsletters=list(settings.notify[name].newsletters) or every,
        way=None if kind == "erased" else "page",
        at=now,
    )


def _test_webhook(
    name: str, target: "NotifySettings", example: "NoticeRow", now: "datetime"
) -> None:
    from newsletter.notices import webhook

    body = webhook.body_of(example, test=True)
    for header, value in webhook.signed_headers(
        target.secrets, example.event_id, body, now
    ).items():
        click.echo(f"{header}: {value}")
    output.print_json(json.loads(body))
    began = time.monotonic()
    with webhook.opened(target) as hook:
        answer = hook.post(example, now, test=True)
    if answer.text:
        click.echo(f"It answered: {answer.text}", err=True)
    if not answer.is_taken:
        raise NewsletterError(f"{name} did not take it: {answer.trouble}")
    click.echo(f"{name} took it in {time.monotonic() - began:.1f} s.", err=True)


def _test_mail(
    settings: "Settings", name: str, target: "NotifySettings", kind: "NoticeKind", now: "datetime"
) -> None:
    from newsletter import bootstrap, outbox
    from newsletter.notices.notice_worker import told_by_mail
    from newsletter.transports.base import SendStatus

    example = _example(settings, name, kind, now)
    event = told_by_mail(example) | {"email": example.email or "Subscriber 0"}
    about = {"target": name, "events": [event]}
    with resources.open_database(settings) as database:
        clock = resources.shared_clock(database)
        with database.write.begin() as session:
            row = outbox.enqueue_for_operator(session, target.mail_to, about, clock())
            outbox.lease(row, clock())
        result = bootstrap.outbox_worker(settings, database, clock).deliver(row)
    if result.status is not SendStatus.ACCEPTED:
        raise NewsletterError(f"the mail to {target.mail_to} did not leave: {result.detail}")
    click.echo(f"A mail to {target.mail_to} left.", err=True)
