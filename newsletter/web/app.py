"""The Flask application: GET shows, POST acts."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

from newsletter import bootstrap, config, machine_clock
from newsletter.config import Settings
from newsletter.database.server_clock import shared_clock
from newsletter.errors import WrongUseError
from newsletter.periodic_work import work_of_pages
from newsletter.subscribers import form_limits
from newsletter.web.background import Background
from newsletter.web.error_pages import add_error_pages
from newsletter.web.issue_archive.archive import blueprint as archive
from newsletter.web.issue_archive.calendar_pages import CONVERTERS
from newsletter.web.issue_archive.calendar_pages import blueprint as calendar_pages
from newsletter.web.issue_archive.issue_pages import blueprint as issue_pages
from newsletter.web.issue_archive.kept_pages import KEPT_PAGES, KeptPages
from newsletter.web.middleware import add_middleware
from newsletter.web.pages import EXTENSION, POLICY, Pages
from newsletter.web.program_access.healthz import blueprint as healthz
from newsletter.web.program_access.metrics import blueprint as metrics
from newsletter.web.program_access.sendgrid_events import blueprint as sendgrid_events
from newsletter.web.program_access.subscribers_api import blueprint as subscribers_api
from newsletter.web.reader_pages.change_address import blueprint as change_address
from newsletter.web.reader_pages.interests import blueprint as interests
from newsletter.web.reader_pages.namesakes import blueprint as namesakes
from newsletter.web.reader_pages.picks_feed import blueprint as picks_feed
from newsletter.web.reader_pages.preferences import blueprint as preferences
from newsletter.web.reader_pages.privacy import blueprint as privacy
from newsletter.web.reader_pages.signup import blueprint as signup
from newsletter.web.reader_pages.tune import blueprint as tune
from newsletter.web.reader_pages.unsubscribe import blueprint as unsubscribe
from newsletter.web.unsubscribe_queue import UnsubscribeQueue

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",  # a link is a key: no other site may see it
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cache-Control": "no-store",  # unless a page says otherwise
}
_PAGES = (
    signup,
    unsubscribe,
    preferences,
    interests,
    namesakes,
    tune,
    picks_feed,
    change_address,
    privacy,
    healthz,
    archive,
    calendar_pages,
    issue_pages,
)
_A_YEAR = "max-age=31536000"
_BUSY = (429, 503)
_TRY_AGAIN_S = "60"  # unless a page knows better
_ACTING = 24  # requests at once, of the threads of `serve`: the others read
_TURN_WITHIN_S = 1.0
_LARGEST_BODY = 64 * 1024


def create_app(
    settings: Settings | None = None,
    clock: Callable[[], datetime] | None = None,
    *,
    sends_mail: bool | None = None,
) -> Flask:
    """The application over the configured database, for any WSGI server.

    `clock` is for tests; without it pages go by this machine's, and work that several machines take
    from the database by its server's.

    `sends_mail`: whether a thread of each process answers sign-ups and mails them. The default is
    yes where a server calls this without settings; else another process has to empty the queues.

    Raises:
        NewsletterError: the configuration or the database cannot be used.
    """
    if sends_mail is None:
        sends_mail = settings is None
    settings = settings or config.load(None)
    if not settings.site.url:
        raise WrongUseError(
            "there are no pages without site.url; on this machine alone they are at"
            ' site.url = "http://127.0.0.1:8000"'
        )
    app = Flask("newsletter.web", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    database = bootstrap.connect(settings)
    with database.read.begin() as session:
        limits_key = form_limits.load_key(session)
    work_clock = clock or shared_clock(database, machine_clock.utc_now)
    database.dispose()  # no connection is shared with the workers that a server forks
    app.extensions["newsletter.database"] = database
    links = bootstrap.signed_links(settings)
    background = Background(work_of_pages(settings, database, work_clock))
    app.extensions["newsletter.background"] = background
    if sends_mail:
        app.before_request(background.start)
    app.extensions[EXTENSION] = Pages(
        app,
        settings,
        database,
        links,
        clock or machine_clock.utc_now,
        background.wake,
        limits_key,
        UnsubscribeQueue(database),
    )
    app.extensions[KEPT_PAGES] = KeptPages(settings)
    app.url_map.converters |= CONVERTERS
    for blueprint in _PAGES:
        app.register_blueprint(blueprint)
    if settings.feedback.sendgrid_public_key:
        app.register_blueprint(sendgrid_events)
    if settings.api:
        app.register_blueprint(subscribers_api)
    if settings.metrics.token.get_secret_value():
        app.register_blueprint(metrics)
    app.before_request(app.extensions[EXTENSION].look_at_slugs)
    _keep_room_for_readers(app)
    _add_security_headers(app, settings)
    add_error_pages(app)
    add_middleware(app, settings)
    return app


def _add_security_headers(app: Flask, settings: Settings) -> None:
    headers = dict(_HEADERS)
    if settings.site.url.startswith("https://"):
        headers["Strict-Transport-Security"] = _A_YEAR

    site = urlsplit(settings.site.url)

    @app.after_request
    def protect(response: Response) -> Response:
        if "Location" in response.headers:  # wherever the request thinks that it is
            there = urlsplit(response.headers["Location"])
            response.headers["Location"] = there._replace(
                scheme=site.scheme, netloc=site.netloc
            ).geturl()
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if g.get("has_ended") and response.status_code == HTTPStatus.OK:
            response.status_code = HTTPStatus.GONE
        if response.status_code in _BUSY:
            response.headers.setdefault("Retry-After", _TRY_AGAIN_S)
        if response.headers["Cache-Control"] == "no-store":
            response.headers.setdefault("X-Robots-Tag", "noindex")
        if request.method == "HEAD" or response.status_code == 304:  # noqa: PLR2004 - HTTP
            response.close()  # nothing of the file behind it is read, so nobody else closes it
        return response


def _keep_room_for_readers(app: Flask) -> None:
    """Keep threads free for readers of pages while requests that write wait for the database."""
    room = BoundedSemaphore(_ACTING)

    @app.before_request
    def enter() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            g.acts = room.acquire(timeout=_TURN_WITHIN_S)
            if not g.acts:
                abort(503)

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        if g.pop("acts", False):
            room.release()
