"""Pages for errors, and redirects to new addresses."""

import logging
from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, redirect, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import BadHost, HTTPException, NotFound
from werkzeug.wrappers import Response as BaseResponse

from newsletter import slugs
from newsletter.web.background import is_unavailable
from newsletter.web.pages import gettext, pages

_log = logging.getLogger(__name__)


def add_error_pages(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def http(
        error: HTTPException,
    ) -> tuple[str | Response, int, list[tuple[str, str]]] | BaseResponse:
        code = error.code or 500
        new_place = _place_of_today() if code == NotFound.code else None
        if new_place is not None:
            return redirect(new_place, 301)
        headers = [
            header for header in error.get_headers() if header[0] in ("Allow", "Retry-After")
        ]
        return _error_page(code), code, headers

    @app.errorhandler(BadHost)
    def no_host(error: BadHost) -> HTTPException:
        """Answer plainly: our pages have links, which need a valid host."""
        return error

    @app.errorhandler(DBAPIError)
    def database(error: DBAPIError) -> tuple[str | Response, int]:
        """The database cannot be used now: neither the request nor our code is at fault."""
        if not is_unavailable(error):
            raise error
        _log.error("%s %s: %s", request.method, request.endpoint, type(error.orig).__name__)
        return _error_page(503), 503


def _error_page(code: int) -> str | Response:
    if request.path == "/api" or request.path.startswith("/api/"):
        return jsonify(error=HTTPStatus(code).phrase)
    return pages.message_page(*_error_text(code))


def _place_of_today() -> str | None:
    """The new address of a page whose newsletter was renamed."""
    named = request.view_args or {}
    if "slug" not in named:
        return None
    with pages.database.read() as session:
        (slug,) = slugs.of_today(session, [named["slug"]])
    if slug == named["slug"]:
        return None
    place = current_app.url_for(str(request.endpoint), **{**named, "slug": slug})
    return f"{place}?{request.query_string.decode()}" if request.query_string else place


def _error_text(code: int) -> tuple[str, str]:
    texts = {
        400: (
            gettext("This link is not whole"),
            gettext("It may have been cut when it was copied. Follow it from the mail itself."),
        ),
        404: (gettext("There is nothing here"), gettext("The address may be mistyped.")),
        410: (
            gettext("This link is too old for us to read"),
            gettext(
                "Take the one in the newest mail. Or sign up once more with your address: the mail"
                " that comes has links that work, also to leave."
            ),
        ),
        413: (gettext("That was too much"), gettext("Nothing here needs so long a text.")),
        503: (gettext("Please try again in a minute"), gettext("We are busy just now.")),
    }
    return texts.get(code, (gettext("That did not work"), gettext("Please try again.")))
