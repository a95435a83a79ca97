"""The pages behind the links, and the archive. `create_app` is a WSGI application's factory."""

from newsletter.web.app import create_app

__all__ = ["create_app"]
