"""Root makes nothing in a folder of another user, who could not write it."""

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


def refuse_root_in(place: Path) -> None:
    """What is at `place`, or nearest above it, decides whose it is.

    Raises:
        WrongUseError: root asks, and it is another user's; the line has that user's command.
    """
    there = next(path for path in (place, *place.parents) if os.path.exists(path))  # noqa: PTH110 - of one too long, too
    owner = there.stat().st_uid
    if os.geteuid() != _ROOT or owner == _ROOT:
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    command = click.get_current_context().command_path.split()[1:]
    line = shlex.join(["sudo", "-u", name, *paths.program(), *command])
    raise WrongUseError(
        f"{there} is the user {name}'s, who could not write what root makes there; go on as that"
        f" user: `{line}`"
    )


def refuse_root_for(settings: "Settings") -> None:
    """The same for the places that the settings name.

    Raises:
        WrongUseError: root asks, and one of them is another user's.
    """
    if os.geteuid() != _ROOT:
        return
    from newsletter import db

    places = [settings.sending.state_dir]
    with suppress(WrongUseError):  # an address that is none is said where it is used
        places.append(db.sqlite_file(settings.database.url, settings.folder))
    for place in filter(None, places):
        refuse_root_in(settings.folder / place)
