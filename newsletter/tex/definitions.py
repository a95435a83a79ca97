r"""Commands that an abstract defines for itself, as in `\def\ours{Net}`: used, and not shown."""

import re

_DEFINES = re.compile(
    r"\\(?:[gex]?def|(?:re)?newcommand\*?|providecommand\*?)\s*\{?\s*\\(?P<name>[A-Za-z]+)\s*\}?"
    r"\s*(?:\[0\])?(?P<arguments>(?:\[[^\]]*\]|#\d)*)\s*(?=\{)"
    r"|\\let\s*\\(?P<alias>[A-Za-z]+)\s*=?\s*(?P<other>\\[A-Za-z]+)\s*"
)
_ARGUMENTS = re.compile(r"\[([1-9])\]|(?:#[1-9])*#([1-9])|")
_NEEDS_A_GROUP = re.compile(r"(?:\\[A-Za-z]{1,40}|[_^])\s?\Z")
_LONGEST = 300  # characters that a command may stand for
_MOST = 20  # definitions
_LONGEST_SOURCE = 20_000  # characters with all of them used


def with_own_commands(source: str) -> str:
    """The source without its definitions, and with what they stand for where they are used.

    What has a default for an argument is left to the renderer, which knows no such command; so is
    what stands for itself, and what never ends.
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
        arguments = _ARGUMENTS.fullmatch(found["arguments"] or "")
        if arguments is None or len(body) > _LONGEST or re.search(rf"\\{name}(?![A-Za-z])", body):
            continue
        source = _with_command(source, name, body, int(arguments[1] or arguments[2] or 0))
    return source


def _with_command(source: str, name: str, body: str, number: int) -> str:
    """The source with what a command of so many arguments stands for wherever it is used.

    From the last use on, so that one within an argument comes first. What would grow without
    bounds stays as it is.
    """
    used = source
    for use in reversed(list(re.finditer(rf"\\{name}(?![A-Za-z])", source))):
        arguments, end = _arguments(used, use.end(), number or 1)
        if number == 0 and arguments != [""]:  # `{}` only ends the name
            end = use.end()
        if len(arguments) < number:
            continue
        filled = body
        for place, argument in enumerate(arguments[:number], 1):
            filled = filled.replace(f"#{place}", argument)
        is_plain = "\\" not in filled and not _NEEDS_A_GROUP.search(used, 0, use.start())
        used = used[: use.start()] + (filled[1:-1] if is_plain else filled) + used[end:]
        if len(used) > _LONGEST_SOURCE:
            return source
    return used


def _arguments(source: str, start: int, most: int) -> tuple[list[str], int]:
    """The contents of the groups from `start` on, and where they end."""
    found: list[str] = []
    while len(found) < most:
        begun = start + (source[start : start + 1] == " ")
        end = _end_of_group(source, begun) if source[begun : begun + 1] == "{" else begun
        if end == begun:
            break
        found.append(source[begun + 1 : end - 1])
        start = end
    return found, start


def _end_of_group(source: str, start: int) -> int:
    """Behind the brace that closes the one at `start`; `start` where none does."""
    depth = 0
    for at in range(start, len(source)):
        escaped = source[at - 1 : at] == "\\"
        depth += (source[at] == "{") - (source[at] == "}") if not escaped else 0
        if depth == 0:
            return at + 1
    return start
