"""premailer as we want it: it reads no file and no address, and a style only once."""

import logging
from functools import lru_cache

import cssutils
from premailer import Premailer

Rule = tuple[tuple[int, ...], str, str]  # specificity, selector, declarations


class OfflinePremailer(Premailer):  # type: ignore[misc]  # premailer ships no types
    """Never fetches anything: cssutils would follow an `@import`, even of a local file."""

    def __init__(self, html: str) -> None:
        super().__init__(
            html,
            keep_style_tags=False,
            strip_important=False,
            allow_network=False,
            disable_validation=True,
            remove_classes=False,
            cssutils_logging_level=logging.CRITICAL,
            disable_basic_attributes=["bgcolor", "width", "height"],
        )

    def _parse_css_string(self, css_body: str, validate: bool = True) -> object:  # noqa: FBT001, FBT002 - as in premailer
        parser = cssutils.CSSParser(fetcher=lambda _url: (None, b""), validate=validate)
        return parser.parseString(css_body)

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Rule], str]:
        return _read(css_body, ruleset_index)

    def _css_rules_to_string(self, rules: str) -> str:
        return rules


@lru_cache(maxsize=32)  # only read by premailer; most of the work of a piece of a mail
def _read(css: str, number: int) -> tuple[list[Rule], str]:
    """The rules for attributes, and as one text those that stay in the head, on one line."""
    reading = OfflinePremailer("")
    rules, left_over = Premailer._parse_style_rules(reading, css, number)  # noqa: SLF001 - it hands them from one to the other
    in_head = Premailer._css_rules_to_string(reading, left_over)  # noqa: SLF001
    return rules, "".join(line.strip() for line in in_head.splitlines())
