"""Sentences one after another, and the categories that they name."""

from collections.abc import Iterable, Sequence

from newsletter.rendering.translations import Catalogue

SHOWN_CATEGORIES = 4


def join_sentences(sentences: Iterable[str]) -> str:
    """Those that say anything, one after another; a full stop as wide as a sign has its gap."""
    spaced = (told if told.endswith("。") else f"{told} " for told in sentences if told)
    return "".join(spaced).rstrip()


def name_categories(catalogue: Catalogue, categories: Sequence[str]) -> str:
    """A few by name, more by their number."""
    if len(categories) <= SHOWN_CATEGORIES:
        return catalogue.listed(categories)
    return catalogue.ngettext("%(num)s category", "%(num)s categories", len(categories)) % {
        "num": catalogue.number(len(categories))
    }
