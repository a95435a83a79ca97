"""A reader's words in a card, marked as they stand there."""

import re
from collections.abc import Sequence
from html import unescape

from newsletter.interests.phrases import Phrase
from newsletter.rendering.personal_mails.first_paper import MARK, MOST_MARKS
from newsletter.rendering.transfer_encodings.qp_template import TextFragment

_TAG = re.compile("(<[^>]*>)")
_WITHIN_A_WORD = re.compile("</?(?:em|sub|sup|i|b|strong)>")  # as formulas have them
_SIGN = re.compile(r"&#?\w{1,31};|.", re.DOTALL)


def mark_words(card: TextFragment, words: Sequence[str]) -> TextFragment:
    """The card with these words marked wherever people can read them."""
    either = "|".join(filter(None, map(_pattern, words)))
    if not either:
        return card
    wanted = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    pieces = _TAG.split(card.text)
    left = MOST_MARKS
    for run in _runs(pieces):
        signs = [_SIGN.findall(pieces[place]) for place in run]
        read = ["".join(map(unescape, piece)) for piece in signs]
        lengths = [*map(len, read)]
        found: list[list[tuple[int, int]]] = [[] for _ in run]
        for match in wanted.finditer("".join(read)):
            parts = _parts(match, lengths)
            if len(parts) > left:
                break
            left -= len(parts)
            for number, part in parts.items():
                found[number].append(part)
        for place, of_piece, marks in zip(run, signs, found, strict=True):
            pieces[place] = _marked(of_piece, marks)
    return TextFragment("".join(pieces))


def _parts(match: re.Match[str], lengths: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Where it stands in texts of these lengths that are read as one, by their numbers."""
    parts, before = {}, 0
    for number, length in enumerate(lengths):
        start, end = max(match.start() - before, 0), min(match.end() - before, length)
        if start < end:
            parts[number] = start, end
        before += length
    return parts


def _runs(pieces: Sequence[str]) -> list[list[int]]:
    """The places of what stands between tags; together where only a formula's are between."""
    runs = [[0]]
    for place in range(2, len(pieces), 2):
        if _WITHIN_A_WORD.fullmatch(pieces[place - 1]):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


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


def _marked(signs: Sequence[str], found: Sequence[tuple[int, int]]) -> str:
    """A text, sign by sign, with marks around what was found in it as people read it."""
    if not found:
        return "".join(signs)
    places: list[int] = []  # of each sign that people read, in the text
    at = 0
    for sign in signs:
        places += [at] * len(unescape(sign))
        at += len(sign)
    places.append(at)
    source, marked, at = "".join(signs), [], 0
    for start, stop in found:
        begin, end = places[start], places[stop]
        marked += [source[at:begin], source[begin:end].join(MARK)]
        at = end
    return "".join([*marked, source[at:]])
