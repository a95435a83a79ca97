"""arXiv's days, whatever the hour and the zone in which somebody asks."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sources import calendar
from newsletter.sources.arxiv_pages.listing_page import ListingPage
from newsletter.sources.base import ListingState
from newsletter.sources.calendar import ZONE
from newsletter.sources.listing_status import listing_from_page

ZONES = [UTC, ZONE, timezone(timedelta(hours=9)), timezone(timedelta(hours=-11))]
MOMENTS = st.datetimes(
    datetime(1995, 1, 1),  # noqa: DTZ001 - made aware by `timezones`
    datetime(2050, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from(ZONES),
)


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2025-07-10 19:59:59", date(2025, 7, 10)),  # Thursday, before the announcement
        ("2025-07-10 20:00", date(2025, 7, 11)),  # and after it: Friday's batch
        ("2025-07-11 00:00", date(2025, 7, 11)),
        ("2025-07-11 23:59", date(2025, 7, 11)),  # nothing is announced on Friday evening
        ("2025-07-12 20:30", date(2025, 7, 11)),  # nor on Saturday
        ("2025-07-13 19:59", date(2025, 7, 11)),
        ("2025-07-13 20:00", date(2025, 7, 14)),  # Sunday: Monday's batch
        ("2025-07-14 12:00", date(2025, 7, 14)),
    ],
)
def test_a_batch_is_out_at_eight_in_the_evening_before(now: str, day: date) -> None:
    assert calendar.newest_day(eastern(now)) == day


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2025-03-06 00:59", date(2025, 3, 5)),  # winter: 20:00 Eastern is 01:00 UTC
        ("2025-03-06 01:00", date(2025, 3, 6)),
        ("2025-03-09 23:59", date(2025, 3, 7)),  # the Sunday on which summer time began
        ("2025-03-10 00:00", date(2025, 3, 10)),  # summer: 00:00 UTC
        ("2025-11-03 00:59", date(2025, 10, 31)),  # the Sunday on which it ended
        ("2025-11-03 01:00", date(2025, 11, 3)),
    ],
)
def test_summer_time_is_that_of_the_united_states(now: str, day: date) -> None:
    assert calendar.newest_day(datetime.fromisoformat(now).replace(tzinfo=UTC)) == day


@given(MOMENTS)
def test_the_zone_of_who_asks_changes_nothing(now: datetime) -> None:
    assert calendar.newest_day(now) == calendar.newest_day(now.astimezone(UTC))


@given(MOMENTS)
def test_the_newest_day_is_the_last_that_was_announced(now: datetime) -> None:
    day = calendar.newest_day(now)
    following = next(
        later
        for later in (day + timedelta(days=ahead) for ahead in range(1, 4))
        if calendar.is_mailing_day(later)
    )
    assert calendar.is_mailing_day(day)
    assert calendar.announced_at(day).astimezone(UTC) <= now.astimezone(UTC)
    assert now.astimezone(UTC) < calendar.announced_at(following).astimezone(UTC)


def test_the_day_before_skips_the_weekend() -> None:
    assert calendar.previous_mailing_day(date(2025, 7, 14)) == date(2025, 7, 11)
    assert calendar.previous_mailing_day(date(2025, 7, 13)) == date(2025, 7, 11)
    assert calendar.previous_mailing_day(date(2025, 7, 11)) == date(2025, 7, 10)


@pytest.mark.parametrize(("day", "hour"), [(date(2025, 7, 14), 0), (date(2025, 1, 13), 1)])
def test_it_is_eight_in_the_evening_in_summer_and_in_winter(day: date, hour: int) -> None:
    expected = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    assert calendar.announced_at(day).astimezone(UTC) == expected


@pytest.mark.parametrize(
    ("day", "may_fall_away"),
    [
        (date(2026, 11, 26), False),  # Thanksgiving: announced the evening before
        (date(2026, 11, 27), True),  # nothing was announced on its evening
        (date(2026, 11, 25), False),
        (date(2026, 1, 1), False),
        (date(2025, 9, 1), False),
        (date(2025, 9, 2), True),
        (date(2025, 12, 26), True),
        (date(2026, 9, 8), True),
        (date(2026, 7, 6), False),  # announced on Sunday evening
        (date(2026, 1, 2), True),
        (date(2025, 12, 31), False),
        (date(2031, 1, 1), False),  # arXiv has not said yet
    ],
)
def test_a_holiday_empties_the_next_mailing_day(day: date, *, may_fall_away: bool) -> None:
    assert calendar.follows_holiday(day) is may_fall_away
    assert calendar.is_mailing_day(day)  # whether it did fall away, only the listing's date tells


def test_of_a_monday_behind_a_closed_friday_only_arxiv_can_tell() -> None:
    behind = [date(2026, 6, 22), date(2026, 7, 6), date(2026, 12, 28)]
    others = [date(2026, 12, 25), date(2026, 12, 21), date(2026, 12, 30), date(2026, 11, 27)]
    assert list(filter(calendar.follows_closed_friday, [*behind, *others])) == behind
    page = ListingPage(date(2026, 12, 25), 0, ())
    said = listing_from_page("cs.SD", page, date(2026, 12, 28))
    assert said.state is ListingState.STALE
    assert "arXiv was closed on Friday, and may announce nothing" in said.source


def test_the_batch_before_a_day_skips_those_that_have_none() -> None:
    assert calendar.previous_batch(date(2026, 11, 30)) == date(2026, 11, 26)
    assert calendar.previous_batch(date(2026, 11, 27)) == date(2026, 11, 26)
    assert calendar.previous_batch(date(2026, 11, 24)) == date(2026, 11, 23)
