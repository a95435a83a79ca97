"""help: the documentation, on the terminal."""

from pathlib import Path

import click

from newsletter import paths
from newsletter.cli.printing import output
from newsletter.errors import WrongUseError, did_you_mean

_MENTIONED = 3


def _topics(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """For the shell's completion: pages, and commands."""
    group = ctx.find_root().command
    commands = group.commands if isinstance(group, click.Group) else ()
    pages = (page.stem for page in paths.documents().glob("*.md"))
    return sorted({name for name in (*pages, *commands) if name.startswith(begun)})


@click.command("help")
@click.argument("topic", nargs=-1, shell_complete=_topics)
@click.pass_context
def show_help(ctx: click.Context, topic: tuple[str, ...]) -> None:
    """Read the documentation here: `help` lists the topics, `help TOPIC` shows one.

    A topic is a page of the documentation, or a command. Plain Markdown where standard output is
    no terminal.
    """
    pages = {page.stem: page for page in sorted(paths.documents().glob("*.md"))}
    if not topic:
        width = max(map(len, pages), default=0)
        for name, page in pages.items():
            click.echo(f"{name:{width}}  {_heading(page)}")
        click.echo("\nA command, as in `newsletter help subscribers add`, is a topic, too.")
    elif len(topic) == 1 and topic[0] in pages:
        _show(pages[topic[0]].read_text(encoding="utf-8"))
    elif (found := _command(ctx, topic)) is not None:
        click.echo(found)
    else:
        name = " ".join(topic)
        group = ctx.find_root().command
        known = [*pages, *(group.commands if isinstance(group, click.Group) else ())]
        hint = did_you_mean(name, known, likeness=0.7) or _mentions(name, pages)
        raise WrongUseError(f"`newsletter help` has no topic {name!r}{hint}")


def _mentions(word: str, pages: dict[str, Path]) -> str:
    """The pages that speak most of what no topic is called; where none does, how to go on."""
    counts = {
        name: page.read_text(encoding="utf-8").lower().count(word.lower())
        for name, page in pages.items()
    }
    most = sorted((name for name in counts if counts[name]), key=counts.__getitem__, reverse=True)
    named = ", ".join(f"`newsletter help {name}`" for name in most[:_MENTIONED])
    return f"; of it speaks {named}" if named else "; `newsletter help` lists them"


def _heading(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def _command(ctx: click.Context, topic: tuple[str, ...]) -> str | None:
    """The help of a command; None where there is none of that name."""
    command, within = ctx.find_root().command, ctx.find_root()
    for name in topic:
        found = command.get_command(within, name) if isinstance(command, click.Group) else None
        if found is None:
            return None
        command, within = found, click.Context(found, parent=within, info_name=name)
    return command.get_help(within)


def _show(text: str) -> None:
    if not output.is_watched():
        click.echo(text, nl=False)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    with console.pager(styles=True, links=False):
        console.print(Markdown(text, hyperlinks=False))
