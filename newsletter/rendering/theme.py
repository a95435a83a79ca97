"""How mails and pages look: the palette, the logo, the operator's own templates."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from newsletter.colours import contrast, mixed
from newsletter.config import LookSettings, Settings
from newsletter.errors import WrongUseError

_SEEN = 3  # WCAG 2.2, 1.4.11: the contrast of what is no text


@dataclass(frozen=True)
class Palette:
    """The colours of one scheme, by what they are for."""

    paper: str
    ink: str
    soft: str  # abstracts: between ink and quiet
    quiet: str
    hair: str  # lines; no text
    faint: str  # the palest part of a bar; no text
    accent: str


@dataclass(frozen=True)
class Theme:
    """The looks, as far as an operator can change them; without any setting, ours."""

    settings: LookSettings = field(default_factory=LookSettings)
    templates: Path | None = None  # searched before our own

    @classmethod
    def of(cls, settings: Settings) -> "Theme":
        """The configured looks.

        Raises:
            WrongUseError: `templates.dir` is no folder.
        """
        folder = settings.templates.dir
        if folder is not None:
            folder = settings.folder / folder
            if not folder.is_dir():
                raise WrongUseError(f"templates.dir: there is no folder {folder}")
        return cls(settings.look, folder)

    @cached_property
    def light(self) -> Palette:
        look = self.settings
        return _scheme(look.paper, look.ink, look.quiet, look.accent)

    @cached_property
    def dark(self) -> Palette:
        look = self.settings
        return _scheme(look.paper_dark, look.ink_dark, look.quiet_dark, look.accent_dark)

    def css_variables(self) -> str:
        """Both schemes as custom properties, for pages."""
        light, dark = (
            " ".join(f"--{name}: {value};" for name, value in vars(scheme).items())
            + f" --on-accent: {scheme.paper};"
            for scheme in (self.light, self.dark)
        )
        return (
            f":root {{ color-scheme: light dark; {light} }}\n"
            f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        )


def _scheme(paper: str, ink: str, quiet: str, accent: str) -> Palette:
    tones = (mixed(paper, ink, step / 20) for step in range(21))
    return Palette(
        paper=paper,
        ink=ink,
        soft=mixed(ink, quiet, 0.7),
        quiet=quiet,
        hair=mixed(paper, ink, 0.15),
        faint=next(tone for tone in tones if contrast(tone, paper) >= _SEEN),
        accent=accent,
    )


OURS = Theme()


# A page as a reader in the light, or in the dark, sees it, whatever the browser's own setting.

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
