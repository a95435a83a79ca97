"""Machines that share a PostgreSQL take turns at arXiv as the processes of one machine do."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from newsletter import bootstrap, machine_clock
from newsletter.cli.printing import output
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.sources.arxiv import from_settings
from newsletter.sources.http.request_interval import Destination
from newsletter.sources.http.session import PoliteSession
from newsletter.sources.http.shared_interval import SharedInterval

API = Destination("export.arxiv.org", "arxiv.org")
PAGE = Destination("arxiv.org", "arxiv.org", is_page=True)

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"])


class WaitedError(Exception):
    """It would have to wait, for so long."""


def machine(database: Database) -> SharedInterval:
    def sleep(seconds: float) -> None:
        raise WaitedError(seconds)

    return SharedInterval(database, 300.0, sleep, 1500.0)


def waited(ask: Callable[[], None]) -> float:
    with pytest.raises(WaitedError) as raised:
        ask()
    return float(raised.value.args[0])


def test_one_machine_asks_at_a_time_and_the_next_one_keeps_its_distance(
    database: Database,
) -> None:
    def ask(to: Destination = API, rest_s: float = 0.0) -> None:
        with machine(database).turn(to) as turn:
            turn.rest_s = rest_s

    def ask_meanwhile() -> None:
        with machine(database).turn(API):
            ask()

    assert waited(ask_meanwhile) == pytest.approx(0.3)  # until it looks again
    assert 200 < waited(ask) <= 300
    with database.write.begin() as session:
        session.execute(text("UPDATE rate_limit SET reason = '{' WHERE key = 'arxiv'"))
    assert waited(ask) == 300  # nobody knows when the last one was
    with database.write.begin() as session:
        session.execute(text("DELETE FROM rate_limit"))
    ask(PAGE, rest_s=100)
    assert 200 < waited(ask) <= 300
    assert 1400 < waited(lambda: ask(PAGE)) <= 1500


def test_the_configured_source_meets_others_in_the_database(
    settings: Settings,
) -> None:
    source = from_settings(settings)
    with bootstrap.open_services(
        settings, machine_clock.utc_now, output.progress_bar, lambda: False, source, sends=False
    ):
        session = source._source._requests.session
        assert isinstance(session, PoliteSession)
        assert isinstance(session._adapter._pace, SharedInterval)
