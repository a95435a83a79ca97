"""arXiv's days: when a batch is announced, and when there is none.

Announcements come at 20:00 US Eastern from Sunday to Thursday and bear the next day's date; the
feeds follow at midnight (https://info.arxiv.org/help/availability.html).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
_ANNOUNCED_AT = time(20)
_DEADLINE = time(14)
_SATURDAY = 5
PAGES_REACH = timedelta(days=90)  # arXiv's pages of past days
RECENT_REACH = timedelta(days=14)  # its recent papers; five announcements never take longer

# Days on which arXiv's staff is away, as arXiv publishes them year by year. On their evenings
# nothing is announced, so that the *next* mailing day is the empty one: Thanksgiving has a batch,
# announced the evening before, and the day after it has none. Only a fallback: what arXiv's own
# pages say of a day comes first.
_HOLIDAYS = {
    2025: ("09-01", "11-27", "12-25"),  # those that show in what was announced
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


def current_day(now: datetime, *, has_pages: bool) -> date:
    """The pages show a batch from its evening on, the feeds from midnight, US Eastern."""
    return newest_day(now) if has_pages else newest_feed_day(now)


def previous_mailing_day(day: date) -> date:
    """The mailing day before that one."""
    earlier = day - timedelta(days=1)
    while not is_mailing_day(earlier):
        earlier -= timedelta(days=1)
    return earlier


def next_mailing_day(day: date) -> date:
    """The mailing day after that one."""
    later = day + timedelta(days=1)
    while not is_mailing_day(later):
        later += timedelta(days=1)
    return later


def announced_at(day: date) -> datetime:
    """When that day's batch is announced: the evening before."""
    return datetime.combine(day - timedelta(days=1), _ANNOUNCED_AT, ZONE)


def next_announced_at(day: date) -> datetime:
    """When the batch that follows that day's is announced, holidays aside."""
    return announced_at(next_mailing_day(day))


def midnight(day: date) -> datetime:
    """When that day begins at arXiv."""
    return datetime.combine(day, time(0), ZONE)


def is_mailing_day(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < _SATURDAY


def follows_holiday(day: date) -> bool:
    """Whether that mailing day has no batch: on the evening before it arXiv was closed."""
    return is_mailing_day(day) and _is_holiday(day - timedelta(days=1))


def follows_closed_friday(day: date) -> bool:
    """Whether arXiv was closed on the mailing day before that Monday.

    Its batch is announced on Sunday evening; no day is on record that says whether it falls away.
    """
    before = previous_mailing_day(day)
    return before != day - timedelta(days=1) and is_mailing_day(day) and _is_holiday(before)


def previous_batch(day: date) -> date:
    """The last day before that one which has a batch."""
    earlier = previous_mailing_day(day)
    while follows_holiday(earlier):
        earlier = previous_mailing_day(earlier)
    return earlier


def submission_window(day: date) -> tuple[datetime, datetime]:
    """The deadlines (UTC) between which the batch of that mailing day was submitted.

    Announced the evening before, it holds what came in until 14:00 US Eastern of the weekday
    before; Monday's holds Thursday afternoon to Friday, Tuesday's Friday afternoon to Monday. The
    batch after a day that had none holds what that one would have held as well.
    """
    last = previous_mailing_day(day)
    before = previous_batch(day)
    return _deadline(previous_mailing_day(before)), _deadline(last)


def _is_holiday(day: date) -> bool:
    return f"{day:%m-%d}" in _HOLIDAYS.get(day.year, ())


def _deadline(day: date) -> datetime:
    return datetime.combine(day, _DEADLINE, ZONE).astimezone(UTC)
