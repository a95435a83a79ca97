"""Where this machine keeps what it remembers of its sending."""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import platformdirs

from newsletter.config import Settings

VARIABLE = "NEWSLETTER_STATE_DIR"
_BESIDE = ".sending"
FENCE, RECORD, LEFT = ".fence", ".claimed", ".outbox"  # the latter of mails that left the outbox


def state_folders(settings: Settings) -> tuple[Path, Path]:
    """Where this machine keeps its marks, whatever becomes of the database; either may be closed.

    The first lies beside the configuration, which may be read-only, or where the settings say. The
    second is shared by all installations of a user.
    """
    chosen = settings.sending.state_dir
    marks = chosen / "journal" if chosen else _BESIDE
    base = chosen or os.environ.get(VARIABLE)
    base = base or platformdirs.user_state_path("newsletter", appauthor=False)
    return settings.folder / marks, settings.folder / base


def was_sent_from(settings: Settings) -> bool:
    """Whether mails were ever sent from this configuration, as its folder tells."""
    marks, _ = state_folders(settings)
    return any(marks.glob(f"*{FENCE}"))


def forget_before(folder: Path, moment: datetime) -> None:
    """Delete the lists that grew last before then: of claimed readers, and of what left the outbox.

    How many of an issue were ever claimed stays, so a copy that knows of fewer is still held. Then
    nobody of it gets a mail who waits, as wherever the list has gaps.
    """
    for suffix in (RECORD, LEFT):
        for file in folder.glob(f"*{suffix}"):
            with suppress(FileNotFoundError):  # another process was quicker
                if file.stat().st_mtime < moment.timestamp():
                    file.unlink()
