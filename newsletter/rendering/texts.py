"""What the frame of an issue says, the same words in HTML and in text.

Plain strings: the template that prints them escapes them as its format needs.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

from newsletter import tex
from newsletter.lazy_pattern import lazy_pattern
from newsletter.rendering.author_list import list_authors, read_authors
from newsletter.rendering.issue_content import IssueContent, IssueEntry, IssueSection, ListingNote
from newsletter.rendering.paper_links import PROJECT_PAGE, PaperLink, paper_links
from newsletter.rendering.size_budget import DetailLevel
from newsletter.rendering.translations import Catalogue
from newsletter.sources.base import UNNAMED_MODEL, Paper
from newsletter.summaries.base import Sentence

_SHOWN_AUTHORS = 6
_SHOWN_GROUPS = 2
_NAME_CHARACTERS = 80
_SHOWN_CATEGORIES = 5
_COMMENT_CHARACTERS = 140

_LOST_LINKS = ("this https URL", "this http URL")  # what is left of one on arXiv's own pages
_CATEGORY = lazy_pattern(r"[a-z][a-z-]+(?:\.[A-Za-z-]+)?")
_SENTENCE_END = lazy_pattern(r"(?<=[.;])\s+")
_LEADS_TO = lazy_pattern(
    r"(?:for|see|the|our|all|an?|and|with|code|data\w*|demos?|models?|project|source|page|website"
    r"|github|audio|video|samples?|available|implementation|supplementary)\b",
    re.IGNORECASE,
)
# In front of an address: "is available at: https://".
_LEADING = (
    r"(?i:(?:\s+(?:is|are))?(?:\s+(?:publicly|freely))?(?:\s+(?:available|downloadable|found))?"
    r"(?:\s+(?:at|from|on|via))?)\s*[:(\[-]*\s*(?:https?://)?"
)
_CLAUSE_END = lazy_pattern(r"(?<=[.;,])\s+")
_MERE_COUNT = lazy_pattern(
    r"(?:\d+|[a-z]+)(?:\s*\+\s*\d+)?[- ](?:pages?|pp|figures?|figs?|tables?|references)"
    r"(?: (?:and|including|with) \d+ \w+)*[.,;]?",
    re.IGNORECASE,
)


class IssueTexts:
    """The sentences around the papers, in one language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._language = catalogue.language
        self._say = catalogue.gettext
        self._count = catalogue.ngettext
        self._number = catalogue.number
        self._long_date = catalogue.long_date
        self._medium_date = catalogue.medium_date
        self._short_date = catalogue.short_date

    def section(self, section: IssueSection) -> str:
        say = self._say
        names = {
            IssueSection.NEW: say("New"),
            IssueSection.CROSS: say("Cross-lists"),
            IssueSection.REPLACE: say("Replacements"),
        }
        return names[section]

    def heading(self, content: IssueContent) -> str:
        """The day; of several missed days in one issue, that they are."""
        if content.first_day is None:
            return self._long_date(content.day)
        return self._say("While we were away: %(first)s to %(last)s") % {
            "first": self._medium_date(content.first_day),
            "last": self._medium_date(content.day),
        }

    def short_dates(self, content: IssueContent) -> str:
        """The same for a subject line."""
        last = self._short_date(content.day)
        if content.first_day is None:
            return last
        return f"{self._short_date(content.first_day)} – {last}"

    def counts(self, content: IssueContent) -> str:
        """How many papers each section has; a section without any is not spoken of."""
        count, number = self._count, self._number
        new, cross, replaced = content.counts.values()
        numbers = (
            (new, count("%(num)s new", "%(num)s new", new)),
            (cross, count("%(num)s cross-list", "%(num)s cross-lists", cross)),
            (replaced, count("%(num)s replacement", "%(num)s replacements", replaced)),
        )
        parts = [words % {"num": number(papers)} for papers, words in numbers if papers]
        complete = [self._say("complete")] if content.is_complete else []
        return " · ".join(parts + complete)

    def completeness(self, content: IssueContent) -> str:
        """What is to be said of an issue that is not known to hold all that arXiv announced."""
        say = self._say
        if content.is_sample:
            followed = ", ".join(content.categories)
            return say(
                "The bundled sample: some of what %(categories)s announced that day, not all of it."
            ) % {"categories": followed}
        if content.missing:
            return " ".join(map(self._missing, content.missing))
        if content.is_rebuilt:
            return say(
                "Rebuilt afterwards from submission dates: close to what arXiv announced that day,"
                " not exactly it."
            )
        if content.is_complete:
            return ""  # the counts say so
        return say("As arXiv's feed has them; it states no count to check against.")

    def _missing(self, note: ListingNote) -> str:
        count = self._count(
            "%(num)s paper of %(category)s could not be retrieved%(ids)s.",
            "%(num)s papers of %(category)s could not be retrieved%(ids)s.",
            note.lacking,
        )
        named = f"{self._say(': ')}{', '.join(note.missing)}" if note.missing else ""
        return count % {"num": self._number(note.lacking), "category": note.category, "ids": named}

    def authors(self, paper: Paper) -> str:
        """The first few by name, the others by number; never "and 1 more"."""
        authors = read_authors(paper.authors)
        more = len(authors) - _SHOWN_AUTHORS
        if more <= 1:
            return list_authors(authors, _short_name)
        names = list_authors(authors[:_SHOWN_AUTHORS], _short_name)
        many = self._count("%(names)s and %(num)s more", "%(names)s and %(num)s more", more)
        hidden = (author.spoken_for for author in authors[_SHOWN_AUTHORS:])
        groups = [*dict.fromkeys(filter(None, hidden))][:_SHOWN_GROUPS]
        told = many % {"names": names, "num": self._number(more)}
        return " ".join([told, *map(_short_name, groups)])

    def facts(self, entry: IssueEntry, level: DetailLevel) -> list[str]:
        """What stands in the quiet line before the links: version, categories, comment."""
        paper = entry.paper
        most = _SHOWN_CATEGORIES if level > DetailLevel.TITLE else 1
        # Authors' ACM and MSC classes, as H.5.5 and 68T10, stand among arXiv's categories.
        own = [category for category in paper.categories if _CATEGORY.fullmatch(category)]
        facts = [" ".join(own[:most]) + " …" * (len(own) > most > 1)]
        if entry.section is IssueSection.REPLACE:
            facts.insert(0, f"v{paper.id.version}")
        if level > DetailLevel.TITLE:
            facts.append(comment(paper, whole=level > DetailLevel.SUMMARY))
        return list(filter(None, facts))

    def more(self, number: int) -> str:
        """What stands for the papers that there is no room for."""
        return self._count(
            "%(num)s more paper on the web", "%(num)s more papers on the web", number
        ) % {"num": self._number(number)}

    def resource(self, resource: PaperLink) -> str:
        """The name of a link."""
        return self._say("project page") if resource.name == PROJECT_PAGE else resource.name

    def origin(self, sentence: Sentence) -> str:
        """Who wrote a sentence."""
        say = self._say
        if sentence.is_quotation and sentence.language != self._language:
            return say("authors' words (English abstract)")
        if sentence.is_quotation:
            return say("authors' words")
        if sentence.made_by == UNNAMED_MODEL:
            return say("by a language model")
        return say("by %(model)s") % {"model": sentence.made_by}

    def why(self, reader: Mapping[str, str]) -> str:
        return self._say("You get this since you confirmed on %(date)s, at %(address)s.") % {
            "date": reader["since"],
            "address": reader["recipient"],
        }


def _short_name(source: str) -> str:
    return shortened(plain(source), _NAME_CHARACTERS)


def shows_sentence(entry: IssueEntry, level: DetailLevel) -> bool:
    """Under a new paper always, under a replacement only where everything is wanted."""
    least = DetailLevel.EXCERPT if entry.section is IssueSection.REPLACE else DetailLevel.SUMMARY
    return bool(entry.summary.text) and level >= least


def is_quiet(entry: IssueEntry, level: DetailLevel) -> bool:
    """Whether a paper stands back: a title alone, or a replacement without its abstract."""
    return level is DetailLevel.TITLE or (
        entry.section is IssueSection.REPLACE and level < DetailLevel.EXCERPT
    )


@lru_cache(maxsize=2048)
def comment(paper: Paper, *, whole: bool) -> str:
    """The authors' comment without what its links say already.

    Unless the whole is wanted, also without "12 pages, 5 figures".
    """
    text = said = plain(paper.comment or "")
    linked = list(_LOST_LINKS)
    for link in paper_links(paper):
        address = link.url.partition("://")[2]
        if "." not in link.name:
            linked.append(address)
        else:  # Its words stay: the host's name alone does not say what is there.
            text = re.sub(_LEADING + re.escape(address) + r"[)\]]?", "", text)
    sentences = [_unlinked(sentence, linked) for sentence in _SENTENCE_END.split(text)]
    if not whole:
        clauses = _CLAUSE_END.split(" ".join(filter(None, sentences)))
        sentences = [clause for clause in clauses if not _MERE_COUNT.fullmatch(clause)]
    told = " ".join(filter(None, sentences))
    return shortened(told if told == said else told.rstrip(" ,;."), _COMMENT_CHARACTERS)


def _unlinked(sentence: str, linked: Sequence[str]) -> str:
    """A sentence up to where it leads to what is linked: nothing of "Code at <address>"."""
    if not any(url in sentence for url in linked):
        return sentence
    kept = []
    for clause in _CLAUSE_END.split(sentence):
        if _LEADS_TO.match(clause) or any(url in clause for url in linked):
            break
        kept.append(clause)
    return " ".join(kept)


@lru_cache(maxsize=4096)
def plain(source: str) -> str:
    """TeX as one line of plain text."""
    return " ".join(tex.to_text(source).split())


@lru_cache(maxsize=4096)
def markup(source: str, characters: int, *, linked: bool = True) -> str:
    """TeX as HTML; beyond so many characters the plain text, cut."""
    if len(source) > characters:
        return escape(shortened(plain(source), characters), quote=False)
    html = tex.to_html(source)
    return html if linked else re.sub(r"</?a\b[^>]*>", "", html)


def shortened(text: str, characters: int) -> str:
    """Cut at a word, with an ellipsis where something is left out."""
    if len(text) <= characters:
        return text
    cut = text[: characters - 1]
    whole = cut.rpartition(" ")[0] if " " in cut[characters // 2 :] else cut
    return whole.rstrip(" ,;:.") + (" …" if whole is not cut else "…")
