"""The names of settings, in `newsletter.toml` and as variables, and slips in them."""

import re
from collections.abc import Iterable, Mapping
from typing import get_args

from newsletter.config.sections import SettingsModel
from newsletter.config.settings import Settings
from newsletter.errors import nearest

PREFIX = "NEWSLETTER_"
CONFIG = f"{PREFIX}CONFIG"
# The program's own, which are read of the environment alone.
OWN = {CONFIG, *(f"{PREFIX}{name}" for name in ("LOG", "STATE_DIR", "CACHE_DIR"))}
# How Kubernetes tells of a service that is called `newsletter`, or `newsletter-web`.
_OF_SERVICE = re.compile(r"\w+_SERVICE_(HOST|PORT(_\w+)?)|\w+_PORT(_[0-9]+_(TCP|UDP|SCTP)(_\w+)?)?")
_LIKE = 0.6  # difflib's, of what follows the prefix
_MISSPELT = 0.9  # of a whole name, of which the prefix may be the slip

SECTIONS: dict[str, type[SettingsModel]] = {
    name: kind
    for name, field in Settings.model_fields.items()
    for kind in (field.annotation, *get_args(field.annotation))
    if isinstance(kind, type) and issubclass(kind, SettingsModel)
}
# Sections of which there are several tables, and how a variable says which of them.
SEVERAL = {"newsletters": "0__", "api": "NAME__", "notify": "NAME__"}


def known_settings() -> dict[str, object]:
    """Every setting of every table, as `site.name`, and the kind of its value."""
    return {
        f"{section}.{name}": field.annotation
        for section, model in SECTIONS.items()
        for name, field in model.model_fields.items()
    }


def is_setting(variable: str) -> bool:
    """Whether a variable is written like one of a setting; which, is found when it is read."""
    return variable.startswith(PREFIX) and "__" in variable


def slip_in_file(variable: str) -> str | None:
    """The slip in a name of `newsletter.env`; None for a right one or another program's."""
    if is_setting(variable) or variable in OWN:
        return None
    if variable.upper().startswith(PREFIX):
        return _unknown(variable)
    known = _variables()
    meant = nearest(variable, known, _MISSPELT) or nearest(f"{PREFIX}{variable}", known, 1.0)
    return f"{variable}: no such name; did you mean {meant}?" if meant else None


def slips_in_environment(environ: Mapping[str, str]) -> list[str]:
    """The slips in the environment, a line for each; other programs may have set some."""
    return [
        _unknown(name)
        for name in sorted(environ)
        if name.upper().startswith(PREFIX)
        and not (is_setting(name) or name in OWN or _OF_SERVICE.fullmatch(name))
    ]


def exact_slips(names: Iterable[str]) -> list[str]:
    """Names that a setting would have, were its underscores two: lines that say so."""
    single = {_joined(name): name for name in _variables()}
    return [_unknown(name) for name in sorted(names) if name.removesuffix("_FILE") in single]


def _unknown(variable: str) -> str:
    stem, mark = variable.upper(), ""
    known = [*_variables(), *OWN]
    if stem.endswith("_FILE") and nearest(stem, known, 1.0) is None:
        stem, mark = stem.removesuffix("_FILE"), "_FILE"
    tails = [name.removeprefix(PREFIX) for name in known]
    stem = stem.removeprefix(PREFIX)
    meant = nearest(stem, tails, _LIKE) or next(
        (tail for tail in tails if tail.endswith(f"__{stem}")), None
    )
    if meant:
        return f"{variable}: unknown setting; did you mean {PREFIX}{meant}{mark}?"
    return f"{variable}: unknown setting; write it like {PREFIX}SITE__NAME"


def _joined(variable: str) -> str:
    return variable.replace("__", "_")


def _variables() -> list[str]:
    return [
        f"{PREFIX}{section}__{SEVERAL.get(section, '')}{field}".upper()
        for section, model in SECTIONS.items()
        for field in model.model_fields
    ]
