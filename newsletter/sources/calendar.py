"""arXiv's days: when a batch is announced, and when there is none.

Announcements come at 20:00 US Eastern from Sunday to Thursday and bear the next day's date; the
feeds follow at midnight (https://info.arxiv.org/help/availability.html).
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
_ANNOUNCED_AT = time(20)
_SATURDAY = 5

# Days on which arXiv's staff is away, as arXiv publishes them year by year. They explain why a day
# stays empty; that it does stay empty is only known from the listing's own date.
_HOLIDAYS = {
    2026: ("01-01", "01-19", "06-19", "07-03", "09-07", "11-26", "12-25", "12-29", "12-31"),
}


def newest_day(now: datetime) -> date:
    """The newest day whose batch is out at `now` (aware), holidays aside."""
    here = now.astimezone(ZONE)
    evening = here.time() >= _ANNOUNCED_AT
    day = here.date() + timedelta(days=1 if evening else 0)
    return day if is_mailing_day(day) else previous_mailing_day(day)


def newest_feed_day(now: datetime) -> date:
    """The same for the feeds, which are built at midnight."""
    day = now.astimezone(ZONE).date()
    return day if is_mailing_day(day) else previous_mailing_day(day)


def previous_mailing_day(day: date) -> date:
    """The mailing day before that one."""
    earlier = day - timedelta(days=1)
    while not is_mailing_day(earlier):
        earlier -= timedelta(days=1)
    return earlier


def announced_at(day: date) -> datetime:
    """When that day's batch is announced: the evening before."""
    return datetime.combine(day - timedelta(days=1), _ANNOUNCED_AT, ZONE)


def is_mailing_day(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < _SATURDAY


def holiday_after(day: date) -> bool:
    """Whether that batch may fall away: it is a holiday, or the evening before it was one."""
    return any(
        f"{eve:%m-%d}" in _HOLIDAYS.get(eve.year, ()) for eve in (day, day - timedelta(days=1))
    )
