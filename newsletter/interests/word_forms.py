"""A noun in the singular and in the plural, by its letters and a list of irregular ones."""

import re
from collections.abc import Iterator
from functools import lru_cache

from newsletter.interests.word_usage import shipped

_IRREGULAR = re.findall(
    r"\w+",
    "man men woman women child children person people mouse mice foot feet tooth teeth goose geese"
    " leaf leaves half halves wolf wolves knife knives life lives shelf shelves self selves calf"
    " calves loaf loaves thief thieves wife wives elf elves dwarf dwarves die dice criterion"
    " criteria phenomenon phenomena automaton automata polyhedron polyhedra ganglion ganglia taxon"
    " taxa mitochondrion mitochondria corpus corpora genus genera schema schemata stigma stigmata"
    " stoma stomata lemma lemmata quiz quizzes ox oxen axis axes basis bases index indices apex"
    " apices focus foci locus loci torus tori datum data gas gases bus buses alga algae",
)
_PAIRS = [*zip(_IRREGULAR[::2], _IRREGULAR[1::2], strict=True)]
_OTHERS = {**dict(_PAIRS), **{many: one for one, many in _PAIRS}}
_ONE_NUMBER = frozenset(
    re.findall(
        r"\w+",
        "suffices news goods species series means lens chaos always perhaps others does plus thus"
        " this trans sans yes",
    )
)
# Of what ends in "ics", these are several of something: "dynamics" are not several dynamic.
_ICS = frozenset(
    re.findall(
        r"\w+",
        "topics metrics critics clinics heuristics characteristics statistics logics comics"
        " epidemics pandemics fabrics mosaics classics harmonics diagnostics medics ceramics"
        " plastics tactics lyrics antibiotics",
    )
)
_HISSES = "s", "x", "z", "ch", "sh", "o"
# Latin and Greek ones: how they end, in the singular and in the plural.
_ENDINGS = ("is", "es"), ("ix", "ices"), ("ex", "ices"), ("us", "i"), ("um", "a"), ("a", "ae")
_LATIN_STEM = 4  # letters before such an ending, at least
_STEM = 3  # before the ending of an English plural


@lru_cache(maxsize=16_384)
def number_forms(word: str) -> tuple[str, ...]:
    """The word, its plurals, and its singulars where it can be a plural; all in small letters.

    Some of these do not exist, which is harmless: texts do not have them.
    """
    return tuple(dict.fromkeys([word, *_plurals(word), *_singulars(word)]))


def _plurals(word: str) -> Iterator[str]:
    yield f"{word}s"
    if len(word) >= _STEM and word.endswith(_HISSES):
        yield f"{word}es"
    elif len(word) >= _STEM and word[-1] == "y" and word[-2] not in "aeiou":
        yield f"{word[:-1]}ies"
    if word in _OTHERS:
        yield _OTHERS[word]
    for one, many in _ENDINGS:
        plural = word.removesuffix(one) + many
        if _ends(word, one, _LATIN_STEM) and plural not in _ONE_NUMBER:
            yield plural


def _singulars(word: str) -> Iterator[str]:
    if word in _ONE_NUMBER:
        return
    for one, many in _ENDINGS:
        if _ends(word, many, _LATIN_STEM):
            yield word.removesuffix(many) + one
    if not word.endswith("s") or word.endswith("ss") or not _can_be_plural(word):
        return
    yield word[:-1]
    stem = word[:-2]
    if _ends(word, "ies", _STEM):
        yield f"{word[:-3]}y"
    elif _ends(word, "es", _STEM) and stem.endswith(_HISSES if len(stem) > _STEM else _HISSES[1:]):
        yield stem  # not "cas" of "cases"


def _ends(word: str, ending: str, stem: int) -> bool:
    return word.endswith(ending) and len(word) >= len(ending) + stem


def _can_be_plural(word: str) -> bool:
    """Whether a word can be a plural, unlike "GPS", or a field such as "dynamics"."""
    written = shipped().names.get(word)
    if written is not None:
        return written.endswith("s")
    return len(word) > _STEM and (not word.endswith("ics") or word in _ICS)
