"""What the frame of an issue says, the same words in HTML and in text.

Plain strings: the template that prints them escapes them as its format needs.
"""

from collections.abc import Mapping

from newsletter.rendering import tex
from newsletter.rendering.content import Digest, Entry, ListingNote, Section
from newsletter.rendering.wording import Catalogue
from newsletter.sources.announced import UNNAMED_MODEL, Paper
from newsletter.summaries.sentence import AUTHORS, Sentence

_SHOWN_AUTHORS = 6
_COMMENT_CHARACTERS = 140


class Phrases:
    """The sentences around the papers, in one language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._say = catalogue.gettext
        self._count = catalogue.ngettext

    def section(self, section: Section) -> str:
        say = self._say
        names = {
            Section.NEW: say("New"),
            Section.CROSS: say("Cross-lists"),
            Section.REPLACE: say("Replacements"),
        }
        return names[section]

    def counts(self, digest: Digest) -> str:
        count = self._count
        new, cross, replaced = digest.counts.values()
        parts = (
            count("%(num)s new", "%(num)s new", new) % {"num": new},
            count("%(num)s cross-list", "%(num)s cross-lists", cross) % {"num": cross},
            count("%(num)s replacement", "%(num)s replacements", replaced) % {"num": replaced},
        )
        return " · ".join(parts)

    def completeness(self, digest: Digest) -> str:
        """How much of what arXiv announced the issue holds."""
        say = self._say
        if digest.is_sample:
            followed = ", ".join(digest.categories)
            return say(
                "The bundled sample: some of what %(categories)s announced that day, not all of it."
            ) % {"categories": followed}
        if digest.missing:
            return " ".join(map(self._missing, digest.missing))
        if digest.is_rebuilt:
            return say(
                "Rebuilt afterwards from submission dates: close to what arXiv announced that day,"
                " not exactly it."
            )
        if digest.is_complete:
            return say("Complete: as many papers as arXiv announced.")
        return say("As arXiv's feed has them; it states no count to check against.")

    def _missing(self, note: ListingNote) -> str:
        count = self._count(
            "%(num)s paper of %(category)s could not be retrieved%(ids)s.",
            "%(num)s papers of %(category)s could not be retrieved%(ids)s.",
            note.lacking,
        )
        named = f"{self._say(': ')}{', '.join(note.missing)}" if note.missing else ""
        return count % {"num": note.lacking, "category": note.category, "ids": named}

    def authors(self, paper: Paper) -> str:
        """The first few by name, the others by number; never "and 1 more"."""
        names = [plain(name) for name in paper.authors]
        more = len(names) - _SHOWN_AUTHORS
        if more <= 1:
            return ", ".join(names)
        many = self._count("%(names)s and %(num)s more", "%(names)s and %(num)s more", more)
        return many % {"names": ", ".join(names[:_SHOWN_AUTHORS]), "num": more}

    def facts(self, entry: Entry, detail: str) -> str:
        """One quiet line: version, categories, comment, who wrote the sentence."""
        paper = entry.paper
        facts = [" ".join(paper.categories)]
        if entry.section is Section.REPLACE:
            facts.insert(0, f"v{paper.id.version}")
        if paper.withdrawn:
            facts.insert(0, self._say("withdrawn"))
        if paper.comment and detail != "titles":
            facts.append(shortened(plain(paper.comment), _COMMENT_CHARACTERS))
        if shows_sentence(entry, detail):
            facts.append(self.origin(entry.summary))
        return " · ".join(facts)

    def origin(self, sentence: Sentence) -> str:
        """Who wrote a sentence."""
        say = self._say
        if sentence.made_by == AUTHORS:
            return say("authors' words")
        if sentence.made_by == UNNAMED_MODEL:
            return say("by a language model")
        return say("by %(model)s") % {"model": sentence.made_by}

    def why(self, reader: Mapping[str, str]) -> str:
        return self._say("You get this since you confirmed on %(date)s, at %(address)s.") % {
            "date": reader["since"],
            "address": reader["recipient"],
        }


def shows_sentence(entry: Entry, detail: str) -> bool:
    """Under a new paper always, under a replacement only where everything is wanted."""
    if not entry.summary.text or detail == "titles":
        return False
    return entry.section is not Section.REPLACE or detail == "full"


def plain(source: str) -> str:
    """TeX as one line of plain text."""
    return " ".join(tex.to_text(source).split())


def shortened(text: str, characters: int) -> str:
    """Cut at a word, with an ellipsis where something is left out."""
    if len(text) <= characters:
        return text
    cut = text[: characters - 1]
    whole = cut.rpartition(" ")[0] if " " in cut[characters // 2 :] else cut
    return whole.rstrip(" ,;:.") + "…"
