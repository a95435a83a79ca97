"""serve: the web pages."""

import logging
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import machine_clock
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.database.db import Database

_THREADS = 32  # those who write wait for the disk together (web/app.py: how many may)
_CONNECTIONS = 2000  # one that is slow takes no thread, only its place
_OTHER_FILES = 200
_SWITCH_AFTER_S = 0.001  # so that who leaves does not wait 5 ms at each word with the database
_SILENT_S = 30  # after which a connection loses it


def _stop(_signal: int, _frame: object) -> None:
    """As Ctrl-C does: what is being answered is answered, and the mail in hand leaves."""
    raise SystemExit


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@options.with_config
def serve(host: str, port: int, config_file: Path | None) -> None:
    """Serve the web pages.

    Sign-up, the pages behind the links in mails, the archive and its feeds; in the background,
    answer sign-ups by mail. Put a web server with HTTPS before it, its public address into
    site.url, and 1 into web.proxies.
    """
    from waitress import create_server

    from newsletter.sending.restore_guard import machine_memory
    from newsletter.web import create_app

    settings = resources.load_settings(config_file)
    app = create_app(settings, sends_mail=True)
    database = app.extensions["newsletter.database"]
    machine_memory.take_readers_in(settings, database)
    _say_what_is_lost(settings, database)
    background = app.extensions["newsletter.background"]
    _refuse_doubled_lengths()
    named = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        server = create_server(app, host=host, port=port, **_limits(settings.web.proxies))
    except OSError as error:
        database.dispose()
        raise NewsletterError(f"{named} cannot be served: {error.strerror or error}") from error
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for whoever waits
    click.echo(f"http://{named} (stop with Ctrl-C)", err=True)
    background.start()
    sys.setswitchinterval(_SWITCH_AFTER_S)
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()
    finally:
        server.close()
        background.stop()
        database.dispose()


def _refuse_doubled_lengths() -> None:
    """Let waitress refuse a request that says its length twice (RFC 9112, 6.1), from now on.

    It believes `Transfer-Encoding` then, and takes what stands behind for a request of its own:
    whatever it says there of the client's address, no proxy before it has seen.
    """
    from waitress.channel import HTTPChannel
    from waitress.parser import HTTPRequestParser, ParsingError

    class StrictParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            other = "CONTENT_LENGTH" if self.chunked else "TRANSFER_ENCODING"
            if other in self.headers:
                raise ParsingError("the length is said twice")

    HTTPChannel.parser_class = StrictParser


def _say_what_is_lost(settings: "Settings", database: "Database") -> None:
    """Readers whose newsletter is gone, and links that no key reads any more."""
    from newsletter.finding import Severity
    from newsletter.subscribers import health

    for finding in health.check(settings, database, machine_clock.utc_now()):
        if finding.level is Severity.TROUBLE:
            output.warn(finding.text)


def _most_connections() -> int:
    """As many as the system lets this process have, up to ours."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = _CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < files:
        soft = files if hard == resource.RLIM_INFINITY else min(files, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(soft - _OTHER_FILES, 1)
    return _CONNECTIONS


def _limits(proxies: int) -> dict[str, object]:
    """The limits of a request that waitress lets through."""
    from newsletter.web.program_access import sendgrid_events

    return {
        "threads": _THREADS,
        "connection_limit": _most_connections(),
        "channel_timeout": _SILENT_S,
        "cleanup_interval": _SILENT_S,
        "asyncore_use_poll": True,  # else no more files than `select` can count
        "max_request_body_size": 2 * sendgrid_events.LARGEST_BODY,  # more is not even taken in
        "ident": None,  # no name of a server to whoever looks for its weak spots
        "clear_untrusted_proxy_headers": not proxies,  # the application reads them
    }
