"""Changes single values of newsletter.toml in place, and leaves the text around them.

It writes only what can be loaded. Secrets go to the environment's file beside it.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from newsletter.config.environment_file import (
    environment_file,
    with_environment_file,
    with_variable,
)
from newsletter.config.loading import parse, parsed, read
from newsletter.config.setting_names import SEVERAL, known_settings
from newsletter.config.settings import Settings
from newsletter.errors import NewsletterError, WrongUseError, did_you_mean
from newsletter.file_writing import replace_file


class ConfigurationFile:
    """A configuration whose settings can be changed one by one, also to one that works again.

    Raises:
        WrongUseError: the file is missing, or is not TOML.
    """

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path = path.resolve()  # not a link to it, which would be replaced
        self._text = read(path)
        self._environ = with_environment_file(self._path, environ)
        newsletters = parsed(self._text, path).get("newsletters", [])
        self._slugs = [str(table.get("slug")) for table in newsletters]

    def is_secret(self, key: str) -> bool:
        """Whether it is for the eyes of the file's owner alone."""
        return "SecretStr" in str(known_settings()[_generic(self._steps(key))])

    def set(self, key: str, value: str) -> Path:
        """Give a setting a value, written as in TOML or as plain text; gives the file it is in.

        Raises:
            WrongUseError: the setting is unknown, or cannot have this value.
        """
        steps = self._steps(key)
        is_slug = steps[0] == "newsletters" and steps[-1] == "slug"
        if is_slug and value != (slug := self._slugs[int(steps[1])]):
            raise WrongUseError(
                f"readers, issues and links hang on a slug: `newsletter rename {slug} {value}`"
                " moves them with it"
            )
        if self.is_secret(key):
            text = _without(self._text, steps) or self._text
            self._checked(text, steps, {_variable(steps): value})
            self._write_variable(steps, value)
        else:
            text = self._fitting(steps, value)
        if text != self._text:
            _replace(self._path, text)
        return environment_file(self._path) if self.is_secret(key) else self._path

    def unset(self, key: str) -> None:
        """Take a setting out, so that its default holds.

        Raises:
            WrongUseError: the file does not set it, or needs it.
        """
        steps = self._steps(key)
        text = _without(self._text, steps)
        if text is None and _variable(steps) not in self._kept():
            raise WrongUseError(f"{self._path} does not set {key!r}")
        self._checked(text or self._text, steps, {})
        self._write_variable(steps, None)
        if text is not None:
            _replace(self._path, text)

    def overriding(self, key: str, environ: Mapping[str, str]) -> str:
        """The variable that counts instead of what the file says; empty without one."""
        variable = _variable(self._steps(key))
        return next((name for name in (variable, f"{variable}_FILE") if name in environ), "")

    def _steps(self, key: str) -> list[str]:
        """The way to a setting; a newsletter by its slug or number, or not where it is the one.

        Raises:
            WrongUseError: there is none; the line names the nearest.
        """
        steps = key.split(".")
        slugs = self._slugs
        if steps[0] == "newsletters":
            if len(steps) == 2 and len(slugs) == 1:  # noqa: PLR2004 - newsletters.title
                steps.insert(1, "0")
            which = steps[1] if len(steps) > 1 else ""
            if which in slugs:
                steps[1] = str(slugs.index(which))
            elif not (which.isdecimal() and int(which) < len(slugs)):
                raise WrongUseError(f"{key}: {self._no_newsletter(steps)}")
        known = known_settings()
        if _generic(steps) not in known:
            raise WrongUseError(f"there is no setting {key!r}{did_you_mean(key, _written(known))}")
        return steps

    def _no_newsletter(self, steps: Sequence[str]) -> str:
        """Why these steps are wrong: they lack a slug, or name one that is not here."""
        slugs = ", ".join(self._slugs)
        if len(steps) == 2 and f"newsletters.{steps[1]}" in known_settings():  # noqa: PLR2004
            return f"write it like newsletters.SLUG.{steps[1]}, by one of the slugs {slugs}"
        which = steps[1] if len(steps) > 1 else ""
        return f"no newsletter {which!r} here; known: {slugs}"

    def _fitting(self, steps: Sequence[str], value: str) -> str:
        """The configuration with that value as the settings take it."""
        refused = None
        for meant in _meanings(value):
            try:
                settings = self._checked(_changed(self._text, steps, meant), steps, {})
            except WrongUseError as error:
                refused = refused or error
                continue
            return _changed(self._text, steps, _as_taken(meant, _value_at(settings, steps)))
        raise refused or WrongUseError(f"{value!r} is no value")

    def _checked(self, text: str, steps: Sequence[str], environ: Mapping[str, str]) -> Settings:
        """The settings by this text, whatever the environment says of the one that changes."""
        variable = _variable(steps)
        others = {
            name: value
            for name, value in self._environ.items()
            if name not in {variable, f"{variable}_FILE"}
        }
        return parse(text, self._path, {**others, **environ})

    def _kept(self) -> Mapping[str, str]:
        return with_environment_file(self._path, {})

    def _write_variable(self, steps: Sequence[str], value: str | None) -> None:
        file, variable = environment_file(self._path), _variable(steps)
        if value is not None or variable in self._kept():
            old = file.read_text(encoding="utf-8") if file.exists() else ""
            _replace(file, with_variable(old, variable, value))


def change_slug(file: Path, old: str, new: str) -> bool:
    """Give a newsletter its new slug, wherever the file names it; False where it is not there."""
    try:
        document = tomlkit.parse(file.read_bytes().decode())
        slugs = [table.get("slug") for table in document.get("newsletters", [])]
        if old not in slugs:
            return False
        document["newsletters"][slugs.index(old)]["slug"] = new
        for section in ("api", "notify"):
            for table in document.get(section, {}).values():
                named = table.get("newsletters", [])
                if old in named:
                    named[named.index(old)] = new
        replace_file(file, tomlkit.dumps(document).encode())
    except (OSError, ValueError):
        return False
    return True


def _generic(steps: Sequence[str]) -> str:
    """Without which of several it is."""
    return ".".join([steps[0], *steps[2:]] if steps[0] in SEVERAL else steps)


def _written(known: Iterable[str]) -> Iterator[str]:
    """How settings are written on the command line; of several tables, with a name."""
    for name in known:
        section, _, setting = name.partition(".")
        is_named = section in SEVERAL and section != "newsletters"
        yield f"{section}.NAME.{setting}" if is_named else name


def _variable(steps: Sequence[str]) -> str:
    return f"NEWSLETTER_{'__'.join(steps)}".upper()


def _meanings(text: str) -> Iterator[Any]:
    """The possible meanings of a text: a value as TOML writes it, or just the text."""
    with suppress(tomllib.TOMLDecodeError, KeyError):
        yield tomllib.loads(f"value = {text}")["value"]
    yield text


def _as_taken(meant: object, taken: object) -> Any:  # noqa: ANN401 - a value of TOML
    """`yes` as what the settings took it for, and a list that was written as one text."""
    if isinstance(meant, str) and isinstance(taken, bool | int | float):
        return taken
    if isinstance(meant, str) and isinstance(taken, tuple):
        return list(map(str, taken))
    return meant


def _value_at(settings: Settings, steps: Sequence[str]) -> object:
    place: Any = settings
    for step in steps:
        if isinstance(place, tuple):
            place = place[int(step)]
        else:
            place = place[step] if isinstance(place, dict) else getattr(place, step)
    return place


def _changed(text: str, steps: Sequence[str], value: object) -> str:
    document = tomlkit.parse(text)
    *outer, key = steps
    place: Any = document
    for step in outer:
        if isinstance(place, AoT):
            place = place[int(step)]
        else:
            place = place.setdefault(step, tomlkit.table())
    if isinstance(value, dict):  # on one line, as its neighbours
        inline = tomlkit.inline_table()
        inline.update(value)
        value = inline
    if key not in place and isinstance(place, Table):
        _add(place, key, value)
    else:
        place[key] = value
    return tomlkit.dumps(document)


def _add(table: Table, key: str, value: object) -> None:
    """Behind the last of its settings, and before comments that may be about other tables."""
    body = table.value.body
    last = max((place for place, (name, _) in enumerate(body) if name is not None), default=-1)
    tail = body[last + 1 :]
    if last >= 0 and not isinstance(body[last][1], Table | AoT):
        del body[last + 1 :]
        table.add(key, value)
        body.extend(tail)
    else:
        table[key] = value


def _without(text: str, steps: Sequence[str]) -> str | None:
    """The text without that setting; None where the text lacks it."""
    document = tomlkit.parse(text)
    *outer, key = steps
    place: Any = document
    for step in outer:
        if isinstance(place, AoT):
            place = place[int(step)]
        elif step in place:
            place = place[step]
        else:
            return None
    if key not in place:
        return None
    place.remove(key)
    return tomlkit.dumps(document)


def _replace(file: Path, text: str) -> None:
    try:
        replace_file(file, text.encode())
    except OSError as error:
        raise NewsletterError(f"{file} cannot be written: {error.strerror}") from error
