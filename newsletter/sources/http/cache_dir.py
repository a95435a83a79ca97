"""The folder that all `newsletter` processes of this machine's user share."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import platformdirs

from newsletter.sources.base import SourceError

VARIABLE = "NEWSLETTER_CACHE_DIR"
_NAME = "newsletter"


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder, made and tried; the user's cache, or one in the temporary folder.

    A folder that the variable names has no substitute: two processes must not end up in two.

    Raises:
        SourceError: nothing can be written there.
    """
    named = environ.get(VARIABLE)
    candidates = [Path(named).absolute()] if named else list(_usual_places())
    for folder in candidates:
        with suppress(OSError):
            _try_out(folder)
            return folder
    raise SourceError(
        f"{candidates[-1]}: cannot be written, and requests to arXiv are paced there;"
        f" {VARIABLE} names another folder"
    )


def _usual_places() -> Iterator[Path]:
    usual = platformdirs.user_cache_path(_NAME, appauthor=False)
    if usual.is_absolute():  # it is not where the user has no home
        yield usual
    user = os.getuid() if hasattr(os, "getuid") else "user"  # Windows has a folder a user
    yield Path(tempfile.gettempdir()) / f"{_NAME}-{user}"


def _try_out(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
        raise PermissionError("it is somebody else's")  # the temporary folder is everybody's
    with tempfile.TemporaryFile(dir=folder):
        pass
