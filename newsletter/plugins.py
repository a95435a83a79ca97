"""Strangers install parts beside ours, which may lack whatever their kind has a default for."""

import inspect
from typing import Any, TypeVar, cast

Part = TypeVar("Part")


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
