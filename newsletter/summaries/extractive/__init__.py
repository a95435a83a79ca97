"""The embedded summarizer: the authors' own best sentence, lightly trimmed; no key, no network."""

import json
from functools import cache
from importlib import resources
from itertools import islice

from newsletter.sources.withdrawal import abstract_withdraws
from newsletter.summaries.extractive import features, sentences, trimming

LONGEST_ABSTRACT = 20_000
MOST_SENTENCES = 60
LONG_WORDS = 40  # a longer sentence gives way to the second best


def summarize(title: str, abstract: str) -> str:
    """The sentence of the abstract that says best what the paper is about, in the authors' words.

    Only deletions and a capital first letter set it apart from the abstract. One line of at most
    `trimming.LONGEST` characters; empty where the abstract has no words. Never raises.
    """
    text = sentences.one_line(abstract[:LONGEST_ABSTRACT])
    pieces = sentences.split(text)[:MOST_SENTENCES]
    notice = next((piece for piece in pieces if abstract_withdraws(piece)), "")
    finished = map(_finished, _best_first(title, pieces))
    best = list(islice(filter(None, finished), 2))
    short = [sentence for sentence in best if len(sentence.split()) <= LONG_WORDS]
    return quoted(notice) or next(iter(short or best), "")


def quoted(sentence: str) -> str:
    """The sentence as it is printed; empty where it has no words or cannot be cut to fit."""
    return _finished(trimming.trim_sentence(sentence))


def _finished(text: str) -> str:
    shorter = trimming.bound_length(text, trimming.LONGEST - 1)
    if not any(character.isalpha() for character in shorter):
        return ""
    return trimming.finish_sentence(shorter)


def _best_first(title: str, pieces: list[str]) -> list[str]:
    """The sentences as they would be quoted, best first."""
    candidates = features.candidates(title, pieces)
    weights = _weights()
    scores = [
        sum(weights.get(name, 0.0) * value for name, value in described.items())
        for described in features.describe(title, candidates)
    ]
    order = sorted(range(len(pieces)), key=lambda index: -scores[index])
    return [candidates[index].text for index in order]


@cache
def _weights() -> dict[str, float]:
    file = resources.files("newsletter.summaries.extractive").joinpath("weights.json")
    weights: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    return weights
