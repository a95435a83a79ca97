"""serve: the web pages."""

from pathlib import Path

import click

from newsletter.cli import common


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@common.with_config
def serve(host: str, port: int, config_file: Path | None) -> None:
    """Serve the pages behind the links.

    Confirm, unsubscribe and the archive of issues. Put a web server with HTTPS before it, and
    its public address into site.url.
    """
    from waitress import create_server

    from newsletter.errors import NewsletterError
    from newsletter.web import create_app

    app = create_app(common.load(config_file))
    try:
        server = create_server(app, host=host, port=port)
    except OSError as error:
        raise NewsletterError(
            f"{host}:{port} cannot be served: {error.strerror or error}"
        ) from error
    click.echo(f"http://{host}:{port} (stop with Ctrl-C)", err=True)
    server.run()
