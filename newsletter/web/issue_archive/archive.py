"""Home, the feeds, and what every page loads."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, current_app

from newsletter.issues import issue_queries
from newsletter.rendering.citations import FORMATS
from newsletter.rendering.theme import Theme
from newsletter.web.issue_archive.atom_feed import build_feed
from newsletter.web.issue_archive.kept_pages import kept_file, kept_page
from newsletter.web.pages import pages

blueprint = Blueprint("archive", __name__)

_LATEST = 5


@blueprint.get("/")
def home() -> Response:
    with pages.database.read() as session:
        state = issue_queries.last_frozen(session)
    return kept_page(state, home_page)


@blueprint.get("/<slug>/feed")
def atom(slug: str) -> Response:
    settings = pages.newsletters.get(slug) or abort(404)
    with pages.database.read() as session:
        state = issue_queries.last_frozen(session, slug)

    def make() -> bytes:
        with pages.database.read() as session:
            return build_feed(session, settings, pages.settings.site, pages.links)

    return kept_file(state, make, "application/atom+xml")


@blueprint.get("/look.css")
def look() -> Response:
    def make() -> bytes:
        return Theme.of(pages.settings).css_variables().encode()

    return kept_file(None, make, "text/css")


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The icon, for browsers that ask for it by its usual address."""
    return current_app.send_static_file("favicon.ico")


@blueprint.get("/robots.txt")
def robots() -> Response:
    keys = ("u", "undo", "confirm", "preferences", "change", "change-back", "data", "erase", "tune")
    files = (f"*.{cited.extension}$" for cited in FORMATS.values())  # the page says all of it
    hidden = (*(f"{key}/" for key in (*keys, "picks")), *files)
    rules = "".join(f"Disallow: {pages.path('home')}{path}\n" for path in hidden)
    return Response(f"User-agent: *\n{rules}", mimetype="text/plain")


def home_page(
    trouble: str = "", at_fault: str = "", address: str = "", wanted: Sequence[str] = ()
) -> str:
    """Home: the form, and the newest issues of every newsletter.

    `at_fault` is the field that the trouble is about.
    """
    with pages.database.read() as session:
        shelves = [
            (newsletter, issue_queries.list_issues(session, [slug], _LATEST))
            for slug, newsletter in pages.newsletters.items()
        ]
        counts = issue_queries.counts(
            session, [issue.id for _, found in shelves for issue in found]
        )
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
