"""Answers in other languages than English that say the opposite of their English abstract."""

import pytest

from newsletter.sources.base import Paper, PaperId
from newsletter.summaries.checks import check_answer

QUIET = Paper(
    PaperId("2507.00001"),
    "QuietNet: Small Networks for Speech Enhancement",
    "We propose QuietNet, a small network that removes noise from speech in real time. QuietNet "
    "outperforms five baselines, improves intelligibility and reduces latency. It is faster than "
    "transformers. We prove a lower bound of the error.",
    ("Ada Lovelace",),
    ("eess.AS",),
)
TRUE = {
    "de": "QuietNet übertrifft fünf Baselines und verringert die Latenz.",
    "fr": "QuietNet surpasse cinq baselines et réduit la latence de la parole.",
    "es": "QuietNet supera a cinco baselines y reduce la latencia del habla.",
    "ja": "QuietNetは5つの基準手法を上回り、音声の遅延を削減する。",
    "zh": "QuietNet优于五个基线，并降低语音延迟。",
}


def objections(answer: str, language: str) -> str:
    checked = check_answer(answer, QUIET, language, is_complete=True)
    return "" if checked.is_printable else str(checked.objections)


@pytest.mark.parametrize("language", TRUE)
def test_what_the_abstract_says_is_printed(language: str) -> None:
    assert objections(TRUE[language], language) == ""


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("de", "QuietNet ist bei Sprache schlechter als fünf Baselines."),
        ("en", "The small network QuietNet increases the latency of speech."),
        ("de", "Das Netz QuietNet ist langsamer als Transformer."),
        ("de", "Das Netz QuietNet erhöht die Latenz bei Sprache."),
        ("de", "Für QuietNet wird eine obere Schranke des Fehlers bewiesen."),
        ("fr", "QuietNet est inférieur à cinq baselines pour la parole."),
        ("fr", "Le réseau QuietNet augmente la latence de la parole."),
        ("es", "QuietNet empeora la inteligibilidad del habla con ruido."),
        ("es", "La red QuietNet es más lenta que los transformers."),
        ("ja", "QuietNetは音声の明瞭度を悪化させるネットワークである。"),
        ("ja", "小型ネットワークQuietNetは音声の遅延を増加させる。"),
        ("zh", "小型网络QuietNet语音增强比Transformer更慢。"),
    ],
)
def test_what_is_told_the_other_way_round_is_refused(language: str, answer: str) -> None:
    assert "where the abstract says" in objections(answer, language)


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("de", "QuietNet übertrifft die fünf Baselines bei Sprache nicht."),
        ("de", "QuietNet verbessert die Verständlichkeit der Sprache kaum."),
        ("fr", "QuietNet ne surpasse pas les cinq baselines de la parole."),
        ("fr", "QuietNet améliore à peine l'intelligibilité de la parole."),
        ("es", "QuietNet no supera a los cinco baselines del habla."),
        ("es", "QuietNet apenas mejora la inteligibilidad del habla."),
        ("ja", "QuietNetは音声の雑音を除去できないネットワークである。"),
        ("ja", "QuietNetは音声の明瞭度をほとんど向上させない。"),
        ("zh", "QuietNet无法实时去除语音噪声。"),
        ("en", "QuietNet fails to remove noise from speech in real time."),
        ("en", "QuietNet rarely outperforms five baselines for speech."),
    ],
)
def test_what_the_abstract_says_and_an_answer_denies_is_refused(language: str, answer: str) -> None:
    assert "which the abstract" in objections(answer, language)
