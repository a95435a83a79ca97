"""Folder names are the pipeline, and imports only go down."""

import ast
from pathlib import Path

import newsletter

PACKAGE = Path(newsletter.__file__).parent
LAYERS = (
    "cli",
    "web",
    "starting",
    "checking",
    "assembly",
    "daily",
    "delivery",
    "issues",
    "rendering",
    "summaries",
    "subscribers",
    "counters",
    "completeness",
    "papers",
    "sources",
    "db",
    "models",
    "config",
    "environment",
    "values",
    "colours",
    "taxonomy",
    "languages",
    "errors",
    "findings",
    "paths",
)


def part_of(module: str) -> str | None:
    """`newsletter.sources.feed` belongs to `sources`; the package itself to nothing."""
    names = module.split(".")
    return names[1] if len(names) > 1 else None


def imported(file: Path) -> set[str]:
    """The parts that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "newsletter":
            found |= {f"newsletter.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    parts = {part_of(name) for name in found if name.startswith("newsletter.")}
    return {part for part in parts if part is not None} - {"__version__"}


def modules() -> list[tuple[str, Path]]:
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        relative = file.relative_to(PACKAGE)
        part = relative.parts[0].removesuffix(".py")
        if not part.startswith("__"):
            found.append((part, file))
    return found


def test_every_module_has_a_layer() -> None:
    assert {part for part, _ in modules()} - {"locales"} <= set(LAYERS)


def test_imports_only_go_down_the_layers() -> None:
    upward = [
        f"{file.relative_to(PACKAGE)} imports {other}"
        for part, file in modules()
        for other in imported(file)
        if part in LAYERS and LAYERS.index(other) < LAYERS.index(part)
    ]
    assert not upward


def test_only_the_outermost_layers_read_the_clock() -> None:
    readers = [
        str(file.relative_to(PACKAGE))
        for part, file in modules()
        if part not in {"cli", "web"} and "datetime.now(" in file.read_text(encoding="utf-8")
    ]
    assert not readers
