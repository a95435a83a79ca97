"""A reader's words in a card, marked as they stand there."""

import re
from collections.abc import Sequence
from html import unescape
from itertools import islice

from newsletter.interests.phrases import Phrase
from newsletter.rendering.first_paper import MARK, MOST_MARKS
from newsletter.rendering.qp_template import TextFragment

_TAG = re.compile("(<[^>]*>)")
_SIGN = re.compile(r"&#?\w{1,31};|.", re.DOTALL)


def mark_words(card: TextFragment, words: Sequence[str]) -> TextFragment:
    """The card with these words marked wherever people can read them."""
    either = "|".join(filter(None, map(_pattern, words)))
    if not either:
        return card
    wanted = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    pieces = _TAG.split(card.text)
    left = MOST_MARKS
    for place in range(0, len(pieces), 2):  # between the tags
        source = pieces[place]
        signs = _SIGN.findall(source) if "&" in source else source
        read = "".join(map(unescape, signs)) if "&" in source else source
        found = [*islice(wanted.finditer(read), left)]
        left -= len(found)
        if found:
            pieces[place] = _marked(signs, found)
    return TextFragment("".join(pieces))


def _pattern(word: str) -> str:
    """Of a word as a paper writes it, also where it is more than letters: SO(3)."""
    phrase = Phrase.parse(word)
    if phrase is None:
        return ""
    pattern = phrase.pattern()
    if re.fullmatch(pattern, word, re.IGNORECASE):
        return pattern
    as_written = r"\s+".join(map(re.escape, word.split()))
    return f"{as_written}|{pattern}"


def _marked(signs: Sequence[str], found: Sequence[re.Match[str]]) -> str:
    """A text, sign by sign, with marks around what was found in it as people read it."""
    places: list[int] = []  # of each sign that people read, in the text
    at = 0
    for sign in signs:
        places += [at] * len(unescape(sign))
        at += len(sign)
    places.append(at)
    source, marked, at = "".join(signs), [], 0
    for match in found:
        begin, end = places[match.start()], places[match.end()]
        marked += [source[at:begin], source[begin:end].join(MARK)]
        at = end
    return "".join([*marked, source[at:]])
