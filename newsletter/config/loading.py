"""From newsletter.toml and the environment, checked before anything runs.

A variable is `NEWSLETTER_SECTION__KEY`, or `..._FILE` for a file with the value. Variables of
`newsletter.env` beside the configuration count, unless the environment sets them too.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from newsletter.config.combinations import contradictions, same_address
from newsletter.config.environment_file import with_environment_file
from newsletter.config.sections import Slug
from newsletter.config.setting_names import CONFIG, PREFIX, SECTIONS, exact_slips, is_setting
from newsletter.config.settings import Settings
from newsletter.errors import WrongUseError, did_you_mean
from newsletter.text_file import MissingFileError, read_text

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE_NAME = "newsletter.toml"

_Location = tuple[str, ...]


def load(path: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings.

    Raises:
        WrongUseError: no file, bad TOML, an unknown or impossible setting; one line for the first.
    """
    path = find_file(path, environ)
    return parse(read(path), path, with_environment_file(path, environ))


def parse(text: str, path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of a configuration that stands at `path`, or will.

    Raises:
        WrongUseError: as `load` does.
    """
    table = parsed(text, path)
    for slip in exact_slips(environ):
        raise WrongUseError(slip)
    origins = _overlay(table, environ)
    if "folder" in table:
        raise WrongUseError(f"{path}: unknown setting 'folder'")
    try:
        settings = Settings(folder=path.resolve().parent, **table)
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=_is_no_slip)
        where = _origin(first["loc"], origins) or path
        raise WrongUseError(f"{where}: {_error_text(first)}") from None
    for place, problem in contradictions(settings):
        raise WrongUseError(f"{_origin(place, origins) or path}: {problem}")
    return settings


def check_slug(settings: Settings, slug: str) -> None:
    """Whether a newsletter of this configuration could be called so.

    Raises:
        WrongUseError: it could not.
    """
    try:
        TypeAdapter(Slug).validate_python(slug)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise WrongUseError(_error_text({**first, "loc": ("slug",)})) from None
    if problem := same_address(settings, slug):
        raise WrongUseError(f"newsletter.toml: {problem}")


def find_file(path: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration's file: the one named, or the environment's, or the one in the folder."""
    return path or Path(environ.get(CONFIG) or FILE_NAME)


def read(path: Path) -> str:
    """The text of a configuration; WrongUseError where there is none that can be read."""
    try:
        return read_text(path)
    except MissingFileError:
        raise WrongUseError(
            f"no configuration at {path}; `newsletter init` writes one, --config names another"
        ) from None


def parsed(text: str, path: Path) -> dict[str, Any]:
    """Its tables, unchecked; WrongUseError where it is no TOML."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # no TOML, a number without end
        raise WrongUseError(f"{path} cannot be read: {error}") from error


def _overlay(table: dict[str, Any], environ: Mapping[str, str]) -> dict[_Location, str]:
    """Lay the environment over the table; gives the variable that each setting came from.

    Raises:
        WrongUseError: a variable is for an unknown place, or its file cannot be read.
    """
    origins: dict[_Location, str] = {}
    for name, text in sorted(environ.items()):
        if not is_setting(name):
            continue  # NEWSLETTER_PORT is what Kubernetes calls a service's port
        *outer, key = location = tuple(name.removeprefix(PREFIX).lower().split("__"))
        value = text
        if key.endswith("_file"):
            # Its path stays untold: it may be a secret that was given for a path.
            value = read_text(Path(text), f"{name}: its file").strip()
            key = key.removesuffix("_file")
            location = (*outer, key)
        if not all(location):
            raise WrongUseError(f"{name}: write it like {PREFIX}SITE__NAME")
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


def _origin(location: tuple[int | str, ...], origins: Mapping[tuple[str, ...], str]) -> str | None:
    """The variable that brought a setting, where it did not stand in the file."""
    where = tuple(map(str, location))
    if not where:
        return None
    return next(
        (
            name
            for place, name in origins.items()
            if place == where[: len(place)] or where == place[: len(where)]
        ),
        None,
    )


_PLAINLY = {
    "model_type": "must be one table, whose line bears the name in single brackets",
    "dict_type": "must be a table",
    "string_pattern_mismatch": "is no such name; use letters, digits and '-' only",
    "too_short": "at least one is needed",
}


def _is_no_slip(error: "ErrorDetails") -> bool:
    """A slip of a name comes first: what is missing by it would be said for nothing."""
    return error["type"] != "extra_forbidden"


def _error_text(error: "ErrorDetails") -> str:
    named = [str(step) for step in error["loc"]]
    where = ".".join(step for step in named if "[" not in step)  # that is a kind of value
    if error["type"] == "extra_forbidden":
        fields = _fields_at(error["loc"][:-1])
        return f"unknown setting {where!r}{did_you_mean(str(error['loc'][-1]), fields)}"
    if error["type"] == "missing":
        return f"the setting {where!r} is missing"
    if error["loc"] == ("newsletters",):
        return "newsletters: at least one is needed; each begins with a line [[newsletters]]"
    if error["loc"][-1] == "slug" and error["type"] == "string_pattern_mismatch":
        return f"{where}: must be 1 to 40 of a-z, 0-9 and '-', as it stands in addresses"
    message = _PLAINLY.get(error["type"], str(error["msg"])).removeprefix("Value error, ")
    return f"{where}: {message[:1].lower()}{message[1:]}"


def _fields_at(location: tuple[int | str, ...]) -> list[str]:
    """The names that may stand at a place of the configuration."""
    if not location:
        return list(SECTIONS)
    section = SECTIONS.get(str(location[0]))
    return list(section.model_fields) if section else []
