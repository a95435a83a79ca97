"""Regular expressions that are compiled when they are first used.

All of ours together take a third of a second, which a command that needs few of them should not
wait for.
"""

import re
from typing import Any, cast


class LazyPattern:
    def __init__(self, pattern: str, flags: int) -> None:
        self._arguments = (pattern, flags)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a compiled pattern has
        value = getattr(re.compile(*self._arguments), name)
        setattr(self, name, value)  # found at once the next time
        return value


def lazy_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`; a wrong pattern fails when it is first used."""
    return cast("re.Pattern[str]", LazyPattern(pattern, flags))
