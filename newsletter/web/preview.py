"""The live preview: one issue in four views, again whenever a template changes.

It is for the operator's own machine: it shows a subscriber's links, so it answers only to loopback
names.
"""

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request

from newsletter import paths
from newsletter.config import DETAILS, LANGUAGES
from newsletter.errors import NewsletterError
from newsletter.finding import Finding
from newsletter.network.hosts import is_this_machine
from newsletter.rendering import templates, translations
from newsletter.rendering.inspection import inspect, parts
from newsletter.rendering.message import Message
from newsletter.rendering.theme import SCHEMES, force_color_scheme

_MOST_FILES = 2000  # of templates; beyond, somebody named the wrong folder
_LINES_AROUND = 3
_BROKEN = re.compile(r"(?P<file>[^\s:][^:]*):(?P<line>\d+): (?P<reason>.*)", re.DOTALL)

Render = Callable[[str, str], Message]  # detail, language


@dataclass(frozen=True)
class RenderedPreview:
    """One variant as it is now: a mail with what can be said against it, or why there is none."""

    stamp: str
    mail: Message | None
    findings: tuple[Finding, ...] = ()
    trouble: str = ""


class LivePreview:
    """Renders again when a template, or a catalogue, is another file than before."""

    def __init__(self, render: Callable[[], Render], folders: Iterable[Path]) -> None:
        self._render = render
        self._folders = [
            *folders,
            paths.templates(),
            Path(translations.__file__).parents[1] / "locales",
        ]
        self._lock = threading.Lock()
        self._stamp = ""
        self._fresh: Render | None = None
        self._seen: dict[tuple[str, str], RenderedPreview] = {}

    def look(self, detail: str, language: str) -> RenderedPreview:
        with self._lock:
            stamp = self._stamp_now()
            if stamp != self._stamp:
                templates.template_environment.cache_clear()
                translations.translations.cache_clear()
                self._stamp, self._seen, self._fresh = stamp, {}, None
            variant = (detail, language)
            if variant not in self._seen:
                self._seen[variant] = self._looked(detail, language)
            return self._seen[variant]

    def _looked(self, detail: str, language: str) -> RenderedPreview:
        try:
            self._fresh = self._fresh or self._render()
            mail = self._fresh(detail, language)
            return RenderedPreview(self._stamp, mail, tuple(inspect(mail)))
        except NewsletterError as error:
            return RenderedPreview(self._stamp, None, trouble=str(error))
        except Exception as error:  # noqa: BLE001 - whatever a template or catalogue does to us is shown
            return RenderedPreview(self._stamp, None, trouble=f"{type(error).__name__}: {error}")

    def source_of(self, trouble: str) -> list[tuple[int, str, bool]]:
        """The lines around the one that a trouble names: number, text, whether it is the one."""
        named = _BROKEN.match(trouble)
        file = self._template(named["file"]) if named else None
        if named is None or file is None:
            return []
        wrong = int(named["line"])
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        first = max(1, wrong - _LINES_AROUND)
        around = lines[first - 1 : wrong + _LINES_AROUND]
        return [(number, line, number == wrong) for number, line in enumerate(around, start=first)]

    def _template(self, name: str) -> Path | None:
        """Only a file in one of the folders of templates is ever shown."""
        for folder in self._folders:
            file = (folder / name).resolve()
            if file.is_relative_to(folder.resolve()) and file.is_file():
                return file
        return None

    def _stamp_now(self) -> str:
        stamp = hashlib.sha256()
        files = (file for folder in self._folders for file in sorted(folder.rglob("*")))
        for file, _ in zip(files, range(_MOST_FILES), strict=False):
            try:
                status = file.stat()
            except OSError:  # an editor swaps files
                continue
            stamp.update(f"{file}\0{status.st_mtime_ns}\0{status.st_size}\n".encode())
        return stamp.hexdigest()[:16]


def create_preview(
    live: LivePreview, heading: str, first: tuple[str, str], fixed: str | None = None
) -> Flask:
    """The page; `first` is the variant shown first, `fixed` the one address it is shown for."""
    app = Flask("newsletter.web", static_folder=None)
    page = templates.template_environment(translations.translations("en")).get_template(
        "preview/page.html"
    )
    details, languages = ([first[0]], [first[1]]) if fixed else (DETAILS, LANGUAGES)

    @app.before_request
    def _only_here() -> None:
        # A page elsewhere whose name was made to lead to this machine must not read it.
        if not is_this_machine(re.sub(r":\d+$", "", request.host)):
            abort(403)

    @app.get("/")
    def _page() -> Response:
        nonce = secrets.token_urlsafe(16)
        answer = Response(
            page.render(
                heading=heading,
                first=first,
                fixed=fixed,
                details=details,
                languages=languages,
                nonce=nonce,
            )
        )
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline';"
            " connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
        )
        return answer

    @app.get("/state")
    def _state() -> dict[str, Any]:
        return _told(live, _asked(live, details, languages))

    @app.get("/mail.html")
    def _html() -> Response:
        asked = request.args.get("scheme")
        scheme = next((scheme for scheme in SCHEMES if scheme == asked), SCHEMES[0])
        mail = _mail(_asked(live, details, languages))
        answer = Response(_opening_elsewhere(force_color_scheme(mail.html, scheme)))
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:"
        )
        return answer

    @app.get("/mail.txt")
    def _text() -> Response:
        mail = _mail(_asked(live, details, languages))
        return Response(mail.text, content_type="text/plain; charset=utf-8")

    @app.get("/mail.eml")
    def _eml() -> Response:
        mail = _mail(_asked(live, details, languages))
        return Response(mail.as_bytes(), content_type="message/rfc822")

    @app.after_request
    def _protect(answer: Response) -> Response:
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return app


def _asked(live: LivePreview, details: Sequence[str], languages: Sequence[str]) -> RenderedPreview:
    detail, language = request.args.get("detail", ""), request.args.get("language", "")
    if detail not in details or language not in languages:
        abort(404)
    return live.look(detail, language)


def _mail(seen: RenderedPreview) -> Message:
    if seen.mail is None:
        abort(409)
    return seen.mail


def _told(live: LivePreview, seen: RenderedPreview) -> dict[str, Any]:
    answer: dict[str, Any] = {"stamp": seen.stamp, "trouble": seen.trouble}
    if seen.mail is None:
        return answer | {"source": live.source_of(seen.trouble)}
    raw, html = seen.mail.as_bytes(), seen.mail.html
    return answer | {
        "subject": seen.mail.content.subject,
        "sender": seen.mail.sender[0],
        "text": seen.mail.text,
        "findings": [[finding.level, finding.part, finding.text] for finding in seen.findings],
        "weights": [
            ["HTML, decoded", len(html.encode()), parts.HTML_BYTES],
            ["HTML, as sent", len(parts.encoded_html(raw)), parts.ENCODED_BYTES],
        ],
        "whole": len(raw),
    }


def _opening_elsewhere(html: str) -> str:
    """A link that is followed opens beside the preview, not inside of it."""
    return html.replace("<head>", '<head><base target="_blank">', 1)
