"""What a model's sentence must pass before it is printed."""

import pytest

from newsletter.sources import bundled
from newsletter.sources.announced import Paper, PaperId
from newsletter.summaries.checks import objection

PAPER = Paper(
    id=PaperId("2507.00001"),
    title="DiffuVoice: Fast Speech Enhancement with GPT-4 Captions",
    abstract=(
        "Speech enhancement with diffusion models is slow. We propose DiffuVoice, a latent "
        "diffusion model that needs 4 steps. On 1{,}200 hours of noisy speech it improves PESQ "
        "from 2.31 to 2.95 and is $10^3$ times faster. See https://example.org/code for more."
    ),
    authors=("Ada Lovelace",),
    categories=("eess.AS",),
)
GOOD = "DiffuVoice enhances noisy speech with a latent diffusion model in only 4 steps."
GUT = "DiffuVoice verbessert verrauschte Sprache mit einem latenten Diffusionsmodell."
GOOD_ZH = "该论文属于语音增强任务，旨在解决扩散模型速度慢的问题。提出DiffuVoice方法，仅需4步。"


@pytest.mark.parametrize(
    "sentence",
    [
        GOOD,
        "DiffuVoice improves PESQ from 2.31 to 2.95 on 1,200 hours of noisy speech.",
        "On 1200 hours of noisy speech the diffusion model is 10^3 times faster.",
        "For captions by GPT-4, DiffuVoice makes the enhancement of speech fast.",
        "See https://example.org/code for the latent diffusion model of speech.",
    ],
)
def test_a_sentence_that_the_abstract_bears_passes(sentence: str) -> None:
    assert objection(sentence, PAPER, "en") is None


@pytest.mark.parametrize("sentence", [GOOD_ZH, "提出一种潜在扩散模型，语音增强更快，PESQ达２.95。"])
def test_a_chinese_sentence_passes_whatever_the_width_of_its_digits(sentence: str) -> None:
    assert objection(sentence, PAPER, "zh") is None


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("It works.", "in 9 characters"),
        ("", "in 0 characters"),
        (GOOD * 6, "in 474 characters"),
        (f"<b>{GOOD}</b>", "markup"),
        (f'<a href="https://evil.example">{GOOD}</a>', "markup"),
        (f"```{GOOD}```", "markup"),
        (f"[{GOOD}](https://evil.example)", "markup"),
        (f"{GOOD[:-1]} \u202egnihtemos", "markup"),
        (f"{GOOD} Visit https://evil.example/now", "https://evil.example/now"),
        (f"{GOOD} Write to win@evil.example", "win@evil.example"),
        ("I'm sorry, but I cannot summarize noisy speech with a diffusion model.", "refusal"),
        ("DiffuVoice enhances noisy speech with a diffusion model in 5 steps.", "number 5"),
        ("DiffuVoice improves PESQ from 2.31 to 2.59 on noisy speech.", "number 2.59"),
        ("DiffuVoice is trained on 12,000 hours of noisy speech.", "number 12000"),
        (GUT, "not in English"),
        (GOOD_ZH, "not in English"),
        ("Модель DiffuVoice улучшает зашумлённую речь за 4 шага.", "not in English"),
        (
            "A new algorithm for the sorting of integers in the memory of a computer.",
            "in words that the abstract does not use",
        ),
    ],
)
def test_an_english_sentence_that_must_not_be_printed(sentence: str, reason: str) -> None:
    assert reason in (objection(sentence, PAPER, "en") or "nothing against it")


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (GOOD, "not in Chinese"),
        ("この論文は音声強調のための潜在拡散モデルを提案する。", "not in Chinese"),
        ("抱歉，我无法概括这篇关于语音增强的论文。", "refusal"),
        (GOOD_ZH.replace("4", "8"), "number 8"),
        ("语音增强。", "in 5 characters"),
    ],
)
def test_a_chinese_sentence_that_must_not_be_printed(sentence: str, reason: str) -> None:
    assert reason in (objection(sentence, PAPER, "zh") or "nothing against it")


def test_nothing_speaks_against_the_sentences_of_the_bundled_day() -> None:
    day = bundled.BundledDay().fetch(bundled.CATEGORIES, bundled.DAY)
    objections = {
        each.paper: objection(each.text, day.papers[each.paper], each.language)
        for each in day.summaries
    }
    assert len(objections) == 15
    assert set(objections.values()) == {None}
