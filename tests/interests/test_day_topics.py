"""What a day is about, in words that its papers share."""

from dataclasses import replace

import pytest

from newsletter.interests import day_topics
from newsletter.sources.base import Paper, PaperId

_TOPICS = (
    ("Point Clouds", "We complete point clouds (also large point clouds) for robots."),
    (
        "Speaker Diarization",
        "Speaker diarization, or who spoke when, is hard; speaker diarization.",
    ),
    ("Legal RAG", "We add a graph to RAG, so that RAG cites statutes."),
)


def paper(number: int, topic: int = 3) -> Paper:
    """On one of three topics, or on what no other is on."""
    title, abstract = (*_TOPICS, (f"Zyx{chr(97 + number % 26) * 4}", "We propose it."))[topic]
    return Paper(
        id=PaperId(f"2507.{number:05}", 1),
        title=f"Robust Method {number}: {title} for $x_{number}$ with Large Models",
        abstract=abstract,
        authors=(),
        categories=("cs.SD",),
    )


def find_topics(papers: list[Paper]) -> tuple[tuple[str, int], ...]:
    """Their words, and how many papers are on them."""
    found = day_topics.find_topics(papers)
    assert [len(topic.on) for topic in found] == [topic.papers for topic in found]
    return tuple(topic[:2] for topic in found)


def day(papers: int) -> list[Paper]:
    """Half of them are on the three topics."""
    return [paper(number, min(number % 6, 3)) for number in range(papers)]


def test_topics_are_phrases_of_titles_with_the_number_of_papers_on_them() -> None:
    topics = dict(find_topics(day(24)))
    assert topics == {"point clouds": 4, "speaker diarization": 4, "legal RAG": 4}


def test_what_no_papers_share_is_no_topic_and_what_all_share_is_the_field() -> None:
    assert find_topics([]) == ()
    assert find_topics([paper(number) for number in range(12)]) == ()
    alike = [paper(number, 0) for number in range(40)]
    assert find_topics(alike) == ()
    assert find_topics(alike[:8]) == (("point clouds", 8),)  # so few may be on one thing
    assert find_topics([paper(0, 0), paper(1)]) == (("point clouds", 1),)  # of a small day


def test_a_single_word_is_a_topic_of_those_whose_titles_have_it() -> None:
    aside = [
        replace(paper(number), abstract="We count quarks. Our quarks and other quarks are many.")
        for number in range(8)
    ]
    titled = [replace(one, title=f"Quarks and {one.title}") for one in aside]
    others = [paper(number) for number in range(8, 40)]
    assert "quarks" not in dict(find_topics(titled[:2] + aside[2:] + others))
    assert dict(find_topics(titled[:4] + aside[4:] + others))["quarks"] == 8
    assert "quarks" not in dict(find_topics(titled[:4] + others[:5]))  # the word of that small day
    assert dict(find_topics(titled[:3] + others[:6]))["quarks"] == 3


# What titles are on, what abstracts say of it, and how sentences write it.
_WRITTEN = (
    ("Blood Cell", "A Blood Cell is round: Blood Cell.", "blood cells"),
    ("Hubble Tension", "We see the Hubble Tension; Hubble Tension.", "Hubble tension"),
    ("Graph Neural Networks", "We use Graph Neural Networks (GNNs).", "graph neural networks"),
    ("Latent Fusion Jailbreak", "Latent Fusion Jailbreak (LFJ) is new.", "latent fusion jailbreak"),
    ("Retrieval-Augmented Generation", "It is old.", "retrieval-augmented generation"),
    ("LExical iNdex Learning", "LExical iNdex Learning is new.", "lexical index learning"),
    ("Conversational AIs", "We like Conversational AIs.", "conversational AIs"),
    ("GAUSSIAN SPLATTING", "Gaussian Splatting or Gaussian splatting.", "Gaussian splatting"),
    ("Segment Anything", "Segment Anything is a model: Segment Anything.", "Segment Anything"),
    ("Alzheimer's Disease", "We see Alzheimer's disease early.", "Alzheimer's disease"),
    ("LoRA Adapter", "A LoRA Adapter is a LoRA Adapter.", "LoRA adapters"),
    ("Band Pass Fusion", "Band Pass Fusion is fusion.", "band pass fusion"),
)


@pytest.mark.parametrize(("title", "abstract", "words"), _WRITTEN)
def test_words_are_written_as_sentences_write_them_and_names_keep_their_capital(
    title: str, abstract: str, words: str
) -> None:
    named = [
        replace(paper(number), title=f"A Novel Robust Method {number}: {title}", abstract=abstract)
        for number in range(4)
    ]
    (topic,) = find_topics(named + [paper(number) for number in range(4, 30)])
    assert topic == (words, 4)


@pytest.mark.parametrize("word", ["Multilingual", "Federated", "Binaural", "Audio-Visual", "Xylic"])
def test_an_adjective_is_no_topic(word: str) -> None:
    text = f"It is {word}, {word} and robust, {word.lower()}. {word} parts, {word}, and {word}."
    named = [
        replace(paper(number), title=f"{word} Work {number}", abstract=text) for number in range(4)
    ]
    assert not find_topics(named + [paper(number) for number in range(4, 30)])


def test_a_topic_is_short_no_formula_no_title_and_not_the_field_itself() -> None:
    of_field = ("Audio Signal Speech", "Audio signal speech and audio signal speech.")
    titles = (
        ("面向低资源语音识别的自监督预训练 for ASR", ""),
        ("A Bound of $n^2$ for It", "It is $n^2$, and $n^2$."),
        (
            "Spectrographic Zyxotomography",
            "Spectrographic zyxotomography; spectrographic zyxotomography.",
        ),
        of_field,
    )
    papers = [
        replace(paper(number), title=title, abstract=text, categories=("eess.AS", "cs.SD"))
        for number, (title, text) in enumerate(titles * 4)
    ]
    found = [words for words, _ in find_topics(papers)]
    assert sorted(found) == ["ASR", "zyxotomography"]


def test_a_large_day_has_more_topics_and_none_is_a_word_of_every_field_or_cut_short() -> None:
    words = ["ASR", "Quarks", "Plasmids", "Tokamaks", "Zeolites", "Glaciers", "Lichens"]
    said = [*(f"{one}; {one}, and {one}." for one in words), "NLP and AI models; NLP, AI models."]
    of_many = [
        replace(
            paper(number),
            title=f"Method {number}: {(*words, 'NLP')[number % 8]} at Work",
            abstract=text,
        )
        for number, text in enumerate(said * 5)
    ]
    assert len(find_topics(of_many)) == 3
    assert len(find_topics(of_many + [paper(number) for number in range(40, 64)])) == 6
    assert "NLP" not in dict(find_topics(of_many[7::8] + [paper(number) for number in range(40)]))
    long = "Spectrographically Regularized Multivariate Predictive Control"
    text = f"{long} is {long}; {long.lower()}, and {long.lower()}."
    cut = [replace(paper(number), title=f"{long} {number}", abstract=text) for number in range(4)]
    assert not find_topics(cut + [paper(number) for number in range(4, 30)])


def test_odd_texts_are_no_topics_and_a_day_says_the_same_each_time() -> None:
    odd = [
        Paper(PaperId(f"2507.{n:05}", 1), text, text * 99, (), ("cs.SD",), None)
        for n, text in enumerate(("", "$", "\\", "(((", "\u200b", "1 2 3", "a+ b* [c", "音频 音频"))
    ]
    assert not [words for words, _ in find_topics(odd) if words.isascii()]
    assert find_topics(day(24) + odd) == find_topics(day(24) + odd)
    assert {words for words, _ in find_topics(day(24)[::-1])} == {
        words for words, _ in find_topics(day(24))
    }
