"""A newsletter's issues as a calendar, a month a page, which shows how much each day had."""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, Response, abort
from werkzeug.routing import BaseConverter, ValidationError

from newsletter.config import NewsletterSettings
from newsletter.issues import issue_queries
from newsletter.rendering.citations import FORMATS
from newsletter.web.issue_archive.kept_pages import kept_page
from newsletter.web.pages import pages

blueprint = Blueprint("calendar_pages", __name__)


class DayConverter(BaseConverter):
    """A day in an address, as `2025-07-11`, in one spelling: a page has one address."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError from error


class MonthConverter(DayConverter):
    """A month as `2025-07`, by its first day."""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return super().to_python(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


CONVERTERS = {"day": DayConverter, "month": MonthConverter}


@dataclass(frozen=True)
class CalendarDay:
    """A day of the month; `papers` is None where there is no issue."""

    day: date
    papers: int | None
    percent: int  # of the month's fullest day


@blueprint.get("/<slug>")
@blueprint.get("/<slug>/<month:month>")
def newsletter(slug: str, month: date | None = None) -> Response:
    """The issues of a month, of the newest one where none is asked for."""
    settings = pages.newsletters.get(slug) or abort(404)
    with pages.database.read() as session:
        state = issue_queries.last_frozen(session, slug)
    return kept_page(state, lambda: _newsletter_page(settings, month), has_script=True)


def _newsletter_page(settings: NewsletterSettings, asked: date | None) -> str:
    with pages.database.read() as session:
        days = issue_queries.days(session, settings.slug)
        months = sorted({day.replace(day=1) for day in days})
        month = asked or (months[-1] if months else None)
        if month not in [None, *months]:
            abort(404)
        shown = [day for day in days if day.replace(day=1) == month]
        rows = (
            issue_queries.list_issues(session, [settings.slug], between=(shown[-1], shown[0]))
            if shown
            else []
        )
        counts = issue_queries.counts(session, [row.id for row in rows])
    papers = {row.day: counts[row.id].total() for row in rows}
    place = months.index(month) if month else 0
    return pages.render(
        "web/newsletter.html",
        newsletter=settings,
        asked=asked,
        month=month,
        weeks=_weeks(month, papers) if month else [],
        issues=rows,
        counts=counts,
        earlier=months[place - 1] if place else None,
        later=months[place + 1] if place + 1 < len(months) else None,
        years=[
            (year, list(group))
            for year, group in groupby(reversed(months), key=lambda month: month.year)
        ],
        formats=FORMATS.values(),
    )


def _weeks(month: date, papers: Mapping[date, int]) -> list[list[CalendarDay | None]]:
    """The weeks of a month from Monday on, with None for days of its neighbours."""
    most = max(papers.values(), default=0) or 1
    return [
        [
            CalendarDay(day, papers.get(day), round(100 * papers.get(day, 0) / most))
            if day.month == month.month
            else None
            for day in week
        ]
        for week in Calendar().monthdatescalendar(month.year, month.month)
    ]
