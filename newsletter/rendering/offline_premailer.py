"""premailer as we want it: it reads no file and no address."""

from functools import lru_cache

import cssutils
from premailer import Premailer


class OfflinePremailer(Premailer):  # type: ignore[misc]  # premailer ships no types
    """Never fetches anything: cssutils would follow an `@import`, even of a local file."""

    def _parse_css_string(self, css_body: str, validate: bool = True) -> object:  # noqa: FBT001, FBT002 - as in premailer
        return _parsed(css_body, validate)


@lru_cache(maxsize=32)  # only read by premailer; most of the work of a small mail
def _parsed(css: str, validate: bool) -> object:  # noqa: FBT001 - as in premailer
    parser = cssutils.CSSParser(fetcher=lambda _url: (None, b""), validate=validate)
    return parser.parseString(css)
