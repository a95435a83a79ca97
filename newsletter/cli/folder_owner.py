"""Root writes nothing that is another user's: that one could not write it any more."""

import os
import pwd
import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import paths
from newsletter.errors import WrongUseError

if TYPE_CHECKING:
    from newsletter.config import Settings

_ROOT = 0


def refuse_root_for(file: Path) -> None:
    """Where the file is not there yet, the folder that it will lie in is only pointed at.

    Raises:
        WrongUseError: root asks, and it is another user's; the line has that user's command.
    """
    owner = _other_owner(file)
    if owner is not None:
        command = click.get_current_context().command_path.split()[1:]
        line = shlex.join(["sudo", "-u", owner, *paths.program(), *command])
        raise WrongUseError(
            f"{file} is the user {owner}'s, who could not write what root makes there; go on as"
            f" that user: `{line}`"
        )
    folder = next((place for place in file.parents if os.path.isdir(place)), file)  # noqa: PTH112 - of a path too long, too
    if not os.path.exists(file) and (owner := _other_owner(folder)) is not None:  # noqa: PTH110
        click.echo(
            f"newsletter: {folder} is the user {owner}'s; what root makes there is root's", err=True
        )


def refuse_root_with(settings: "Settings") -> None:
    """The same for what is there of the places that the settings name.

    Raises:
        WrongUseError: root asks, and one of them is another user's.
    """
    if os.geteuid() != _ROOT:
        return
    from newsletter.database import db

    paths = [settings.sending.state_dir]
    with suppress(WrongUseError):  # an address that is none is said where it is used
        paths.append(db.sqlite_file(settings.database.url, settings.folder))
    for path in filter(None, paths):
        refuse_root_for(settings.folder / path)


def _other_owner(place: Path) -> str | None:
    """The folder's owner, where root asks and somebody else has it.

    One whom this machine does not know is outside, as with the folder of a container; nobody here
    could go on as that one.
    """
    with suppress(OSError, KeyError):  # not there, or nobody's
        owner = place.stat().st_uid
        if os.geteuid() == _ROOT != owner:
            return pwd.getpwuid(owner).pw_name
    return None
