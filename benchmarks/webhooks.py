"""Events that a provider posts: how soon a body is answered, and how many are folded in a second.

    python -m benchmarks.webhooks [EVENTS [postgresql | sqlite]]     (50,000 on PostgreSQL)

Each mail of an issue was `processed` and `delivered`, one in fifty bounced: signed bodies of 10,000
events, posted to the page, then folded in by one process, as `serve` and workers do.
"""

import math
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import select, update

from benchmarks.senders import now
from benchmarks.sending import is_frozen, no_bar, subscribe
from newsletter import bootstrap, scaffold
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.feedback import webhook_queue
from newsletter.models import BatchRow, DeliveryRow, DeliveryState
from newsletter.sending.readers import freezing
from newsletter.web import create_app
from tests import postgresql
from tests.feedback.samples import SigningKey, body, said

_IN_A_BODY = 10_000
_ONE_BOUNCES = 50


def main(events: int, database: str) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        environment = {}
        if database == "postgresql":
            where = postgresql.programs()
            assert where is not None, "PostgreSQL is not installed"
            server = stack.enter_context(postgresql.running(where))
            environment["NEWSLETTER_DATABASE__URL"] = server.url(server.create())
        settings = scaffold.write_configuration(
            folder / "newsletter.toml", scaffold.DEMO, environment
        )
        key = SigningKey()
        place = settings.feedback.model_copy(update={"sendgrid_public_key": key.public})
        settings = settings.model_copy(update={"feedback": place})
        with bootstrap.open_database(settings) as opened:
            references = sent_issue(settings, opened, events // 2)
        app = create_app(settings, now)
        listed = list(told(references))
        bodies = [listed[at : at + _IN_A_BODY] for at in range(0, len(listed), _IN_A_BODY)]
        post(app, key, bodies)
        fold(app.extensions["newsletter.database"], events)


def sent_issue(settings: Settings, database: Database, readers: int) -> Sequence[str]:
    """The references of an issue that everybody got."""
    subscribe(database, readers, "titles")
    with bootstrap.open_services(settings, now, no_bar, lambda: is_frozen(database)) as parts:
        daily.run_day(parts, settings.newsletters[0], None)
    freezing.freeze_on(database, 1, math.inf, lambda: False)
    with database.write.begin() as session:
        session.execute(update(DeliveryRow).values(state=DeliveryState.SENT))
        session.execute(update(BatchRow).values(sent=BatchRow.pending, pending=0, finished=True))
        return session.scalars(select(DeliveryRow.reference)).all()


def told(references: Sequence[str]) -> Iterator[dict[str, object]]:
    for number, reference in enumerate(references):
        yield said("processed", reference)
        if number % _ONE_BOUNCES:
            yield said("delivered", reference, response="250 2.0.0 OK")
        else:
            yield said("bounce", reference, type="bounce", reason="452 4.2.2 the mailbox is full")


def post(app: Flask, key: SigningKey, bodies: Sequence[Sequence[dict[str, object]]]) -> None:
    client = app.test_client()
    for number, events in enumerate(bodies):
        signed = body(events)
        headers = key.headers(signed, now())
        began_s = time.monotonic()
        answer = client.post("/hooks/sendgrid", data=signed, headers=headers)
        took_s = time.monotonic() - began_s
        print(
            f"body {number}: {len(events):,} events, {len(signed):,} bytes,"
            f" {answer.status_code} after {took_s:.3f} s",
            flush=True,
        )


def fold(database: Database, events: int) -> None:
    began_s, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
    webhook_queue.apply_waiting(database, now)
    took_s = time.monotonic() - began_s
    busy_s = resource.getrusage(resource.RUSAGE_SELF).ru_utime - used
    print(f"{events:,} events folded in {took_s:.1f} s, {events / took_s:,.0f} a second")
    print(f"of that the process itself {busy_s:.1f} s")


if __name__ == "__main__":
    given = [*sys.argv[1:], "50000", "postgresql"]
    main(int(given[0]), given[1] if len(sys.argv) > 2 else "postgresql")  # noqa: PLR2004
