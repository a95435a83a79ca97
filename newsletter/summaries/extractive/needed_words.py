"""Words of which one stands in whatever an objection looks for.

A sentence that has none of them is not searched, which saves a third of a summary's time. Words are
known by their first six letters.
"""

from collections import defaultdict
from collections.abc import Set as AbstractSet

from newsletter.lazy_pattern import lazy_pattern

_WORD = lazy_pattern(r"[a-z0-9]+")
LETTERS = 6
NEEDED = {
    "vague": """
        range number variety series list some several various many other view perspective angle
        detailed comprehensive thorough extensive demonstrate highlight underscore illustrate
        emphasize emphasise serve serves act acts practical insights
    """,
    "back_phrase": """
        case cases setting situation regime regimes limit limits sense senses framework context
        related doing under there thereby therein thereof same other then thus therefore hence
        similarly likewise also too hand contrast instead otherwise
    """,
    "shared": "available found accessed release",
    "boilerplate": """
        http https url github source sourced opensource overlap welcome keywords words release
        subscribe
    """,
    "outline": """
        future discussed conclude open opens further hope application our pave paves establish
        implications
    """,
    "secondary": """
        corollary product byproduct application consequence side furthermore moreover additionally
        finally lastly also besides beyond stage step phase part further consistent agreement
        compatible similar fact indeed curiously noticeably particularly extend validate evaluate
        test confirm verify repeat
    """,
    "background": """
        known recent recently last past traditionally remain remains has have important fundamental
        central key crucial challenging classical long longstanding open critical essential play
        plays little poorly most existing previous often usually conventional many several various
        numerous current modern now around development discipline prior traditional standard task
        problem process ability study subfield field
    """,
    "everybody": "around daily everyday",
    "others": "previous recent earlier been known believed thought accepted before authors al",
    "by_others": "by",
    "studied_here": "been",
    "rests_on_own": "our proposed above",
    "twofold": "twofold threefold fourfold several fold parts ways manifold",
}


def _by_stem() -> dict[str, set[str]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for name, words in NEEDED.items():
        for word in words.split():
            names[word[:LETTERS]].add(name)
    return dict(names)


_NAMES = _by_stem()


def possible(sentence: str) -> AbstractSet[str]:
    """What the sentence may show, by its words."""
    stems = {word[:LETTERS] for word in _WORD.findall(sentence.lower())}
    return set().union(*(_NAMES[stem] for stem in stems & _NAMES.keys()))
