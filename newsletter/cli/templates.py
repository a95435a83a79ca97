"""templates: the originals of mails and pages, and copies to change."""

import re
from pathlib import Path

import click

from newsletter import paths
from newsletter.cli import options, resources
from newsletter.cli.printing import output
from newsletter.errors import NewsletterError, WrongUseError, did_you_mean

_SHOWN = 12


@click.group()
def templates() -> None:
    """List, show and copy the templates of mails and pages."""


@templates.command("list")
@options.with_json
@options.with_config
def templates_list(as_json: bool, config_file: Path | None) -> None:
    """List all templates, and which of them a file of yours replaces."""
    from newsletter.rendering.templates import original_names

    folder = _own_folder(config_file)
    own = {name: folder is not None and (folder / name).is_file() for name in original_names()}
    if as_json:
        output.print_json([{"name": name, "replaced": is_own} for name, is_own in own.items()])
        return
    rows = [(name, folder / name if folder and is_own else "") for name, is_own in own.items()]
    output.print_table(("template", "replaced by"), rows)


@templates.command("show")
@click.argument("name")
def templates_show(name: str) -> None:
    """Print the original of a template, also where a file of yours replaces it."""
    click.echo(_original(name), nl=False)


@templates.command("copy")
@click.argument("name")
@options.with_config
def templates_copy(name: str, config_file: Path | None) -> None:
    """Copy an original into your own folder, where the copy replaces it.

    The folder is `[templates] dir`; it is made where it is missing. A file of yours is never
    written over.
    """
    original = _original(name)
    folder = _own_folder(config_file)
    if folder is None:
        raise WrongUseError(
            "templates.dir: no folder for templates of your own is set;"
            " `newsletter config set templates.dir templates` does it"
        )
    file = folder / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="") as stream:
            stream.write(original)
    except FileExistsError:
        raise WrongUseError(
            f"{file} is there already; move it away, or see `newsletter templates show {name}`"
        ) from None
    except OSError as error:
        raise NewsletterError(f"{file} cannot be written: {error.strerror}") from error
    click.echo(f"{file}: change it, then see it with `newsletter preview --serve`")


def _own_folder(config_file: Path | None) -> Path | None:
    settings = resources.load_settings(config_file)
    return None if settings.templates.dir is None else settings.folder / settings.templates.dir


def _original(name: str) -> str:
    """Its text; `WrongUseError` where nothing of ours has that name."""
    from newsletter.rendering.templates import original_names

    names = original_names()
    if name not in names:
        begins = re.compile(f"(^|/){re.escape(name.strip('/') or '/')}", re.IGNORECASE)
        so_called = [known for known in names if begins.search(known)]
        hint = f"; there are {_some(so_called)}" if so_called else did_you_mean(name, names)
        raise WrongUseError(f"there is no template {name!r}{hint}")
    return (paths.templates() / name).read_text(encoding="utf-8")


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    shown = ", ".join(names[:_SHOWN])
    return f"{shown}, and {more} more: `newsletter templates list`" if more > 0 else shown
