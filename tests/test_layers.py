"""Imports only go down: between the rooms, and inside them."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from itertools import accumulate, takewhile
from pathlib import Path

import pytest

import newsletter

pytestmark = pytest.mark.xdist_group("layers")  # one process reads the modules, once

PACKAGE = Path(newsletter.__file__).parent
# From the top to the bottom; docs/architecture.md says what each is for.
LAYERS = (
    "cli",
    "web",
    "periodic_work",
    "scaffold",
    "systemd",
    "health",
    "backup",
    "database_copy",
    "cluster",
    "bootstrap",
    "daily_run",
    "services",
    "notices",
    "transactional",
    "feedback",
    "sending",
    "transports",
    "issues",
    "rendering",
    "summaries",
    "subscribers",
    "interests",
    "notice_queue",
    "slugs",
    "reader_locks",
    "outbox",
    "delivery_counters",
    "completeness",
    "announcements",
    "papers",
    "sources",
    "database",
    "models",
    "config",
    "colours",
    "taxonomy",
    "rhythms",
    "languages",
    "machine_clock",
    "finding",
    "tex",
    "text",
    "retry_schedule",
    "undeclared_encoding",
    "lazy_pattern",
    "dns",
    "network",
    "plugins",
    "text_file",
    "errors",
    "processes",
    "paths",
    "file_writing",
)
_DATA = {"locales"}  # folders without code
# Modules that bear another's name, and why.
_NAMED_AFTER = {
    "cli": "a command's module bears the name of what it commands",
    "models": "the rows of a thing bear its name",
}
_EVERYWHERE = {
    "base": "the contract of a room",
    "health": "what a part's checks find; newsletter/health/ gathers them",
}
_PAIRS = {
    "bibtex": "what reads it, of other programs, and what writes it",
    "files": "the transport by its setting's name, and the files of interests",
    "interests": "the page on which a reader names them, and the room",
    "preferences": "the page on which a reader changes them, and what changes them",
    "transport": "the entry of a transport that is a room of its own",
}
# Modules that read the clock, and why; `cli` and `web` are free to.
_READ_THE_CLOCK = {
    "machine_clock": "`utc_now` of `cli` and `web`",
    "feedback.mailbox": "a Maildir file's name has the second in which it is written",
    "sources.arxiv_session": "a session that no clock paces",
    "sources.http.adapter": "`clock` where nobody hands one over; the next two likewise",
    "sources.http.cache": "how old a kept answer is",
    "sources.http.request_interval": "when the last request left, kept for other processes",
    "transports.sendgrid.transport": "`clock` where nobody hands one over",
}


def name_of(file: Path) -> str:
    names = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(names).removesuffix(".__init__")


MODULES = {name_of(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def room_of(module: str) -> str | None:
    """`newsletter.sources.feed` belongs to `sources`; the package itself to nothing."""
    names = module.split(".")
    return names[1] if len(names) > 1 and not names[1].startswith("__") else None


Told = ast.Import | ast.ImportFrom | ast.ClassDef


@cache
def imports_and_classes(module: str) -> list[Told]:
    found: list[Told] = []
    waiting: list[ast.AST] = [ast.parse(MODULES[module].read_text(encoding="utf-8"))]
    for node in waiting:  # of statements alone: no expression imports
        if isinstance(node, Told):
            found.append(node)
        waiting += [
            inner for inner in ast.iter_child_nodes(node) if not isinstance(inner, ast.expr)
        ]
    return found


@cache
def imported(module: str) -> set[str]:
    """Our modules that a module imports, also inside functions and for types only.

    A module of a package brings the package's `__init__` with it; its own package does not count.
    """
    names: set[str] = set()
    for node in imports_and_classes(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    with_packages = {
        package for name in names for package in accumulate(name.split("."), "{}.{}".format)
    }
    return with_packages & MODULES.keys() - set(accumulate(module.split("."), "{}.{}".format))


def circle_from(start: str) -> list[str] | None:
    """The shortest way of imports that leads back to where it began."""
    came_from: dict[str, str | None] = {start: None}
    queue = [start]
    for module in queue:
        for other in sorted(imported(module)):
            if other == start:
                way: list[str] = []
                step: str | None = module
                while step is not None:
                    way.append(step)
                    step = came_from[step]
                return [*reversed(way), start]
            if other not in came_from:
                came_from[other] = module
                queue.append(other)
    return None


def test_every_room_has_its_place() -> None:
    rooms = {room for module in MODULES if (room := room_of(module))}
    assert rooms - _DATA == set(LAYERS)


def test_a_folder_of_tests_bears_its_rooms_name() -> None:
    folders = {file.parent.name for file in Path(__file__).parent.glob("*/test_*.py")}
    assert folders <= {*LAYERS, "gates"}


def test_imports_between_rooms_only_go_down() -> None:
    upward = [
        f"{module} imports {other}"
        for module in MODULES
        for other in imported(module)
        if (room := room_of(module)) in LAYERS and (below := room_of(other)) in LAYERS
        if LAYERS.index(str(below)) < LAYERS.index(str(room))
    ]
    assert not upward


def test_no_circle_of_imports_is_left_not_even_for_types() -> None:
    circles = {
        " > ".join(circle) for module in MODULES if (circle := circle_from(module)) is not None
    }
    assert not circles


def test_no_circle_of_imports_is_left_between_the_parts_of_a_room() -> None:
    """A part is a module or a folder; modules in two folders make a circle of the folders."""
    below: dict[tuple[str, str], set[str]] = {}  # what a part of a package imports beside it
    for module in MODULES:
        for other in imported(module):
            package = _shared_package(module, other)
            parts = [name.removeprefix(f"{package}.").split(".")[0] for name in (module, other)]
            if package not in {module, other}:
                below.setdefault((package, parts[0]), set()).add(parts[1])
    circles = {
        f"{package}.{part}" for package, part in below if part in _under(below, package, part)
    }
    assert not circles


def _shared_package(module: str, other: str) -> str:
    pairs = zip(module.split("."), other.split("."), strict=False)
    return ".".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _under(below: dict[tuple[str, str], set[str]], package: str, part: str) -> set[str]:
    reached: set[str] = set()
    waiting = [part]
    for step in waiting:
        found = below.get((package, step), set()) - reached
        reached |= found
        waiting += found
    return reached


def test_tex_imports_nothing_of_ours() -> None:
    inside = {module for module in MODULES if room_of(module) == "tex"}
    assert {other for module in inside for other in imported(module)} <= inside


def test_no_class_name_stands_twice() -> None:
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        for node in imports_and_classes(module):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name.lstrip("_"), []).append(module)
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def test_what_a_loop_goes_through_has_a_name_that_says_what_it_is() -> None:
    loop = re.compile(
        r'[^"]*\b(?:for (?:\w+, )*(?:each|it)(?:, \w+)* in|lambda (?:\w+, )*(?:each|it))\b'
    )
    nameless = [
        f"{module}: {line.strip()}"
        for module, file in MODULES.items()
        for line in file.read_text(encoding="utf-8").splitlines()
        if ("each" in line or "it" in line) and loop.match(line)
    ]
    assert nameless == []


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {re.split(r"[\[>]", line)[0].lower() for lines in groups for line in lines}
    distributions = packages_distributions()
    imported_names = {
        name.partition(".")[0]
        for module in MODULES
        for node in imports_and_classes(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
    } - {*sys.stdlib_module_names, "newsletter"}
    needed = {distributions.get(name, [name])[0].lower() for name in imported_names}
    assert {name.replace("_", "-") for name in needed} <= declared


def test_no_module_name_stands_twice_without_a_reason() -> None:
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        if room_of(module) is not None:
            homes.setdefault(module.rpartition(".")[2], []).append(module)
    twice = {name: where for name, where in homes.items() if len(where) > 1}
    assert _EVERYWHERE.keys() | _PAIRS.keys() <= twice.keys(), "a reason for nothing any more"
    unlike = {
        name: others
        for name, where in twice.items()
        if len(others := [module for module in where if room_of(module) not in _NAMED_AFTER]) > 1
    }
    assert unlike.keys() == _EVERYWHERE.keys() | _PAIRS.keys(), unlike


def test_only_the_outermost_layers_read_the_clock() -> None:
    clock = re.compile(r"\btime\.time(?:_ns)?\b|\b(?:datetime|date)\.(?:now|utcnow|today)\b")
    readers = {
        module.removeprefix("newsletter.")
        for module, file in MODULES.items()
        if room_of(module) not in {"cli", "web"} and clock.search(file.read_text(encoding="utf-8"))
    }
    assert readers == _READ_THE_CLOCK.keys()
