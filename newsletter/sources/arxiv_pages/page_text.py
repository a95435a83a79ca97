"""A listing's line itself tells of its paper: title, authors, abstract, comment.

Pages hide web addresses behind "this https URL", turn some of the TeX, and seldom name a version.
"""

import re
from dataclasses import dataclass

from lxml import html

from newsletter.sources.author_names import authors_of
from newsletter.sources.base import Paper, PaperId
from newsletter.text import one_line

_HIDDEN_ADDRESS = re.compile(r"this (?:https?|ftp) URL")
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>\"]+")
_NOT_SHOWN = re.compile(r", (?:et al\. )?\(\d+ additional authors not shown\)\s*\Z")


@dataclass(frozen=True)
class PageText:
    """Of a paper, as the page has it."""

    title: str
    authors: str
    abstract: str  # a line break starts a paragraph
    comment: str = ""
    journal_ref: str = ""

    @classmethod
    def of(cls, details: html.HtmlElement | None) -> "PageText":
        """The texts in a `<dd>`; nothing where there is none."""
        if details is None or details.tag != "dd":
            return cls("", "", "")
        said = dict.fromkeys(("title", "authors", "comments", "journal-ref"), "")
        for node in details.iter("div"):
            name = (node.get("class") or "").partition("list-")[2].partition(" ")[0]
            if name in said and not said[name]:
                said[name] = one_line(_words(node))
        abstract = next((_words(node) for node in details.iter("p")), "")
        paragraphs = filter(None, map(one_line, abstract.split("\x1e")))
        return cls(
            said["title"],
            said["authors"],
            "\n".join(paragraphs),
            said["comments"],
            said["journal-ref"],
        )

    def paper(self, paper_id: PaperId, categories: tuple[str, ...]) -> Paper | None:
        """The paper; None of a first version whose abstract the page leaves out."""
        if not self.title or (paper_id.version == 1 and not self.abstract):
            return None
        names = _NOT_SHOWN.sub(", et al.", self.authors)
        return Paper(
            paper_id,
            self.title,
            self.abstract,
            authors_of(names),
            categories,
            self.comment or None,
            self.journal_ref or None,
        )


def _words(node: html.HtmlElement) -> str:
    """The text without its label, hidden addresses shown, its line breaks marked."""
    words = [node.text or ""]
    for child in node:
        if child.tag == "br":
            words.append("\x1e")
        elif child.tag == "a" and _HIDDEN_ADDRESS.fullmatch(one_line(child.text_content())):
            address = child.get("href") or ""
            words.append(address if _ADDRESS.fullmatch(address) else child.text_content())
        elif isinstance(child.tag, str) and child.get("class") != "descriptor":
            words.append(_words(child))
        words.append(child.tail or "")
    return "".join(words)
