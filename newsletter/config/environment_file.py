"""Secrets beside the configuration: `newsletter.env`, one variable a line, for its owner alone."""

import os
import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from newsletter.config.setting_names import OWN, is_setting, slip_in_file, slips_in_environment
from newsletter.config.settings import Settings
from newsletter.errors import WrongUseError
from newsletter.finding import Finding, Severity
from newsletter.text_file import MissingFileError, read_text

_PART = "environment"


def environment_file(config: Path) -> Path:
    """Where the variables of a configuration are looked for."""
    return config.with_suffix(".env")


def with_environment_file(config: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, and the variables of the file beyond it: the environment wins.

    Raises:
        WrongUseError: the file cannot be read, or a line of it sets no variable of ours.
    """
    said = {name.removesuffix("_FILE") for name in environ}
    own = _read(environment_file(config))
    return {
        name: value
        for name, value in own.items()
        if name not in OWN and name.removesuffix("_FILE") not in said
    } | dict(environ)


def check_environment(settings: Settings, now: datetime) -> Iterator[Finding]:
    """For `newsletter check`: variables that look like ours and that nothing reads."""
    del now
    unread = slips_in_environment(os.environ)
    for file in settings.folder.glob("*.env"):
        names = sorted(OWN & _read(file).keys() - os.environ.keys())
        unread += [
            f"{name} is not read of {file}: it must stand in the environment" for name in names
        ]
    yield from (Finding(_PART, Severity.WARNING, text) for text in unread)
    if not unread:
        yield Finding(_PART, Severity.OK, "no variable looks like a setting and is none")


def environment_text(variables: Mapping[str, str]) -> str:
    """The file's text; a shell reads the same of it."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())


def with_variable(text: str, variable: str, value: str | None) -> str:
    """The file's text with that variable, or without it; everything else stays."""
    lines = [
        line
        for line in text.splitlines(keepends=True)
        if line.partition("=")[0].strip() not in {variable, f"{variable}_FILE"}
    ]
    if lines and not lines[-1].endswith("\n"):
        lines.append("\n")
    return "".join([*lines, environment_text({} if value is None else {variable: value})])


def _read(file: Path) -> dict[str, str]:
    try:
        lines = read_text(file).splitlines()
    except MissingFileError:
        return {}
    variables = {}
    for number, line in enumerate(lines, 1):
        name, mark, value = line.strip().removeprefix("export ").partition("=")
        slip = None if name.startswith("#") else slip_in_file(name)
        if slip:
            raise WrongUseError(f"{file}, line {number}: {slip}")
        if not (is_setting(name) or name in OWN):
            continue  # a comment, or another program's
        if not mark:
            raise WrongUseError(f"{file}, line {number}: write it like {name}=...")
        variables[name] = _unquoted(value, f"{file}, line {number}")
    return variables


def _unquoted(value: str, place: str) -> str:
    if value[:1] not in {"'", '"'}:
        return value
    try:
        (text,) = shlex.split(value)
    except ValueError:
        raise WrongUseError(f"{place}: the quotation marks do not close") from None
    return text
