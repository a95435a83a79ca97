"""What the database does for each statement on the way of a mail, by its own account.

A table that was just filled has no statistics, or those of another day. Whatever it knows, nothing
on the way of a mail may look at as many rows as the newsletter has readers.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from newsletter import bootstrap, machine_clock
from newsletter.cli.printing import output
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.feedback import apply
from newsletter.feedback.events import Event
from newsletter.models import DeliveryRow, EventType, Standing, SubscriberRow, SubscriptionRow
from newsletter.sending.readers import freezing
from newsletter.sending.records import retention
from newsletter.subscribers import lifecycle, opt_out
from tests.conftest import BY_HAND, NOW
from tests.sending.test_many_machines import Watched

READERS = 2000
_ASKED = 3  # times for each statement, with each knowledge
_FORGET = {"sqlite": "DELETE FROM sqlite_stat1", "postgresql": "DELETE FROM pg_statistic"}
# SQLite tells how it would look, and not how much it found: everything, or all of an issue.
_WHOLE = re.compile(
    r"SCAN (delivery|subscriber|subscription|feedback)\b"
    r"|(delivery|subscription) .*\((issue_id|newsletter)=\?\)"
)


@dataclass
class Plans:
    """How many rows each statement looked at, in the step that looked at most."""

    database: Database
    knowledge: str = ""
    most: dict[str, int] = field(default_factory=dict)
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def learn(self, statement: str) -> None:
        """From now on the database knows what this tells it."""
        self.knowledge = statement
        plain = self.database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with plain.begin() as connection:
            connection.exec_driver_sql(statement)

    @contextmanager
    def watched(self, database: Database) -> Iterator[None]:
        """Have every statement of that database explained, the first times that it is used."""
        busy = False

        def explain(_: Any, cursor: Any, statement: str, given: Any, *more: Any) -> None:  # noqa: ANN401 - of the driver
            nonlocal busy
            word, many = statement.split(None, 1)[0], more[-1]
            told = (self.knowledge, statement)
            if busy or many or word not in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}:
                return
            if self._asked[told] >= _ASKED:
                return
            self._asked[told] += 1
            busy = True
            looked_at = self._looked_at(cursor.connection.cursor(), statement, given)
            busy = False
            key = f"{self.knowledge}: {statement}"
            self.most[key] = max(self.most.get(key, 0), looked_at)

        event.listen(database.engine, "before_cursor_execute", explain)
        try:
            yield
        finally:
            event.remove(database.engine, "before_cursor_execute", explain)

    def _looked_at(self, asking: Any, statement: str, given: Any) -> int:  # noqa: ANN401 - of the driver
        if self.database.engine.dialect.name == "sqlite":
            asking.execute(f"EXPLAIN QUERY PLAN {statement}", given)
            if statement.startswith("INSERT INTO issue"):
                return 0  # looks at deliveries only where a foreign key was broken before
            return READERS * any(_WHOLE.search(row[-1]) for row in asking.fetchall())
        asking.execute("SAVEPOINT plan")
        asking.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", given)
        [(plan,)] = asking.fetchall()
        asking.execute("ROLLBACK TO SAVEPOINT plan")
        return _most(plan[0]["Plan"])


def _most(node: dict[str, Any]) -> int:
    """Of a plan and its parts, the rows that one step looked at."""
    removed = ("Rows Removed by Filter", "Rows Removed by Join Filter")
    rows = node["Actual Rows"] + sum(node.get(name, 0) for name in removed)
    looked_at: int = rows * node["Actual Loops"]
    return max(looked_at, *map(_most, node.get("Plans", ())), 0)


def _subscribe_everybody(session: Session) -> None:
    people = [
        SubscriberRow(
            email=f"r{number}@d{number % 50}.example",
            standing=Standing.CONFIRMED,
            language="en",
            created_at=NOW,
            confirmed_at=NOW,
        )
        for number in range(READERS)
    ]
    session.add_all(people)
    session.flush()
    for person in people:
        wish = {"newsletter": "audio", "detail": "titles", "since": NOW}
        session.add(SubscriptionRow(subscriber_id=person.id, **wish))


@pytest.mark.on_both_databases
@pytest.mark.slow
def test_whatever_the_database_knows_no_step_looks_at_everybody(
    settings: Settings, database: Database, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezing, "BATCH_SIZE", 200)
    with database.write.begin() as session:
        _subscribe_everybody(session)
    plans = Plans(database)
    knowledge = {500: "ANALYZE delivery", 900: "ANALYZE subscription", 1300: "ANALYZE"}

    def learn(mail: int) -> None:
        if mail in knowledge:
            plans.learn(knowledge[mail])

    with bootstrap.open_services(
        settings, machine_clock.utc_now, output.progress_bar, lambda: False
    ) as parts:
        services = replace(parts, transport=Watched(learn))
        with plans.watched(services.database):
            daily.run_day(services, settings.newsletters[0], None)
    plans.learn(_FORGET[dialect])
    with database.read() as session:
        references = session.scalars(select(DeliveryRow.reference).limit(100)).all()
    with plans.watched(database):
        for kind in EventType:
            events = [Event(f"{kind}{name}", "test", name, kind, NOW) for name in references]
            with database.concurrent.begin() as session:
                apply.apply_events(session, events, NOW)
        with database.row_locked.begin() as session:
            leaving = lifecycle.get_subscriber(session, "r0@d0.example")
            opt_out.unsubscribe(session, leaving, None, BY_HAND, NOW)
        retention.prune(database, timedelta(days=90), NOW + timedelta(days=365))
    too_many = {statement: rows for statement, rows in plans.most.items() if rows >= READERS}
    assert not too_many
    assert len(plans.most) > 100
