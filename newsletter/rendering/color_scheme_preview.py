"""A page as a reader in the light, or in the dark, sees it, whatever the browser's own setting."""

import re
from typing import Literal, get_args

ColorScheme = Literal["light", "dark"]
SCHEMES: tuple[ColorScheme, ...] = get_args(ColorScheme)

_ASKED = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_DECLARED = re.compile(
    r'(<meta name="(?:supported-)?color-schemes?" content=")[^"]*', re.IGNORECASE
)
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


def force_color_scheme(html: str, scheme: ColorScheme) -> str:
    """The page with its questions for the reader's colour scheme answered."""
    answered = _ASKED.sub(
        lambda asked: _ALWAYS if asked[1].lower() == scheme else _NEVER,
        html,
    )
    return _DECLARED.sub(rf"\g<1>{scheme}", answered)
