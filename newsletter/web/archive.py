"""The archive: every issue at a stable address."""

from datetime import date

from flask import Flask, Response, abort
from sqlalchemy import text

from newsletter import issues
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.rendering.looks import Looks
from newsletter.rendering.mails import IssueMails
from newsletter.subscribers.links import Links
from newsletter.web.pages import Pages

_MAIL_STYLES = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
)


def add_routes(
    app: Flask, site: Pages, database: Database, links: Links, settings: Settings
) -> None:
    looks = Looks.of(settings)
    by_slug = {each.slug: each for each in settings.newsletters}

    @app.get("/", defaults={"slug": None})
    @app.get("/<slug>")
    def home(slug: str | None) -> str:
        if slug is not None and slug not in by_slug:
            abort(404)
        shown = [by_slug[slug]] if slug else list(settings.newsletters)
        with database.read() as session:
            shelves = [(each, issues.newest_first(session, [each.slug])) for each in shown]
            return site.render("web/home.html", shelves=shelves)

    @app.get("/<slug>/<day>")
    def issue(slug: str, day: str) -> Response:
        with database.read() as session:
            found = issues.find(session, slug, _day(day))
            if found is None:
                abort(404)
            digest = issues.load(session, found)
        page = IssueMails(digest, settings.site, links, looks).page("brief", digest.language)
        # The page of a mail bears its styles inline, as mails must.
        return Response(page, headers={"Content-Security-Policy": _MAIL_STYLES})

    @app.get("/healthz")
    def health() -> dict[str, str]:
        with database.read() as session:
            session.execute(text("SELECT 1"))
        return {"status": "ok"}


def _day(text_: str) -> date:
    try:
        return date.fromisoformat(text_)
    except ValueError:
        abort(404)
