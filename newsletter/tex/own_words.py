"""Whether the words of an author's own command are parted from the words before it."""

import re

_TAG = re.compile(r"<[^>]{0,400}>")
_WORD = re.compile(r"(?:[(\"“‘]|&quot;)?[^\W_]")
_OPENED = re.compile(r"^(?:\[[^\]]{0,30}\])?[{$\s]*")
# A sign behind which a word has a space; \, is one itself, and \) ends a formula.
_CLAUSE_ENDS = re.compile(r"(?<!\\)[.,;:!?…”)\]]}*\Z")
_DIGITS = re.compile(r"\d[\d.,]*(?!\s+\w)")
_NUMBER_GOES_ON = re.compile(r"\d[.,:]}*\Z")
# The (re)training, f(x) g(y)
_WORD_GOES_ON = re.compile(
    r"\((?:re|pre|post|un|non|co|multi|sub|semi|anti|auto|self|in|im|dis|mis|meta|[A-Za-z]+-)\)}*\Z"
    r"|(?<![^\W_])[a-z][(\[][^\s()\[\]]{1,9}[)\]]}*\Z",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?<![^\W_])[A-Za-z]\.}*\Z")
_SENTENCE = re.compile(r"[A-Z][\w'’]*,? \w+")


def stands_apart(before: str, shown: str) -> bool:
    r"""Whether a space belongs between the text before a command and what it shows.

    Comments are put right behind a full stop, comma or bracket, or with a sentence of their own
    behind a word: results.\jane{But what ...}. A part of a word or of a number is not.
    """
    told = _OPENED.sub("", _TAG.sub("", shown))
    if not _WORD.match(told):
        return False
    if _CLAUSE_ENDS.search(before):
        goes_on = _NUMBER_GOES_ON.search(before) and _DIGITS.match(told)
        is_initial = _INITIAL.search(before) and not told[1:2].isalnum()
        return not (goes_on or is_initial or _WORD_GOES_ON.search(before))
    return before[-1:].islower() and _SENTENCE.match(told) is not None
