r"""Commands that an abstract defines for itself, as in `\def\ours{Net}`: used, and not shown."""

import re

_DEFINES = re.compile(
    r"\\(?:[gex]?def|(?:re)?newcommand\*?|providecommand\*?)\s*\{?\s*\\(?P<name>[A-Za-z]+)\s*\}?"
    r"\s*(?:\[0\])?(?P<arguments>(?:\[[^\]]*\]|#\d)*)\s*(?=\{)"
    r"|\\let\s*\\(?P<alias>[A-Za-z]+)\s*=?\s*(?P<other>\\[A-Za-z]+)\s*"
)
_LONGEST = 300  # characters that a command may stand for
_MOST = 20  # definitions


def with_own_commands(source: str) -> str:
    """The source without its definitions, and with what they stand for where they are used.

    What takes arguments is left to the renderer, which knows no such command; so is what stands
    for itself, and what never ends.
    """
    for _ in range(_MOST):
        found = _DEFINES.search(source)
        if found is None:
            break
        name, body, end = found["alias"], found["other"], found.end()
        if name is None:
            end = _end_of_group(source, found.end())
            name, body = found["name"], source[found.end() : end]
        if not body:
            break
        source = source[: found.start()] + source[end:]
        if not found["arguments"] and len(body) <= _LONGEST and f"\\{name}" not in body:
            used = re.compile(rf"\\{name}(?![A-Za-z])(?:\{{\}})?")
            source = used.sub(body.replace("\\", r"\\"), source)
    return source


def _end_of_group(source: str, start: int) -> int:
    """Behind the brace that closes the one at `start`; `start` where none does."""
    depth = 0
    for at in range(start, len(source)):
        escaped = source[at - 1 : at] == "\\"
        depth += (source[at] == "{") - (source[at] == "}") if not escaped else 0
        if depth == 0:
            return at + 1
    return start
