"""The embedded summarizer: the authors' own best sentence, lightly trimmed; no key, no network."""

from newsletter.sources.withdrawals.withdrawal import abstract_withdraws
from newsletter.summaries.extractive import choice, sentences, trimming
from newsletter.summaries.extractive.short_names import spelled_out
from newsletter.text import one_line

LONGEST_ABSTRACT = 20_000
MOST_SENTENCES = 60


def summarize(title: str, abstract: str) -> str:
    """The sentence of the abstract that says best what the paper is about, in the authors' words.

    Only deletions and a capital first letter set it apart from the abstract. One line of at most
    `trimming.LONGEST` characters; empty where the abstract has no words. Never raises.
    """
    text = one_line(abstract[:LONGEST_ABSTRACT])
    pieces = sentences.split(text)[:MOST_SENTENCES]
    notice = next((piece for piece in pieces if abstract_withdraws(piece)), "")
    if notice:
        return quoted(notice)
    shown = next(filter(None, map(_finished, choice.best_first(title, pieces))), "")
    return spelled_out(shown, title, text, choice.LONG_WORDS)


def quoted(sentence: str) -> str:
    """The sentence as it is printed; empty where it has no words or cannot be cut to fit."""
    return _finished(trimming.trim_sentence(sentence))


def _finished(text: str) -> str:
    shorter = trimming.bound_length(text, trimming.LONGEST - 1)
    if not any(character.isalpha() for character in shorter):
        return ""
    return trimming.finish_sentence(shorter)
