"""The files beside the code: in a source tree next to the package, in a wheel inside it."""

import os
import sys
import sysconfig
import tempfile
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _beside_or_inside(inside: str, beside: str) -> Path:
    installed = _PACKAGE / inside
    return installed if installed.is_dir() else _PACKAGE.parent / beside


def templates() -> Path:
    return _beside_or_inside("templates", "templates")


def migrations() -> Path:
    return _beside_or_inside("migrations", "alembic")


def documents() -> Path:
    return _beside_or_inside("docs", "docs")


def program() -> list[str]:
    """The command that runs this program, also where it was started by `python -m newsletter`."""
    file = Path(sysconfig.get_path("scripts")) / "newsletter"
    return [str(file)] if file.exists() else [sys.executable, "-m", "newsletter"]


def can_write(folder: Path) -> bool:
    """Whether something could be written there, also where the folder must be made first."""
    there = next(path for path in (folder, *folder.absolute().parents) if os.access(path, os.F_OK))
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def make_private_folder(folder: Path) -> None:
    """The folder, and those above it that are missing: their owner's alone.

    Raises:
        OSError: one cannot be made, or is no folder.
    """
    for missing in reversed([path for path in folder.parents if not path.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def try_private_folder(folder: Path) -> None:
    """Make the folder where it is missing, and write something there.

    Raises:
        OSError: it cannot be made or written, as on a full disk.
    """
    make_private_folder(folder)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"a full disk says so")
