"""Finds parts among all that are installed; a stranger's may lack what its kind has a default for.

A part is an entry point (https://packaging.python.org/specifications/entry-points/) of the group
`newsletter.sources`, `newsletter.summarizers` or `newsletter.transports`: what builds it.
"""

import inspect
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import Any, TypeVar, cast

from newsletter.errors import NewsletterError, WrongUseError, did_you_mean

Part = TypeVar("Part")


def find(kind: str, name: str) -> EntryPoint:
    """The part of that name; `kind` is "source", "summarizer" or "transport".

    Raises:
        WrongUseError: nothing of that name is installed.
    """
    group = _entry_points(tuple(sys.path)).select(group=f"newsletter.{kind}s")
    installed = {entry_point.name: entry_point for entry_point in group}
    if name not in installed:
        raise WrongUseError(
            f"{kind}.use: there is no {kind} {name!r}{did_you_mean(name, installed)}"
        )
    return installed[name]


@cache
def _entry_points(_path: tuple[str, ...]) -> EntryPoints:
    """Of all that is installed there; to read them takes some time, and every kind of part asks."""
    return cast("EntryPoints", entry_points())


def load(kind: str, installed: EntryPoint) -> Callable[..., Any]:
    """The function that builds a part from the settings.

    Raises:
        NewsletterError: it cannot be loaded.
    """
    try:
        return cast("Callable[..., Any]", installed.load())
    except (ImportError, AttributeError) as error:
        raise NewsletterError(f"the {kind} {installed.name!r} cannot be loaded: {error}") from error


def completed(kind: type[Part], part: Any) -> Part:  # noqa: ANN401 - a stranger's part
    """The part itself, or one that has its own and of the rest what `kind` has."""
    return part if isinstance(part, kind) else cast("Part", _Completed(kind, part))


class _Completed:
    def __init__(self, kind: type[object], part: object) -> None:
        self._kind, self._part = kind, part

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the two have
        if hasattr(self._part, name):
            return getattr(self._part, name)
        default = inspect.getattr_static(self._kind, name)
        return default.__get__(self) if inspect.isfunction(default) else default
