"""Home, and the archive: every issue whole, at an address that stays."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter import issues
from newsletter.models import IssueRow
from newsletter.rendering.issue_content import IssueContent, IssueSection
from newsletter.rendering.size_budget import DetailLevel
from newsletter.rendering.theme import Theme
from newsletter.web import atom_feed
from newsletter.web.pages import chosen_language, pages

blueprint = Blueprint("archive", __name__)

_LATEST = 5
_KEPT_PAGES = 64
_ISSUE_PAGES = "newsletter.issue_pages"
_A_WHILE = "public, max-age=300"


@blueprint.record
def _keep_issue_pages(state: BlueprintSetupState) -> None:
    """An issue never changes, so its page is made once a language."""
    state.app.extensions[_ISSUE_PAGES] = lru_cache(_KEPT_PAGES)(_issue_page)


@blueprint.get("/")
def home() -> Response:
    return _cacheable(home_page())


@blueprint.get("/<slug>")
def newsletter(slug: str) -> Response:
    settings = pages.newsletters.get(slug) or abort(404)
    with pages.database.read() as session:
        rows = issues.list_issues(session, [slug])
        counts = issues.counts(session, [issue.id for issue in rows])
    months = [
        (month, list(group))
        for month, group in groupby(rows, key=lambda issue: issue.day.replace(day=1))
    ]
    return _cacheable(
        pages.render("web/newsletter.html", newsletter=settings, months=months, counts=counts)
    )


@blueprint.get("/<slug>/<day>")
def issue(slug: str, day: str) -> Response:
    with pages.database.read() as session:
        row = issues.find_issue(session, slug, _parse_day(day)) or abort(404)
        neighbours = _neighbours(session, row)
    language = pages.language().language
    issue_page = current_app.extensions[_ISSUE_PAGES]
    return _cacheable(issue_page(row.id, neighbours, language, chosen_language()))


@blueprint.get("/<slug>/feed")
def atom(slug: str) -> Response:
    settings = pages.newsletters.get(slug) or abort(404)
    with pages.database.read() as session:
        body = atom_feed.build_feed(session, settings, pages.settings.site, pages.links)
    answer = Response(body, mimetype="application/atom+xml")
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.get("/look.css")
def look() -> Response:
    css = Theme.of(pages.settings).css_variables()
    return Response(css, mimetype="text/css", headers={"Cache-Control": _A_WHILE})


@blueprint.get("/robots.txt")
def robots() -> Response:
    keys = ("u", "undo", "confirm", "preferences", "change", "change-back", "data")
    rules = "".join(f"Disallow: {pages.path('home')}{key}/\n" for key in keys)
    return Response(f"User-agent: *\n{rules}", mimetype="text/plain")


def home_page(trouble: str = "", address: str = "", wanted: Sequence[str] = ()) -> str:
    """Home: the form, and the newest issues of every newsletter."""
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
        written=address,
        wanted=wanted,
    )


def _issue_page(
    issue_id: int,
    neighbours: tuple[date | None, date | None],
    _language: str,
    _chosen: str | None,
) -> str:
    with pages.database.read() as session:
        content = issues.load_issue(session, session.get_one(IssueRow, issue_id))
    earlier, later = neighbours
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


def _neighbours(session: Session, issue: IssueRow) -> tuple[date | None, date | None]:
    """The days of the issue before and of the one after."""
    mine = IssueRow.newsletter == issue.newsletter
    earlier = session.scalar(select(func.max(IssueRow.day)).where(mine, IssueRow.day < issue.day))
    later = session.scalar(select(func.min(IssueRow.day)).where(mine, IssueRow.day > issue.day))
    return earlier, later


def _cacheable(body: str) -> Response:
    answer = Response(body, headers={"Cache-Control": _A_WHILE, "Vary": "Accept-Language"})
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _parse_day(text: str) -> date:
    """`2025-07-11`, and no other spelling: an issue has one address."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(404)
    return day if str(day) == text else abort(404)
