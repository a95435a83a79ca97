"""Home, and the archive: every issue whole, at an address that stays."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from newsletter import issues
from newsletter.config import NewsletterSettings
from newsletter.models import IssueRow
from newsletter.rendering.issue_content import IssueContent, IssueSection
from newsletter.rendering.size_budget import DetailLevel
from newsletter.rendering.theme import Theme
from newsletter.web import atom_feed
from newsletter.web.kept_pages import KeptPages
from newsletter.web.pages import EXTENSION, chosen_language, pages

blueprint = Blueprint("archive", __name__)

_LATEST = 5
_KEPT_PAGES = "newsletter.kept_pages"
_other = aliased(IssueRow)
_beside = _other.newsletter == bindparam("slug")
# What an issue's page changes with: which it is, and the days before and after it.
_ISSUE_STATE = select(
    IssueRow.id,
    IssueRow.frozen_at,
    select(func.max(_other.day))
    .where(_beside, _other.day < bindparam("day"))
    .scalar_subquery()
    .label("earlier"),
    select(func.min(_other.day))
    .where(_beside, _other.day > bindparam("day"))
    .scalar_subquery()
    .label("later"),
).where(IssueRow.newsletter == bindparam("slug"), IssueRow.day == bindparam("day"))


@blueprint.record
def _keep_pages(state: BlueprintSetupState) -> None:
    state.app.extensions[_KEPT_PAGES] = KeptPages(state.app.extensions[EXTENSION].settings)


@blueprint.get("/")
def home() -> Response:
    with pages.database.read() as session:
        state = issues.last_frozen(session)
    return _page(state, home_page)


@blueprint.get("/<slug>")
def newsletter(slug: str) -> Response:
    settings = pages.newsletters.get(slug) or abort(404)
    with pages.database.read() as session:
        state = issues.last_frozen(session, slug)
    return _page(state, lambda: _newsletter_page(settings))


@blueprint.get("/<slug>/<day>")
def issue(slug: str, day: str) -> Response:
    with pages.database.read() as session:
        asked = {"slug": slug, "day": _parse_day(day)}
        state = session.execute(_ISSUE_STATE, asked).first() or abort(404)
    return _page(state, lambda: _issue_page(state.id, state.earlier, state.later))


@blueprint.get("/<slug>/feed")
def atom(slug: str) -> Response:
    settings = pages.newsletters.get(slug) or abort(404)
    with pages.database.read() as session:
        state = issues.last_frozen(session, slug)

    def make() -> bytes:
        with pages.database.read() as session:
            return atom_feed.build_feed(session, settings, pages.settings.site, pages.links)

    return _kept_pages().answer((request.path,), state, make, "application/atom+xml")


@blueprint.get("/look.css")
def look() -> Response:
    def make() -> bytes:
        return Theme.of(pages.settings).css_variables().encode()

    return _kept_pages().answer((request.path,), None, make, "text/css")


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """For whoever asks for it without having read a page."""
    return current_app.send_static_file("favicon.ico")


@blueprint.get("/robots.txt")
def robots() -> Response:
    keys = ("u", "undo", "confirm", "preferences", "change", "change-back", "data", "tune", "picks")
    rules = "".join(f"Disallow: {pages.path('home')}{key}/\n" for key in keys)
    return Response(f"User-agent: *\n{rules}", mimetype="text/plain")


def home_page(
    trouble: str = "", at_fault: str = "", address: str = "", wanted: Sequence[str] = ()
) -> str:
    """Home: the form, and the newest issues of every newsletter.

    `at_fault` is the field that the trouble is about.
    """
    with pages.database.read() as session:
        shelves = [
            (newsletter, issues.list_issues(session, [slug], _LATEST))
            for slug, newsletter in pages.newsletters.items()
        ]
        counts = issues.counts(session, [issue.id for _, found in shelves for issue in found])
    return pages.render(
        "web/home.html",
        shelves=shelves,
        counts=counts,
        is_open=pages.settings.signup.open,
        trouble=trouble,
        at_fault=at_fault,
        written=address,
        wanted=wanted,
    )


def _newsletter_page(settings: NewsletterSettings) -> str:
    with pages.database.read() as session:
        rows = issues.list_issues(session, [settings.slug])
        counts = issues.counts(session, [row.id for row in rows])
    months = [
        (month, list(group))
        for month, group in groupby(rows, key=lambda row: row.day.replace(day=1))
    ]
    return pages.render("web/newsletter.html", newsletter=settings, months=months, counts=counts)


def _issue_page(issue_id: int, earlier: date | None, later: date | None) -> str:
    with pages.database.read() as session:
        content = issues.load_issue(session, session.get_one(IssueRow, issue_id))
    return pages.render(
        "web/issue.html",
        digest=content,
        levels=DetailLevel,
        sections=_filled_sections(content),
        earlier=earlier,
        later=later,
        is_open=pages.settings.signup.open,
    )


def _filled_sections(content: IssueContent) -> list[tuple[IssueSection, list[object]]]:
    return [
        (section, list(content.section(section)))
        for section in IssueSection
        if content.section(section)
    ]


def _page(state: object, make: Callable[[], str]) -> Response:
    """A page in the visitor's language."""
    name = (request.path, pages.language().language, chosen_language() or "")
    return _kept_pages().answer(name, state, lambda: make().encode())


def _kept_pages() -> KeptPages:
    kept: KeptPages = current_app.extensions[_KEPT_PAGES]
    return kept


def _parse_day(text: str) -> date:
    """`2025-07-11`, and no other spelling: an issue has one address."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(404)
    return day if str(day) == text else abort(404)
