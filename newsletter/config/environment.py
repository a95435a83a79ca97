"""Settings from the environment: `NEWSLETTER_SECTION__KEY`, or `..._FILE` for a file with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsletter.errors import WrongUseError

CONFIG = "NEWSLETTER_CONFIG"
_PREFIX = "NEWSLETTER_"

Location = tuple[str, ...]


def overlay(table: dict[str, Any], environ: Mapping[str, str]) -> dict[Location, str]:
    """Lay the environment over the table; gives the variable that each setting came from.

    Raises:
        WrongUseError: a variable names no place of the table, or its file cannot be read.
    """
    origins: dict[Location, str] = {}
    for name, text in sorted(environ.items()):
        if not name.startswith(_PREFIX) or "__" not in name:
            continue  # not ours: NEWSLETTER_PORT is what Kubernetes calls a service's port
        *outer, key = location = tuple(name.removeprefix(_PREFIX).lower().split("__"))
        value = text
        if key.endswith("_file"):
            key, value = key.removesuffix("_file"), _read(name, text)
            location = (*outer, key)
        if not all(location):
            raise WrongUseError(f"{name}: write it like {_PREFIX}SITE__NAME")
        if location in origins:
            raise WrongUseError(f"{name} and {origins[location]} say the same; keep one of them")
        origins[location] = name
        _place(table, outer, name)[key] = value
    return origins


def _place(table: dict[str, Any], steps: list[str], name: str) -> dict[str, Any]:
    place: Any = table
    for step in steps:
        place = _step(place, step, name)
    if not isinstance(place, dict):
        raise WrongUseError(f"{name}: there is no such setting")
    return place


def _step(place: Any, step: str, name: str) -> Any:  # noqa: ANN401 - a TOML value is any value
    if isinstance(place, list):
        if not (step.isascii() and step.isdecimal()) or int(step) >= len(place):
            raise WrongUseError(f"{name}: there are {len(place)} newsletters, counted from 0")
        return place[int(step)]
    if isinstance(place, dict):
        return place.setdefault(step, [] if step == "newsletters" else {})
    raise WrongUseError(f"{name}: there is no such setting")


def _read(name: str, file: str) -> str:
    """The file's text. Its path stays untold: it may be a secret that was given for a path."""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongUseError(f"{name}: its file cannot be read: {error.strerror}") from None
    except ValueError:
        raise WrongUseError(f"{name}: its file holds no text") from None
