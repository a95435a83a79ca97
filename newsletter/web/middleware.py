"""WSGI middleware: the client behind proxies, and the path that the application lies at."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from newsletter.config import Settings

_NO_PART_OF_A_LINK = (
    " \t\r\n\xa0\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u3000"
    "/\\|=.,;:!?()[]{}<>\"'*`~«»“”„‘’‚‹›…–—。，、；：！？（）《》「」『』【】"  # noqa: RUF001 - punctuation
)


def add_middleware(app: Flask, settings: Settings) -> None:
    """Believe as many proxies as there are, about the client's address and nothing else.

    Links are made from site.url, never from what a request says its host is. Where site.url has a
    path, pages lie below it, whether or not the proxy takes it off.
    """
    inner: Any = _PathMiddleware(app.wsgi_app, urlsplit(settings.site.url).path)
    if settings.web.proxies:
        inner = _ProxyMiddleware(inner, settings.web.proxies)
    app.wsgi_app = inner  # type: ignore[method-assign]  # Flask's way to add a middleware


class _ProxyMiddleware:
    """The client's address as the outermost of our proxies wrote it.

    A stranger may have written all before it. So it is found by its commas alone, whatever quotes
    and brackets are open there.
    """

    def __init__(self, inner: Callable[..., Iterable[bytes]], proxies: int) -> None:
        self._inner = inner
        self._proxies = proxies

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        written = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")[-self._proxies :]
        if len(written) == self._proxies:
            environ["REMOTE_ADDR"] = written[0].strip()
        return self._inner(environ, start)


class _PathMiddleware:
    """The application below a path, and at addresses that were copied with what stood behind."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], prefix: str) -> None:
        self._inner = inner
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == self._prefix or path.startswith(f"{self._prefix}/"):
            path = path[len(self._prefix) :]
        path = path.encode("latin-1").decode("utf-8", "replace").rstrip(_NO_PART_OF_A_LINK)
        path = f"/{path.lstrip('/')}".encode().decode("latin-1")  # as WSGI has it (PEP 3333)
        environ |= {"SCRIPT_NAME": self._prefix, "PATH_INFO": path}
        return self._inner(environ, start)
