"""What makes the ranking fast leaves it as it is."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.summaries.extractive import cue_phrases, needed_words, penalties, vagueness
from newsletter.summaries.extractive.trees import Tree, Trees

NAMES = ("length", "digits", "guard:vague")
BOUND = st.sampled_from([0.0, 0.5, 1.0])
LEAF = st.integers(-9, 9).map(float)
PATTERNS = {
    "vague": vagueness.VAGUE,
    "rests_on_own": penalties._RESTS_ON_OWN,
    "back_phrase": penalties._BACK_PHRASE,
    "shared": penalties._SHARED,
    "boilerplate": penalties._BOILERPLATE,
    "outline": penalties._OUTLINE,
    "secondary": penalties._SECONDARY,
    "background": penalties._BACKGROUND,
    "everybody": penalties._EVERYBODY,
    "others": penalties._OTHERS,
    "by_others": penalties._BY_OTHERS,
    "twofold": penalties._TWOFOLD,
    "studied_here": cue_phrases.STUDIED_HERE,
}


def nodes(subtrees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.tuples(st.sampled_from(NAMES), BOUND, subtrees, subtrees).map(list)


def leaf(tree: Tree, row: dict[str, float]) -> float:
    while isinstance(tree, list):
        name, bound, low, high = tree
        tree = low if row.get(name, 0.0) <= bound else high
    return tree


@given(
    st.lists(st.recursive(LEAF, nodes, max_leaves=8), min_size=1, max_size=5),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 2.0])),
)
def test_all_trees_at_once_are_worth_what_they_are_one_by_one(
    trees: list[Tree], row: dict[str, float]
) -> None:
    assert Trees(trees).worth([row]) == sum(leaf(tree, row) for tree in trees)


def test_every_objection_that_is_looked_for_by_words_is_tried_here() -> None:
    assert PATTERNS.keys() == needed_words.NEEDED.keys()


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_an_objection_finds_has_one_of_its_words(name: str, data: st.DataObject) -> None:
    found = PATTERNS[name].search(data.draw(st.from_regex(PATTERNS[name].pattern)))
    assert found is None or name in needed_words.possible(found[0])
