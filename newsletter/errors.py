"""Expected trouble: one line that says what is wrong and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class NewsletterError(Exception):
    """Something was not done. Its text is one line for the operator; a traceback would be a bug."""

    exit_code = 1


class WrongUseError(NewsletterError):
    """The request itself was wrong: an unknown setting, slug, day or address."""

    exit_code = 2


class NothingYetError(WrongUseError):
    """There is nothing of what was asked for yet: the request may be right tomorrow."""

    exit_code = 1


class StoppedError(NewsletterError):
    """The run was asked to stop before everything was done."""


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.5) -> str:
    """The tail of an error line: the nearest right name, or all of them where they are few.

    `likeness` is difflib's, from 0 to 1, that the nearest must have at least.
    """
    names = list(known)
    close = nearest(word, names, likeness)
    if close:
        return f"; did you mean {close!r}?"
    few = 12
    if 0 < len(names) <= few:
        return f"; known: {', '.join(names)}"
    return ""


def nearest(word: str, known: Iterable[str], likeness: float = 0.5) -> str | None:
    """The right name that is most like this one, in capitals or not, if one is like it enough."""
    lowered = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=likeness)
    return lowered[close[0]] if close else None
