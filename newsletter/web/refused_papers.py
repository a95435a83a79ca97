"""Why a file, or an entry in it, was refused: in the reader's language."""

import re

from newsletter.interests.files import RefusedEntry, UnreadableListError
from newsletter.web.pages import gettext

_NUMBERED = re.compile(r"(entry|row|line) ([0-9]+)(?=:|\Z)")


def why_refused(entry: RefusedEntry) -> str:
    """The reason in one line."""
    return _reason(entry.reason) % {"about": entry.about}


def name_of(entry: RefusedEntry) -> str:
    """Its name in the file, or its number."""
    numbered = _NUMBERED.match(entry.name)
    if numbered is None:
        return entry.name
    names = {
        "entry": gettext("entry %(place)s"),
        "row": gettext("row %(place)s"),
        "line": gettext("line %(place)s"),
    }
    return names[numbered[1]] % {"place": numbered[2]} + entry.name[numbered.end() :]


def why_unreadable(error: UnreadableListError) -> str:
    """The reason, and what can be read instead."""
    reason = _reason(error.reason) % {"about": error.about}
    if not error.hint:
        return reason
    hint = gettext(
        "a list of arXiv identifiers, BibTeX, RIS, EndNote, PubMed, Web of Science, CSV with a"
        " column “title” or with arXiv identifiers, Zotero, CSL-JSON and ORCID works can be read"
    )
    return gettext("%(reason)s; %(hint)s") % {"reason": reason, "hint": hint}


def _reason(reason: str) -> str:
    return {
        "stands there twice": gettext("stands there twice"),
        "has neither an arXiv identifier nor a title": gettext(
            "has neither an arXiv identifier nor a title"
        ),
        "has no arXiv identifier": gettext("has no arXiv identifier"),
        "has no arXiv identifier, and no column of the table is called title": gettext(
            "has no arXiv identifier, and no column of the table is called title"
        ),
        "is no address of a paper at arXiv": gettext("is no address of a paper at arXiv"),
        "is no identifier that arXiv can have given": gettext(
            "is no identifier that arXiv can have given"
        ),
        "is part of a longer word or number, so it is not taken for an identifier": gettext(
            "is part of a longer word or number, so it is not taken for an identifier"
        ),
        "is neither text nor a paper": gettext("is neither text nor a paper"),
        "is no JSON": gettext("is no JSON"),
        "and what follows is no JSON": gettext("and what follows is no JSON"),
        "has a quote that does not close, or a cell without end": gettext(
            "has a quote that does not close, or a cell without end"
        ),
        "and what follows: too much is broken": gettext("and what follows: too much is broken"),
        "the braces of %(about)s do not close": gettext("the braces of %(about)s do not close"),
        "the file is a PDF": gettext("the file is a PDF"),
        "the file is an archive or an office document": gettext(
            "the file is an archive or an office document"
        ),
        "the file is a database": gettext("the file is a database"),
        "the file is compressed": gettext("the file is compressed"),
        "the file is no text": gettext("the file is no text"),
        "there is no paper in the file": gettext("there is no paper in the file"),
        "the file has more than %(about)s entries": gettext(
            "the file has more than %(about)s entries"
        ),
        "the file is neither Unicode nor western text (in the latter, line %(about)s): save it as"
        " UTF-8": gettext(
            "the file is neither Unicode nor western text (in the latter, line %(about)s): save it"
            " as UTF-8"
        ),
        "the RDF cannot be read: %(about)s": gettext("the RDF cannot be read: %(about)s"),
        "the RDF declares a document type, which no list of papers needs": gettext(
            "the RDF declares a document type, which no list of papers needs"
        ),
    }.get(reason, reason)
