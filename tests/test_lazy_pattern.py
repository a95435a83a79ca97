"""Patterns that are compiled late are right, and then as good as others."""

import importlib

import pytest

from newsletter.lazy_pattern import LazyPattern, lazy_pattern
from tests.test_layers import MODULES


def patterns(value: object) -> list[LazyPattern]:
    """Those in a module's constant, also within tuples, lists and dictionaries."""
    if isinstance(value, LazyPattern):
        return [value]
    if isinstance(value, dict):
        return patterns(tuple(value.values()))
    if isinstance(value, tuple | list):
        return [pattern for item in value for pattern in patterns(item)]
    return []


LATE = [
    module
    for module, file in MODULES.items()
    if "lazy_pattern(" in file.read_text(encoding="utf-8") and not module.endswith("lazy_pattern")
]


@pytest.mark.parametrize("module", LATE)
def test_every_pattern_of_a_module_can_be_compiled(module: str) -> None:
    found = patterns(tuple(vars(importlib.import_module(module)).values()))
    assert found
    for pattern in found:
        assert pattern.pattern


def test_a_late_pattern_does_what_a_compiled_one_does() -> None:
    pattern = lazy_pattern(r"(\w+)@(\w+)")
    found = pattern.search("ada@example")
    assert found is not None
    assert found[2] == "example"
    assert pattern.sub(r"\2", "ada@example") == "example"
    assert "search" in vars(pattern)  # found at once the next time
