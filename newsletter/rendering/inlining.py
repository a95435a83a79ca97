"""CSS into style attributes, as mail programs need it."""

import logging
import re
import threading
from functools import lru_cache

import cssutils
from premailer import Premailer

# premailer's parser state is shared: one at a time.
_ONE_AT_A_TIME = threading.Lock()

# Every byte of a style is one less for papers; a "<" of a text is escaped, so only tags match.
_STYLE = re.compile(r'(<[a-z][^<>]*? style=")([^"]*)')


class _OfflinePremailer(Premailer):  # type: ignore[misc]  # premailer ships no types
    """Never fetches anything: cssutils would follow an `@import`, even of a local file."""

    def _parse_css_string(self, css_body: str, validate: bool = True) -> object:  # noqa: FBT001, FBT002 - as in premailer
        return _parsed(css_body, validate)


@lru_cache(maxsize=32)  # only read by premailer; most of the work of a small mail
def _parsed(css: str, validate: bool) -> object:  # noqa: FBT001 - as in premailer
    parser = cssutils.CSSParser(fetcher=lambda _url: (None, b""), validate=validate)
    return parser.parseString(css)


def inline(html: str) -> str:
    """The page with its rules in style attributes; `@media` rules stay in the head."""
    with _ONE_AT_A_TIME:
        inlined: str = _OfflinePremailer(
            html,
            keep_style_tags=False,
            strip_important=False,
            allow_network=False,
            disable_validation=True,
            remove_classes=False,
            cssutils_logging_level=logging.CRITICAL,
            disable_basic_attributes=["bgcolor", "width", "height"],
        ).transform(pretty_print=False)
    return _STYLE.sub(lambda found: found[1] + found[2].replace("; ", ";"), inlined)
