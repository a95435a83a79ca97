"""Names of authors, compared as people compare them; and how namesakes are told apart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, TypeVar
from unicodedata import normalize

from newsletter.errors import WrongUseError
from newsletter.text import NO_DECOMPOSITION, visible, without_accents

_Value = TypeVar("_Value")
NameKey = tuple[str, str]  # the first name and the last, folded

# Also written out, as in Germany and Denmark: Jörg is Jorg, and Joerg as well.
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_MAY_BE_ONE = re.compile(r"(?<=[aou])e|(?<=a)a")
_SUFFIX = re.compile(r"[\s,]+(?:jr|sr|ii|iii|iv|ph\.?\s?d)\.?(?=\s*(?:,|$))")
_ARTICLE = re.compile(r"^the\s+(?=.*\b(?:collaboration|consortium|group|project|survey|team)$)")
_TITLE = re.compile(r"^(?:(?:dr|prof|professor)\b\.?\s*)+(?=[^\W_]+\W+[^\W_])")
_BRACKETS = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W_]+(?:[-‐–'’`ʼ][^\W_]+)*")  # noqa: RUF001 - as names are written
_PART = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(?<=[^\W_])[-‐–'’`ʼ](?=[^\W_])")  # noqa: RUF001 - the same
# That belong to the last name behind them.
_PARTICLES = frozenset(
    re.findall(
        r"\w+",
        "af al av bin da das de del della den der di dos du el ibn la le ten ter van von zu zur",
    )
)
MOST_TOGETHER = 50  # of a paper's first authors, who say something about each other
_LONGEST_NAME = 300  # characters


@dataclass(frozen=True, init=False)
class FollowedAuthor:
    """A name, and what tells its owner from namesakes: names of authors, and arXiv's categories.

    With `with_authors` or `with_categories`, only papers count that have one of them. A paper with
    one of `not_with_authors`, or first in one of `not_with_categories`, is a namesake's, unless it
    has one of the former.
    """

    name: str
    with_authors: frozenset[NameKey]  # by the keys that names are compared by
    with_categories: frozenset[str]
    not_with_authors: frozenset[NameKey]
    not_with_categories: frozenset[str]

    def __init__(
        self,
        name: str,
        with_authors: Iterable[str | NameKey] = (),
        with_categories: Iterable[str] = (),
        not_with_authors: Iterable[str | NameKey] = (),
        not_with_categories: Iterable[str] = (),
    ) -> None:
        """Authors are told by their names.

        Raises:
            WrongUseError: one of them has no letter, or a text stands where several are meant.
        """
        put = partial(object.__setattr__, self)
        put("name", name)
        put("with_authors", _as_keys("with_authors", with_authors))
        put("with_categories", frozenset(several("with_categories", with_categories)))
        put("not_with_authors", _as_keys("not_with_authors", not_with_authors))
        put("not_with_categories", frozenset(several("not_with_categories", not_with_categories)))

    @property
    def is_told_apart(self) -> bool:
        """Whether anything tells them from namesakes."""
        return bool(
            self.with_authors
            or self.with_categories
            or self.not_with_authors
            or self.not_with_categories
        )


def several(named: str, values: Iterable[_Value]) -> tuple[_Value, ...]:
    """The values.

    Raises:
        WrongUseError: it is one text, whose letters would be taken for them.
    """
    if isinstance(values, str):
        raise WrongUseError(f"{named} are several: write [{values!r}] for one")
    try:
        return tuple(values)
    except TypeError as error:
        raise WrongUseError(f"{named} are several, and {values!r} is none of that") from error


def _as_keys(named: str, authors: Iterable[str | NameKey]) -> frozenset[NameKey]:
    keys: set[NameKey] = set()
    for author in several(named, authors):
        found = name_keys([author]) if isinstance(author, str) else {author}
        if not found:
            raise WrongUseError(f"{named}: {author!r} is no name")
        keys |= found
    return frozenset(keys)


def not_this_one(
    followed: FollowedAuthor | str, authors: Iterable[str], categories: Iterable[str]
) -> FollowedAuthor:
    """The followed author, after the reader said that a paper by that name is a namesake's.

    Raises:
        WrongUseError: the paper is by other authors.
    """
    author = FollowedAuthor(followed) if isinstance(followed, str) else followed
    others, first = tell_apart(
        author.name, several("authors", authors), several("categories", categories)
    )
    return replace(
        author,
        not_with_authors=author.not_with_authors | name_keys(others),
        not_with_categories=author.not_with_categories | frozenset(first),
    )


def tell_apart(
    name: str, authors: Sequence[str], categories: Sequence[str], paper: str = "the paper"
) -> tuple[list[str], list[str]]:
    """The co-authors of a namesake's paper, or its category: what tells the two apart.

    The category does so only for a paper with a single author, since both may write in the same.

    Raises:
        WrongUseError: the paper is by other authors.
    """
    if not is_among(name, authors):
        raise WrongUseError(f"{paper} has no author {name}: name one that it has")
    others = co_authors(name, authors)
    return others, [] if others else list(categories[:1])


def same_name(one: str, other: str) -> bool:
    """Whether both names can be one person's.

    Accents, case, full stops, hyphens and the order around a comma are ignored, and so is a middle
    initial that one of them leaves out. A whole middle name counts: Yang Janet Liu is not Yang Liu.
    An initial does not stand for a first name, as too many names begin with it.
    Half of a name is not the name: Wei is not Wei-Wei, and Berg is not van der Berg. OBrien is
    O'Brien, and Weiwei is Wei-Wei.
    """
    return fold_name(one).may_be(fold_name(other))


def _same(name: "_Name", another: "_Name") -> bool:
    first, last = max(name.first, another.first), max(name.last, another.last)
    parts, others = name.parts, another.parts
    if parts == others or not parts or not others:
        return bool(parts) and parts == others
    if min(len(parts), len(others)) < first + last:
        return False
    if parts[0] != others[0] or parts[-last:] != others[-last:]:
        return False
    given, also_given = parts[1:-last], others[1:-last]
    shared = min(len(given), len(also_given))
    return all(
        a.startswith(b) or b.startswith(a) for a, b in zip(given, also_given, strict=False)
    ) and all(len(part) == 1 for part in (*given[shared:], *also_given[shared:]))


def _one_way(part: str) -> str:
    return _MAY_BE_ONE.sub("", part)


def name_keys(names: Iterable[str]) -> frozenset[NameKey]:
    """All keys of these names; a text without a letter has none."""
    return frozenset(key for name in names for key in fold_name(name).keys)


def is_among(name: str, authors: Iterable[str]) -> bool:
    """Whether one of the authors can be the one of that name."""
    folded = fold_name(name)
    return any(folded.may_be(fold_name(other)) for other in authors)


def co_authors(name: str, authors: Sequence[str]) -> list[str]:
    """The others among the first: a collaboration's are the same ones in all of its papers."""
    folded = fold_name(name)
    return [other for other in authors[:MOST_TOGETHER] if not folded.may_be(fold_name(other))]


class _Name(NamedTuple):
    """A name, folded, in its order; of how many parts its first name and its last name are."""

    parts: list[str]
    first: int = 1
    last: int = 1


class FoldedName(NamedTuple):
    """A name made ready to be compared, which takes longer than comparing does."""

    plain: _Name
    written_out: _Name
    joined: _Name  # without hyphens and apostrophes

    @property
    def keys(self) -> frozenset[NameKey]:
        """By which it is looked up; two spellings of a name share one."""
        forms = [self.plain] if self.joined is self.plain else [self.plain, self.joined]
        return frozenset(
            (_one_way(form.parts[0]), _one_way(form.parts[-1])) for form in forms if form.parts
        )

    def may_be(self, other: "FoldedName") -> bool:
        """As `same_name` says."""
        return any(map(_same, self, other))


def fold_name(name: str) -> FoldedName:
    from newsletter.tex import to_text

    text = normalize("NFC", to_text(visible(name[:_LONGEST_NAME]))).casefold()
    plain = _parted(text)
    written_out = plain if text.isascii() else _parted(text.translate(_WRITTEN_OUT))
    without = _JOINED.sub("", text)
    return FoldedName(plain, written_out, plain if without == text else _parted(without))


def _parted(text: str) -> _Name:
    if not text.isascii():
        text = without_accents(text.translate(NO_DECOMPOSITION))
    text = _SUFFIX.sub("", _BRACKETS.sub(" ", text).strip())
    text = text.rpartition(":")[2].strip() or text  # of "X Collaboration: Ada L", the person
    last, comma, first = _ARTICLE.sub("", _TITLE.sub("", text)).partition(",")
    words = [_PART.findall(word) for word in _WORD.findall(f"{first} {last}" if comma else last)]
    if not words:
        return _Name([])
    behind = len(words) - 1
    while behind > 1 and words[behind - 1][0] in _PARTICLES:
        behind -= 1
    parts = [part for word in words for part in word]
    return _Name(parts, len(words[0]), sum(map(len, words[behind:])))
