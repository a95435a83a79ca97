"""Secrets beside the configuration: `newsletter.env`, one variable a line, for its owner alone."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from newsletter.errors import WrongUseError


def environment_file(config: Path) -> Path:
    """Where the variables of a configuration are looked for."""
    return config.with_suffix(".env")


def with_environment_file(config: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, and what the file says beyond it: the environment wins.

    Raises:
        WrongUseError: the file cannot be read, or a line of it says nothing of a variable of ours.
    """
    said = {name.removesuffix("_FILE") for name in environ}
    own = _read(environment_file(config))
    return {
        name: value for name, value in own.items() if name.removesuffix("_FILE") not in said
    } | dict(environ)


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
        lines = file.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise WrongUseError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError:
        raise WrongUseError(f"{file} cannot be read: it holds no text") from None
    variables = {}
    for number, line in enumerate(lines, 1):
        name, mark, value = line.strip().removeprefix("export ").partition("=")
        if not name.startswith("NEWSLETTER_") or "__" not in name:
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
