"""A package of a stranger's, as pip would have left it on the path."""

from pathlib import Path

import pytest


def install_plugin(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, source: str, entry_point: str
) -> None:
    """`entry_point` is `group: name`; the module's `from_settings` is registered under it."""
    group, _, name = entry_point.partition(": ")
    metadata = folder / f"{module}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (folder / f"{module}.py").write_text(source, encoding="utf-8")
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}:from_settings\n")
    monkeypatch.syspath_prepend(folder)
