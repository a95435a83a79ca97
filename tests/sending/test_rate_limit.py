"""How fast mails may leave."""

from datetime import timedelta

from newsletter.config import SendingSettings
from newsletter.database.db import Database
from newsletter.sending.limits.rate_limit import RateLimiter
from tests.conftest import NOW

SECOND = timedelta(seconds=1)


def taken(database: Database, limits: SendingSettings, at: float, wanted: int = 1000) -> int:
    """How many a worker gets that asks at that second; each time in a transaction of its own."""
    with database.write.begin() as session:
        limiter = RateLimiter(session, limits, {}, NOW + at * SECOND, wanted)
        limiter.spend(limiter.number)
        assert limiter.number or limiter.wait_s > 0
        return limiter.number


def test_workers_and_restarts_share_what_a_second_allows(database: Database) -> None:
    limits = SendingSettings(per_second=40)
    assert taken(database, limits, 0) == 10
    assert taken(database, limits, 0) == 0
    assert sum(taken(database, limits, step / 10) for step in range(1, 101)) == 400


def test_no_hour_sees_more_than_its_limit(database: Database) -> None:
    limits = SendingSettings(per_hour=600)
    by_minute = [taken(database, limits, minute * 60) for minute in range(180)]
    assert max(sum(by_minute[start : start + 60]) for start in range(120)) <= 600
    assert sum(by_minute) > 1700


def test_a_clock_that_is_set_back_gives_nothing_away(database: Database) -> None:
    limits = SendingSettings(per_second=4)
    assert taken(database, limits, 0) == 1
    assert taken(database, limits, -3600) == 0


def test_a_domain_has_a_limit_of_its_own_and_a_pause_stops_it(database: Database) -> None:
    limits = SendingSettings(per_domain={"slow.example": 4, "*": 400})
    with database.write.begin() as session:
        limiter = RateLimiter(session, limits, {"shut.example": "too many blocks"}, NOW, 100)
        assert [limiter.takes("a@slow.example") for _ in range(3)] == [True, False, False]
        assert limiter.takes("a@quick.example")
        assert not limiter.takes("a@shut.example")
        assert limiter.short_s == 0.25
        assert limiter.held == "shut.example is paused: too many blocks"
        limiter.spend(2)
    with database.write.begin() as session:
        later = RateLimiter(session, limits, {}, NOW + SECOND / 4, 100)
        assert [later.takes("a@slow.example") for _ in range(2)] == [True, False]
