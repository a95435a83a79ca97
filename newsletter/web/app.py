"""The Flask application: GET shows, POST acts."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from newsletter import assembly, config, db
from newsletter.config import Settings
from newsletter.web import archive, hooks, leaving
from newsletter.web.pages import Pages

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # a link is a key: no other site may see it
    "X-Content-Type-Options": "nosniff",
}
_LARGEST_BODY = 64 * 1024


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Flask:
    """The application over the configured database.

    Raises:
        NewsletterError: no configuration, or no database that can be used.
    """
    settings = settings or config.load(None)
    app = Flask("newsletter.web", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    site = Pages(app, settings)
    database = db.open_database(settings.database.url, settings.folder)
    app.extensions["newsletter.database"] = database
    links = assembly.links(settings)
    leaving.add_leaving(app, site, database, links, clock)
    leaving.add_confirming(app, site, database, links, clock)
    hooks.add_hooks(app, database, settings.feedback, clock)
    archive.add_routes(app, site, database, links, settings)

    @app.after_request
    def _protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.errorhandler(HTTPException)
    def _say(error: HTTPException) -> tuple[str, int]:
        say = site.language().gettext
        if error.code == 404:  # noqa: PLR2004
            return site.said(say("There is nothing here"), say("The address may be mistyped.")), 404
        return site.said(say("That did not work"), say("Please try again.")), error.code or 500

    return app
