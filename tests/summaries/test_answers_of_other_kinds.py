"""Answers that are no sentence about the paper, and good sentences that look like them."""

import pytest

from newsletter.sources.base import Paper, PaperId
from newsletter.summaries.checks import check_answer
from newsletter.summaries.checks.relevance import SourceText


def paper(title: str, abstract: str) -> Paper:
    return Paper(PaperId("2507.00001"), title, abstract, ("Ada Lovelace",), ("eess.AS",))


SPEECH = paper(
    "Robust Speech Enhancement",
    "Speech enhancement has received wide attention in recent years. We propose RSE, a model that "
    'enhances noisy speech. It reaches 93.68 points on a corpus of K\\"ahler and is fast.',
)
SORTING = paper(
    "Sorting Integers",
    'We sort integers in O(n log log log n) time. Prompts such as "I am bad" are no input.',
)
STOCKS = paper(
    "Hybrid LSTM-GCN for Eurostoxx", "We forecast Eurostoxx stocks with a hybrid LSTM-GCN."
)


def refused(answer: str, language: str, source: Paper = SPEECH) -> list[str]:
    checked = check_answer(answer, source, language, is_complete=True)
    return [] if checked.is_printable else [found.objection for found in checked.objections]


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("zh", "内容涉及敏感信息，无法显示。"),
        ("zh", "该请求触发了内容安全策略，已被拦截。"),
        ("en", "The content cannot be displayed because it violates a usage policy on speech."),
        ("de", "Der Inhalt zur Sprache kann nicht angezeigt werden, da er Richtlinien verletzt."),
        ("fr", "Le contenu ne peut pas être affiché car il enfreint la politique d'utilisation."),
        ("es", "El contenido no se puede mostrar porque infringe la política de uso."),
        ("ja", "この内容はポリシーに違反するため表示できません。"),
    ],
)
def test_what_a_provider_says_when_it_holds_an_answer_back_is_not_printed(
    language: str, answer: str
) -> None:
    assert any("held back" in why for why in refused(answer, language))


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "Speech enhancement has received wide attention in recent years."),
        ("zh", "近年来，语音增强受到广泛关注。"),
        ("de", "In den letzten Jahren hat Speech Enhancement viel Aufmerksamkeit erhalten."),
        ("fr", "Ces dernières années, le rehaussement de la parole a suscité un grand intérêt."),
        ("es", "En los últimos años, la mejora del habla ha recibido mucha atención."),
        ("ja", "近年、音声強調の手法は広く注目されている。"),
    ],
)
def test_what_many_do_of_late_is_not_printed_for_what_the_paper_does(
    language: str, answer: str
) -> None:
    assert any("was there before" in why for why in refused(answer, language))


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("zh", "针对近年来受到关注的语音增强，该论文提出RSE模型。"),
        ("en", "For speech enhancement, popular in recent years, RSE is a new model."),
        ("de", "Für die in den letzten Jahren beliebte Sprachverbesserung schlagen wir RSE vor."),
    ],
)
def test_a_sentence_that_says_what_is_new_may_tell_of_late_years(
    language: str, answer: str
) -> None:
    assert refused(answer, language) == []


@pytest.mark.parametrize(
    "answer",
    [
        "The authors plan to enhance noisy speech with RSE.",
        "RSE enhances noisy speech perfectly.",
        "RSE solves the problem of noisy speech once and for all.",
    ],
)
def test_plans_and_claims_that_the_abstract_does_not_make_are_refused(answer: str) -> None:
    assert refused(answer, "en")


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "The paper proposes a new approach and demonstrates that it works well."),
        ("zh", "本文提出了一种新方法，实验证明有效。"),
        ("de", "Die Autoren schlagen eine neue Methode vor und zeigen ihre Wirksamkeit."),
        ("fr", "Les auteurs proposent une nouvelle méthode et montrent son efficacité."),
        ("es", "Los autores proponen un nuevo método y muestran su eficacia."),
        ("ja", "本論文では新しい手法を提案し、その有効性を示した。"),
    ],
)
def test_what_could_be_said_of_any_paper_is_not_printed(language: str, answer: str) -> None:
    assert "tells nothing that is of this paper" in refused(answer, language)


@pytest.mark.parametrize(
    "answer",
    [
        "Robust speech enhancement",
        "The paper presents Robust Speech Enhancement.",
        "This work is about robust speech enhancement.",
    ],
)
def test_the_title_said_again_is_not_printed(answer: str) -> None:
    assert any("is the title" in why for why in refused(answer, "en"))


def test_a_claim_behind_a_comma_is_left_out() -> None:
    answer = "The model RSE enhances noisy speech, solving the problem completely."
    checked = check_answer(answer, SPEECH, "en")
    assert checked.is_printable
    assert checked.sentence == "The model RSE enhances noisy speech."


def test_the_name_of_another_paper_of_the_day_is_refused() -> None:
    other = SourceText("VoiceCleaner: Cleaning Voices. We clean voices with VoiceCleaner.")
    answer = "We propose VoiceCleaner, a model that enhances noisy speech."
    checked = check_answer(answer, SPEECH, "en", [other])
    assert not checked.is_printable
    assert "names VoiceCleaner, which is another paper of the day" in str(checked.objections)
    assert check_answer(answer.replace("VoiceCleaner", "RSE"), SPEECH, "en", [other]).is_printable


@pytest.mark.parametrize(
    ("language", "source", "sentence"),
    [
        ("zh", STOCKS, "提出LSTM-GCN方法预测Eurostoxx指数。"),
        ("zh", SPEECH, "该论文提出RSE模型，在Kähler语料上达到93.7分。"),
        ("zh", SPEECH, "若语音噪声较小则RSE模型更快，否则速度下降。"),
        ("en", SPEECH, "RSE enhances noisy speech and reaches 93.7 points."),
        ("en", SPEECH, "Speech enhancement must be fast, so RSE is a fast model of noisy speech."),
        ("de", SPEECH, "RSE verbessert verrauschte Sprache bis zu ihren Grenzen."),
        ("en", SORTING, "Integers are sorted in O(n log log log n) time."),
        ("en", SORTING, 'Prompts such as "I am bad" are no input for sorting integers.'),
    ],
)
def test_good_sentences_with_odd_words_are_printed(
    language: str, source: Paper, sentence: str
) -> None:
    assert refused(sentence, language, source) == []
