"""From newsletter.toml and the environment, checked before anything runs."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from newsletter.config import environment
from newsletter.config.base import SettingsModel
from newsletter.config.settings import Settings
from newsletter.errors import WrongUseError, did_you_mean

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE_NAME = "newsletter.toml"


def load(path: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings.

    Raises:
        WrongUseError: no file, bad TOML, an unknown or impossible setting; one line for the first.
    """
    path = path or Path(environ.get(environment.CONFIG) or FILE_NAME)
    table = _read(path)
    _refuse_slips(environ)
    origins = environment.overlay(table, environ)
    if "folder" in table:
        raise WrongUseError(f"{path}: unknown setting 'folder'")
    try:
        settings = Settings(folder=path.resolve().parent, **table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = _origin(first["loc"], origins) or path
        raise WrongUseError(f"{where}: {_told(first)}") from None
    slugs = [newsletter.slug for newsletter in settings.newsletters]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise WrongUseError(f"{path}: two newsletters have the slug {slug!r}; rename one")
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise WrongUseError(
            f"no configuration at {path}; `newsletter init` writes one, --config names another"
        ) from None
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, a number without end
        raise WrongUseError(f"{path} cannot be read: {error}") from error


def _refuse_slips(environ: Mapping[str, str]) -> None:
    for section, model in _SECTIONS.items():
        for field in model.model_fields:
            slip = f"NEWSLETTER_{section}_{field}".upper()
            for name in {slip, f"{slip}_FILE"} & environ.keys():
                right = name.replace(f"_{section.upper()}_", f"_{section.upper()}__", 1)
                raise WrongUseError(f"{name}: unknown setting; did you mean {right}?")


def _origin(location: tuple[int | str, ...], origins: Mapping[tuple[str, ...], str]) -> str | None:
    """The variable that brought a setting, where it did not stand in the file."""
    where = tuple(map(str, location))
    return next(
        (
            name
            for place, name in origins.items()
            if place == where[: len(place)] or where == place[: len(where)]
        ),
        None,
    )


def _told(error: "ErrorDetails") -> str:
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        known = _fields_at(error["loc"][:-1])
        return f"unknown setting {where!r}{did_you_mean(str(error['loc'][-1]), known)}"
    if error["type"] == "missing":
        return f"the setting {where!r} is missing"
    if error["loc"] == ("newsletters",):
        return "newsletters: at least one is needed; each begins with a line [[newsletters]]"
    if error["loc"][-1] == "slug" and error["type"] == "string_pattern_mismatch":
        return f"{where}: must be 1 to 40 of a-z, 0-9 and '-', as it stands in addresses"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {message[:1].lower()}{message[1:]}"


def _fields_at(location: tuple[int | str, ...]) -> list[str]:
    """The names that may stand at a place of the configuration."""
    if not location:
        return list(_SECTIONS)
    section = _SECTIONS.get(str(location[0]))
    return list(section.model_fields) if section else []


_SECTIONS: dict[str, type[SettingsModel]] = {
    name: kind
    for name, field in Settings.model_fields.items()
    for kind in (field.annotation, *get_args(field.annotation))
    if isinstance(kind, type) and issubclass(kind, SettingsModel)
}
