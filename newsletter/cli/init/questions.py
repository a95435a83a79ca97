"""`init` asks these questions on a terminal. Nothing is written before the last answer."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from newsletter import languages
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.paths import can_write

if TYPE_CHECKING:
    from newsletter.scaffold import Answers

Answer = TypeVar("Answer")

_SHOWN_FIELDS = 12
_OPENING = """\
A newsletter of your own, in about ten questions. Enter takes what stands in [brackets].
Nothing is written before the last one; Ctrl-C stops and leaves nothing behind.
"""


def ask_all(file: Path) -> "Answers":
    """Everything that a newsletter needs but how its mail leaves; each answer is checked."""
    from newsletter import config, scaffold, taxonomy
    from newsletter.config import values
    from newsletter.subscribers.addresses import normalize_address

    scaffold.refuse_existing(file, config.environment_file(file))
    if not can_write(file.parent):
        raise NewsletterError(
            f"nothing can be written in {file.absolute().parent}; name another place by --config"
        )
    click.echo(_OPENING)
    categories = _ask_fields()
    title = ask(
        "Its name",
        lambda text: values.check_value(values.Title, text),
        f"{taxonomy.CATEGORIES[categories[0]]} daily",
    )
    language = _ask_language()
    reader = ask("Your e-mail address; you are the first reader", normalize_address)
    url, postal_address = _ask_public()
    return scaffold.Answers(
        reader=reader,
        title=title,
        slug=scaffold.slug_of(title, categories),
        categories=categories,
        language=language,
        sender=reader,
        url=url,
        postal_address=postal_address,
    )


def ask(
    question: str, check: Callable[[str], Answer], default: str = "", *, hidden: bool = False
) -> Answer:
    """One answer that passes; what is wrong with another one is a line, and it is asked again."""
    while True:
        text = click.prompt(question, default, hide_input=hidden, show_default=bool(default))
        try:
            return check(str(text).strip())
        except NewsletterError as error:
            click.echo(f"  {error}")


def choose(question: str, options: Sequence[str], default: int = 1) -> int:
    """Which of them, counted from 0; by its number or the beginning of a word of its own."""
    for number, option in enumerate(options, 1):
        click.echo(f"  {number:2}  {option}")

    def check(text: str) -> int:
        word = rf"\b{re.escape(text)}"
        begins = [bool(re.search(word, option, re.IGNORECASE)) for option in options]
        if text.isdecimal() and 1 <= int(text) <= len(options):
            return int(text) - 1
        if begins.count(True) == 1:
            return begins.index(True)
        raise WrongUseError(f"there is no {text!r}; take a number from 1 to {len(options)}")

    return ask(question, check, str(default))


def _ask_fields() -> list[str]:
    """Categories of arXiv, by their codes or looked for by words."""
    from newsletter import taxonomy

    chosen: list[str] = []
    shown: list[str] = []
    click.echo('What do you want to read? A field ("machine learning"), or codes (cs.CL, hep-th).')
    while True:
        question = "Another field, or Enter to go on" if chosen else "Field"
        if shown:
            question = "Which? Numbers, or other words"
        text = ask(question, str)
        if not text and chosen:
            return chosen
        try:
            found = _fields(text, shown)
        except NewsletterError as error:
            click.echo(f"  {error}")
            continue
        shown = [] if isinstance(found, list) else list(found)
        for number, code in enumerate(shown, 1):
            click.echo(f"  {number:2}  {code:18} {_described(code)}")
        if not shown:
            chosen = list(dict.fromkeys([*chosen, *found]))
            names = [f"{code} ({taxonomy.CATEGORIES[code]})" for code in chosen]
            click.echo(f"  You follow {', '.join(names)}.")


def _fields(text: str, shown: Sequence[str]) -> list[str] | tuple[str, ...]:
    """The values meant: a list is taken, a tuple is to be chosen from.

    Raises:
        WrongUseError: nothing is called so.
    """
    from newsletter import taxonomy

    parts = [part for part in re.split(r"[,;\s]+", text.lower()) if part]
    if not parts:
        raise WrongUseError("at least one field is needed")
    if shown and all(part.isdecimal() for part in parts):
        if any(not 1 <= int(part) <= len(shown) for part in parts):
            raise WrongUseError(f"take numbers from 1 to {len(shown)}")
        return [shown[int(part) - 1] for part in parts]
    codes = {code.lower(): code for code in taxonomy.CATEGORIES}
    with_subjects = {code.partition(".")[0] for code in codes if "." in code}
    if all(part in codes for part in parts) and text.lower() not in with_subjects:
        return [codes[part] for part in parts]
    found = taxonomy.search(text)
    if len(found) > _SHOWN_FIELDS:
        click.echo(f"  {len(found)} fields; the first {_SHOWN_FIELDS} (more words find fewer):")
    return found if len(found) == 1 else tuple(found[:_SHOWN_FIELDS])


def _described(code: str) -> str:
    from newsletter import taxonomy

    archive, _, subject = code.partition(".")
    name = taxonomy.CATEGORIES[code]
    if subject:
        return f"{name} ({taxonomy.ARCHIVES[archive]})"
    has_subjects = any(other.startswith(f"{code}.") for other in taxonomy.CATEGORIES)
    return f"{name}, all of it" if has_subjects else name


def _ask_language() -> str:
    names = [
        f"{tongue.english_name} ({tongue.own_name})" for tongue in languages.LANGUAGES.values()
    ]
    spoken = (os.environ.get("LC_ALL") or os.environ.get("LANG", ""))[:2]
    default = languages.CODES.index(spoken) + 1 if spoken in languages.CODES else 1
    click.echo("The language of the frame; titles and abstracts stay as they are.")
    return languages.CODES[choose("Language", names, default)]


def _ask_public() -> tuple[str, str]:
    """The public address and the postal one; neither where nobody else reads."""
    from newsletter.config import values

    click.echo("Who reads it?")
    others = choose(
        "Readers", ["only I; no web page, no server", "others too; they sign up on a page"]
    )
    if not others:
        return "", ""
    url = ask(
        "Address of the page, such as https://papers.example.org (Enter: later)",
        lambda text: values.check_value(values.WebAddress, text) if text else "",
    )
    if not url:
        click.echo("  Later, then. Until it has one, you are the only reader; this says it:")
        click.echo("    newsletter config set site.url https://papers.example.org")
        return "", ""
    postal_address = ask("Your postal address; bulk mail must bear one (Enter: later)", str)
    return url, postal_address
