"""Parts that are loaded when they are first used: most runs find everything done and need none."""

from collections.abc import Callable
from typing import Any


class PartWhenUsed:
    """The part that `load` gives, with all that it has; whatever that raises, its use raises."""

    def __init__(self, load: Callable[[], Any]) -> None:
        self._load = load
        self._part: Any = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever it has
        if self._part is None:
            self._part = self._load()
        return getattr(self._part, name)

    def close(self) -> None:
        if self._part is not None:
            self._part.close()
