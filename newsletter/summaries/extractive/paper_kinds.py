"""What kind of abstract it is: it decides which turns of phrase count."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.candidates import Candidate


def _words_that_begin(listed: str, *, capital: bool = True) -> re.Pattern[str]:
    """By first letter, as the search then passes over most words at once.

    A small first letter may be a capital, where `capital` says so; "_" is a space.
    """
    rest: defaultdict[str, list[str]] = defaultdict(list)
    for beginning in listed.split():
        letters = beginning[0] + (beginning[0].upper() if capital else "")
        for letter in dict.fromkeys(letters):
            rest[letter].append(beginning[1:].replace("_", " "))
    by_letter = "|".join(f"{letter}(?:{'|'.join(rest[letter])})" for letter in rest)
    return lazy_pattern(rf"\b(?:{by_letter})")


_LEARNING = _words_that_begin(
    """
    learn neural network deep train dataset benchmark reinforce adversarial gradient embedding
    representation generative classif supervised latent convolution recurrent policy agent inference
    LLM language_model transformer attention diffusion encoder decoder
    """,
    capital=False,
)
# What hardly anybody wrote of before 2020.
_RECENT = _words_that_begin(
    r"""
    LLM large_[lL]anguage foundation_[mM]odel diffusion transformer multi-?modal vision-[lL]anguage
    VLM agentic reasoning gaussian_[sS]platting benchmark zero-shot few-shot prompt token
    pre-?train fine-?tun self-supervised contrastive generative_AI AI\b RAG\b hallucinat CLIP\b
    Mamba instruct GPT chatbot
    """
)
# Fields of use of which SciTLDR has few papers.
_APPLIED = _words_that_begin(
    r"""
    medical clinic cancer patient patholog histopath ultrasound lesion tumou?r disease diagnos
    health MRI\b CT\b crops?\b agricult climate weather satellite remote_sensing radar li[dD]AR
    sensor wireless 5G\b 6G\b IoT\b UAV power_grid batter(?:y|ies) traffic urban driving drone
    vehicle robot grasp speech speaker hate_speech audio acoustic music market financial legal
    privacy governance cultural social_media teacher students education user_stud survey software
    smart_contract vulnerab
    """
)
_NAMED = lazy_pattern(r"[\w+-]{2,25}\s?:")
HARDLY = 0.25  # "learning" of an abstract that has some words of it and is about something else


def paper_kinds(title: str, candidates: Sequence[Candidate]) -> dict[str, float]:
    """What kind of abstract it is, each from 0 to 1: it decides which turns of phrase count."""
    text = " ".join([title, *(candidate.original for candidate in candidates)])
    words = text.count(" ") + 1
    learning = min(12 * len(_LEARNING.findall(text)) / words, 1.0)
    return {
        "learning": learning,
        "plain": max(0.0, 1 - learning / HARDLY),
        "recent": _after_the_first(_RECENT, text, 2),
        "applied": _after_the_first(_APPLIED, text, 3),
        "named": float(bool(_NAMED.match(title))),
    }


def _after_the_first(pattern: re.Pattern[str], text: str, enough: int) -> float:
    """How many more than one there are, as a share of what is enough."""
    found = sum(1 for _ in islice(pattern.finditer(text), enough + 1))
    return max(found - 1, 0) / enough


def readers_share(kinds: Mapping[str, float]) -> float:
    """How much an abstract is none about learning as SciTLDR's are, all of them before 2020.

    Those are summed up as SciTLDR's authors and reviewers did, the others for readers of today.
    """
    return max(kinds["plain"], kinds["recent"], kinds["applied"])
