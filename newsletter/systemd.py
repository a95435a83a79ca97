"""systemd's units for this installation: the pages, the day, and what comes back."""

from pathlib import Path

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


def write_units(folder: Path, config: Path, program: Path) -> list[Path]:
    """Write the units that run `program` with that configuration; what is there stays.

    Raises:
        WrongUseError: one of them is there already, or a path holds what units cannot.
        NewsletterError: the folder cannot be written.
    """
    for path in (config, program):
        if any(character.isspace() or character in "%\"'$\\" for character in str(path)):
            raise WrongUseError(
                f"{path} cannot stand in a unit: move it to a path of plain letters"
            )
    files = [folder / name for name in UNITS]
    for file in files:
        if file.exists():
            raise WrongUseError(f"{file} is there already; remove it, or name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            file.write_text(unit(file.name, config, program), encoding="utf-8")
    except OSError as error:
        raise NewsletterError(f"{folder} cannot be written: {error.strerror}") from error
    return files


def unit(name: str, config: Path, program: Path) -> str:
    """One unit's text."""
    template = template_environment(translations("en")).get_template(f"systemd/{name}")
    in_home = any(path.is_relative_to(home) for path in (config, program) for home in _HOMES)
    text = template.render(config=config, folder=config.parent, program=program, in_home=in_home)
    return text.rstrip("\n") + "\n"
