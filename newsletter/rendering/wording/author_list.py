"""A paper's authors as people would write them: "OpenAI: Ada L, Bob M (for the X team)".

arXiv takes an author line apart at commas and colons, so that a collaboration's colon, a last
"and X" or a "for the X Collaboration" stand among the names.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from newsletter.sources.author_names import GLUED_COLON, speaks_for

_COLON = re.compile(rf"(?:^|\s+):+\s*|\s*:+(?:\s+|$)|\s*：\s*|{GLUED_COLON}")
# Not "And", which is somebody's name.
_AND = re.compile(r"^(?:(?:and|AND|\\?&)[\s,]+)+|[\s,]+(?:and|AND|\\?&)$")
_BRACKETS = re.compile(r"(?P<name>[^(]*?)\s*(?P<brackets>(?:\([^()]+\)\s*)+)", re.DOTALL)
_NOTE = re.compile(r"\([^()]+\)")  # "(equal contribution)", or where somebody works
_ET_AL = r"(?i:et\.?\s+al\b\.?)"
# "20 others", "many other co-authors"; no name begins so.
_SOME = (
    r"(?:[a-z\d][\w.,+-]*\s+){0,4}(?:others|(?:co-?)?authors|coauthors|collaborators|colleagues"
    r"|contributors|members|people)(?:\s+not\s+(?:shown|listed))?"
)
_OTHERS = re.compile(rf"\(?(?:{_ET_AL}|(?i:others)|{_SOME})\)?")
_BEFORE_OTHERS = re.compile(rf"\S\s+(?=(?:(?:and|AND|\\?&)\s+{_SOME}|{_ET_AL})\Z)")
_NUMBER = re.compile(r"\d[\d.,]*")
_SPEAKING = re.compile(r"(?:for|on behalf of|representing)\s", re.IGNORECASE)
_GROUP = re.compile(r".*\b(?:collaboration|consortium|team)s?", re.IGNORECASE)

_DIGITS = 6  # more authors than a million no paper has


@dataclass(frozen=True)
class CreditedAuthor:
    """A name in TeX; `group` is written before it with a colon, the rest after it."""

    name: str
    group: str = ""
    spoken_for: str = ""
    others: str = ""  # "et al.", "and 20 others"

    @property
    def plain(self) -> bool:
        """Whether there is nothing to it but a name."""
        return self == CreditedAuthor(self.name)

    @property
    def stands_for(self) -> int:
        """How many authors it counts for: with "and 20 others" it is 21."""
        number = _NUMBER.search(self.others)
        return 1 + int(re.sub(r"\D", "", number[0])[:_DIGITS] if number else 0)


def read_authors(names: Iterable[str]) -> list[CreditedAuthor]:
    """The authors of arXiv's list; what is no name goes to the name that it belongs to."""
    found: list[CreditedAuthor] = []
    group = ""
    for word in _words(names):
        if word == ":":
            if found and not group:
                group = _group_of(found)
            continue
        name, spoken_for = _parted(word)
        is_others = _OTHERS.fullmatch(name) is not None
        if found and not group and _NOTE.fullmatch(name) and not is_others:
            continue
        if found and not group and (not name or is_others):
            found[-1] = replace(
                found[-1],
                spoken_for=", ".join(filter(None, [found[-1].spoken_for, spoken_for])),
                others=_others_text(name) or found[-1].others,
            )
        elif name or spoken_for:
            found.append(CreditedAuthor(name or spoken_for, group, spoken_for if name else ""))
            group = ""
    return [*found, CreditedAuthor(group)] if group else found


def _others_text(told: str) -> str:
    told = told.strip("()")
    is_plain = re.fullmatch(rf"{_ET_AL}|others", told, re.IGNORECASE)
    return "et al." if is_plain else f"and {told}" if told else ""


def _group_of(found: list[CreditedAuthor]) -> str:
    """Takes the last name, and collaborations that stand before it, as who signs what follows."""
    last = found.pop()
    names = [f"{last.group}: {last.name}" if last.group else last.name]
    while found and not last.group and _GROUP.fullmatch(found[-1].name) and found[-1].plain:
        names.append(found.pop().name)
    return ", ".join(reversed(names))


def list_authors(authors: Iterable[CreditedAuthor], set_name: Callable[[str], str]) -> str:
    """Names, each with its group before and whom it speaks for behind it.

    `set_name` makes a reader's text of a name in TeX.
    """
    line = ""
    for author in authors:
        separator = ("; " if author.group else ", ") if line else ""
        group = f"{set_name(author.group)}: " if author.group else ""
        others = f" {set_name(author.others)}" if author.others else ""
        spoken_for = f" {set_name(author.spoken_for)}" if author.spoken_for else ""
        line += f"{separator}{group}{set_name(author.name)}{others}{spoken_for}"
    return line


def _words(names: Iterable[str]) -> Iterator[str]:
    """Names and colons, without "and" and without what holds no letter."""
    for name in names:
        for number, part in enumerate(_COLON.split(name.strip())):
            if number:
                yield ":"
            parted = _BEFORE_OTHERS.search(part.strip())
            at = parted.end() if parted else 0
            for word in (part.strip()[:at], part.strip()[at:]):
                told = _AND.sub("", word.strip())
                if any(map(str.isalnum, told)) and told not in {"and", "AND", "&"}:
                    yield told.strip(" ,;:")


def _parted(word: str) -> tuple[str, str]:
    """A name, and in brackets or plain words whom its bearer speaks for."""
    if _SPEAKING.match(word) and speaks_for(word):
        return "", word
    found = _BRACKETS.fullmatch(word)
    if found and speaks_for(found["brackets"].strip("() ")):
        return found["name"], found["brackets"].strip()
    return word, ""
