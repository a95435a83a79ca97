"""systemd's units for this installation: the pages, the day, and what comes back."""

import os
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database import db
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.rendering.templates import template_environment
from newsletter.rendering.translations import translations

UNITS = (
    "newsletter.service",
    "newsletter-run.service",
    "newsletter-run.timer",
    "newsletter-feedback.service",
    "newsletter-feedback.timer",
)
_HOMES = (Path("/home"), Path("/root"))  # what ProtectHome= hides
_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - what PrivateTmp= hides


def write_units(
    folder: Path, settings: Settings, config: Path, command: Sequence[str]
) -> list[Path]:
    """Write the units that run `command` with that configuration; what is there stays.

    Raises:
        WrongUseError: one of them is there already, or a path holds what units cannot.
        NewsletterError: the folder cannot be written.
    """
    others = other_folders(settings, config)
    for word in (*map(str, (config, *others)), *command):
        if any(character.isspace() or character in "%\"'$\\" for character in word):
            raise WrongUseError(
                f"{word} cannot stand in a unit: move it to a path of plain letters"
            )
    # A newsletter of one's own has no pages that others reach.
    names = [name for name in UNITS if settings.site.url or name != "newsletter.service"]
    files = [folder / name for name in names]
    for file in files:
        if file.exists():
            raise WrongUseError(f"{file} is there already; remove it, or name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            file.write_text(unit(file.name, config, command, others), encoding="utf-8")
    except OSError as error:
        raise NewsletterError(f"{folder} cannot be written: {error.strerror}") from error
    return files


def unit(name: str, config: Path, command: Sequence[str], others: Sequence[Path] = ()) -> str:
    """One unit's text; `others` are the folders beside the configuration's that it writes to."""
    template = template_environment(translations("en")).get_template(f"systemd/{name}")
    used = (config, Path(command[0]), *others)
    text = template.render(
        config=config,
        user=_user(config),
        folders=[config.parent, *others],
        command=" ".join(command),
        in_home=_is_below(used, _HOMES),
        in_tmp=_is_below(used, _TEMPORARY),
    )
    return text.rstrip("\n") + "\n"


def other_folders(settings: Settings, config: Path) -> list[Path]:
    """The folders outside the configuration's that are written to."""
    base = config.parent
    database = db.sqlite_file(settings.database.url, base)
    mail = bootstrap.transport_type(settings).writes_to(settings)
    chosen = (settings.sending.state_dir, settings.feedback.maildir)
    at_home = _is_below([config], _HOMES) and not settings.sending.state_dir
    state = platformdirs.user_state_path("newsletter", appauthor=False) if at_home else None
    places = [database and database.parent, *chosen, mail, state]
    folders = {Path(os.path.normpath(base / place)) for place in places if place is not None}
    return sorted(path for path in folders if not path.is_relative_to(base))


def hints(settings: Settings, config: Path) -> list[str]:
    """The steps to take before the units start."""
    others = other_folders(settings, config)
    lines = [
        f"Make {path} first, for the user {_user(config)}: systemd starts no unit without it."
        for path in others
        if not path.exists()
    ]
    if _is_below([config, *others], _TEMPORARY):
        lines.append("What is in /tmp goes with the next start of the machine: move it.")
    return lines


def _user(config: Path) -> str:
    """The owner of the home that it is in, else the user that docs/deploy.md makes."""
    match config.parts:
        case ("/", "home", user, _, *_):
            return user
        case ("/", "root", *_):
            return "root"
    return "newsletter"


def _is_below(paths: Sequence[Path], roots: Sequence[Path]) -> bool:
    return any(path.is_relative_to(root) for path in paths for root in roots)
