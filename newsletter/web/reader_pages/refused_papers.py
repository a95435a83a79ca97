"""Why a file, or an entry in it, was refused: in the reader's language."""

import re

from newsletter.interests.files import RefusedEntry, UnreadableListError
from newsletter.web.pages import gettext

_NUMBERED = re.compile(r"(entry|row|line) ([0-9]+)(?=:|\Z)")


def why_refused(entry: RefusedEntry) -> str:
    """The reason in one line."""
    return gettext(entry.reason) % {"about": entry.about}


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
    reason = gettext(error.reason) % {"about": error.about}
    if not error.hint:
        return reason
    hint = gettext(
        "a list of arXiv identifiers, BibTeX, RIS, EndNote, PubMed, Web of Science, CSV with a"
        " column “title” or with arXiv identifiers, Zotero, CSL-JSON and ORCID works can be read"
    )
    return gettext("%(reason)s; %(hint)s") % {"reason": reason, "hint": hint}
