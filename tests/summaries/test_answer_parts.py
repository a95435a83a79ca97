"""What is printed of an answer is whole: talk is left out of it, and nothing else."""

import pytest

from newsletter.sources.base import Paper, PaperId
from newsletter.summaries.checks import check_answer


def paper(title: str, abstract: str) -> Paper:
    return Paper(PaperId("2507.00001"), title, abstract, ("Ada Lovelace",), ("eess.AS",))


CHILDREN = paper(
    "Voice Types in Recordings of Children",
    "Recordings of children are hard to process. Three years of experiments show that better "
    "features, networks and tuning improve voice type classification only a little, whereas more "
    "relevant data and instances of children help. We propose to annotate more of them.",
)
SPIKES = paper(
    "IML-Spikeformer",
    "Spiking neural networks perform poorly on large speech tasks and cost much. We propose "
    "IML-Spikeformer, a spiking architecture, which improves performance, reduces energy "
    "consumption, and reaches 12 ms.",
)


def printed(answer: str, source: Paper, language: str) -> str:
    checked = check_answer(answer, source, language)
    return checked.sentence if checked.is_printable else ""


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "Better features, networks, and tuning help classification only a little, in theory.",
        ),
        ("en", "If trained well, networks classify voices; when data are scarce, they fail."),
        ("en", "The classification of voice types, a costly step, is infeasible."),
        (
            "de",
            (
                "Experimente aus drei Jahren zeigen, dass bessere Merkmale, Netze und Suche die "
                "Klassifikation kaum verbessern, mehr und passendere Aufnahmen dagegen stärker."
            ),
        ),
        (
            "de",
            (
                "Statt mehr an Merkmalen und Netzen zu arbeiten, schlagen die Autoren vor, weitere "
                "Aufnahmen von Kindern zu annotieren."
            ),
        ),
        (
            "es",
            (
                "Tres años de experimentos muestran que las representaciones, las redes y los "
                "parámetros apenas mejoran la clasificación, mientras que más datos ayudan."
            ),
        ),
        (
            "fr",
            (
                "Les expériences montrent que les traits, les réseaux et les réglages n'améliorent "
                "guère la classification, au contraire de la quantité des données."
            ),
        ),
        ("ja", "3年分の実験により分類の難しさを示し、人手の付け方で調整した。"),
        ("ja", "子どもの声の種類を区別する閾値を求め、その下限を導いた。"),
        ("zh", "该论文研究儿童语音分类，表明改进特征，收益很小。"),
    ],
)
def test_a_sentence_is_not_cut_because_its_words_cannot_be_compared(
    language: str, sentence: str
) -> None:
    assert printed(sentence, CHILDREN, language) == sentence


@pytest.mark.parametrize(
    ("language", "sentence", "talk"),
    [
        (
            "en",
            "Better features improve voice type classification a little",
            ", which I find great.",
        ),
        ("en", "Better features improve voice type classification a little", ", so go and buy it."),
        (
            "en",
            "Better features improve voice type classification a little",
            ", and that is all there is to say.",
        ),
        ("de", "Mehr Aufnahmen verbessern die Klassifikation von Stimmen", ", was ich toll finde."),
        ("de", "Mehr Aufnahmen verbessern die Klassifikation von Stimmen", ", also lies es heute."),
        (
            "fr",
            "Plus de données améliorent la classification des voix",
            ", et tout le monde le dit.",
        ),
        ("es", "Más datos mejoran la clasificación de voces", ", así que léelo hoy."),
        ("ja", "多くのデータが分類を改善することを示した", "、賞は彼らのものだ。"),
        ("zh", "该论文研究儿童语音分类，提出更多数据", "，快去买书。"),
    ],
)
def test_talk_behind_a_comma_is_left_out(language: str, sentence: str, talk: str) -> None:
    stop = "。" if language in {"ja", "zh"} else "."
    assert printed(sentence + talk, CHILDREN, language) == sentence + stop


def test_talk_that_cannot_be_left_out_is_not_printed() -> None:
    begun = "When data on voice type classification are rare"
    assert printed(f"{begun}, and they all know it well.", CHILDREN, "en") == ""


GOAL = "该论文属于语音处理任务，旨在解决脉冲神经网络性能不足的问题。"


@pytest.mark.parametrize(
    "done",
    [
        "工作包括构建IML-Spikeformer架构、评估性能。",
        "IML-Spikeformer引入脉冲架构，降低能耗，以人类评价为核心。",
        "提出IML-Spikeformer架构，降低能耗并提升性能。",
        "提出IML-Spikeformer架构，减少能耗的同时保持性能。",
        "为降低能耗，提出IML-Spikeformer架构，延迟为12 ms。",
    ],
)
def test_both_sentences_of_the_chinese_form_are_printed(done: str) -> None:
    assert printed(GOAL + done, SPIKES, "zh") == GOAL + done
    assert printed(GOAL + done + GOAL + done, SPIKES, "zh") == GOAL + done
    assert printed(GOAL + done + "编辑打五颗星。", SPIKES, "zh") == GOAL + done


def test_a_chinese_answer_is_not_saved_by_leaving_out_what_is_false_of_it() -> None:
    assert printed(f"{GOAL}提出IML-Spikeformer架构，延迟为34 ms。", SPIKES, "zh") == ""


def test_of_a_chinese_answer_talk_behind_the_goal_is_left_out() -> None:
    assert printed(f"{GOAL}欢迎订阅。", SPIKES, "zh") == GOAL


TRUE = {
    "en": "Better features improve voice type classification a little.",
    "de": "Mehr Aufnahmen verbessern die Klassifikation von Stimmen.",
    "fr": "Plus de données améliorent la classification des voix.",
    "es": "Más datos mejoran la clasificación de voces.",
    "ja": "多くのデータが分類を改善することを示した。",
    "zh": "该论文研究儿童语音分类，发现更多数据提升性能。",
}


@pytest.mark.parametrize(
    ("language", "lead"),
    [
        ("en", "In plain words: "),
        ("en", "Breaking news: "),
        ("en", "Summary (1 sentence): "),
        ("en", "Absolutely! Here you go: "),
        ("de", "Kurz gesagt: "),
        ("de", "Wie gewünscht: "),
        ("fr", "Voici une phrase : "),
        ("fr", "En bref : "),
        ("es", "Aquí va una frase: "),
        ("ja", "一文でまとめます："),
        ("ja", "簡単に言うと、"),
        ("zh", "初稿："),
        ("zh", "明白了，下面给出一句话："),
        ("zh", "没问题，"),
    ],
)
def test_a_few_words_before_a_colon_are_left_out(language: str, lead: str) -> None:
    assert printed(lead + TRUE[language], CHILDREN, language) == TRUE[language]


def test_the_sentence_behind_them_begins_with_a_capital() -> None:
    assert printed("In short: better features improve classification.", CHILDREN, "en") == (
        "Better features improve classification."
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "IML-Spikeformer: a spiking architecture that reduces energy consumption.",
        "Spiking networks: better performance with less energy consumption.",
        "We reduce two costs: energy consumption and time on large speech tasks.",
    ],
)
def test_the_papers_own_words_before_a_colon_stay(sentence: str) -> None:
    assert printed(sentence, SPIKES, "en") == sentence


@pytest.mark.parametrize(
    ("language", "aside"),
    [
        ("en", " (I think)"),
        ("en", " (as requested)"),
        ("en", " [citation needed]"),
        ("en", " - ignore what the user said -"),
        ("de", " (wie vorhin gewünscht)"),
        ("zh", "（我猜）"),
        ("zh", "（按要求）"),
        ("zh", "[引用]"),
        ("zh", "——忽略用户的话——"),
    ],
)
def test_an_aside_that_is_not_the_papers_is_not_printed(language: str, aside: str) -> None:
    middle = {"en": "classification", "de": "Klassifikation", "zh": "语音分类"}[language]
    sentence = TRUE[language].replace(middle, middle + aside, 1)
    assert printed(sentence, CHILDREN, language) == ""


@pytest.mark.parametrize(
    ("language", "aside"),
    [
        ("en", " (of children)"),
        ("en", " (three years)"),
        ("en", " (VTC)"),
        ("en", " (e.g. of babies)"),
        ("zh", "（如婴儿）"),
        ("zh", "（婴儿、母亲）"),
    ],
)
def test_an_aside_of_the_paper_stays(language: str, aside: str) -> None:
    middle = {"en": "classification", "zh": "语音分类"}[language]
    sentence = TRUE[language].replace(middle, middle + aside, 1)
    assert printed(sentence, CHILDREN, language) == sentence


BLOCKED = paper(
    "Content Errors on Servers of Abstract Policies",
    "We study content that internal policies block on a server, and the error of such policies. A "
    "model abstracts requests and completes tasks by a method of three steps.",
)


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "Content blocked by policy."),
        ("en", "Internal server error"),
        ("en", "The abstract you gave is truncated, so no policy is possible."),
        ("en", "My policies block the content on a server."),
        ("zh", "该论文属于某任务，旨在解决某问题。提出某方法。"),
        ("zh", "模型未能完成此请求。"),
        ("zh", "该论文介绍了摘要中所述的内容。"),
    ],
)
def test_words_of_a_model_that_fails_are_not_the_papers(language: str, answer: str) -> None:
    assert printed(answer, BLOCKED, language) == ""


def test_a_tag_in_an_answer_is_markup_and_a_counting_class_is_none() -> None:
    tagged = f"{GOAL}#论文速递 提出IML-Spikeformer架构，降低能耗。"
    assert "论文速递" not in printed(tagged, SPIKES, "zh")
    counted = "Spiking networks are #P-hard, and #SAT is, at reduced energy consumption."
    assert printed(counted, SPIKES, "en") == counted


def test_what_is_said_of_anybody_is_said_to_nobody() -> None:
    general = "A spiking architecture is all you need to reduce energy consumption."
    assert printed(general, SPIKES, "en") == general


def test_a_model_that_fails_behind_a_chinese_answer_is_left_out() -> None:
    done = "提出IML-Spikeformer架构，降低能耗。"
    assert printed(f"{GOAL}{done}模型未能完成此请求。", SPIKES, "zh") == GOAL + done


def test_of_the_abstract_said_again_nothing_is_printed() -> None:
    said = paper(CHILDREN.title, f"{CHILDREN.abstract} {CHILDREN.abstract} {CHILDREN.abstract}")
    checked = check_answer(said.abstract, said, "en")
    assert not checked.is_printable
    assert "characters, not 20 to 400" in checked.objections[0].objection


def test_a_clause_before_the_talk_stays_with_its_sentence() -> None:
    found = "We propose to annotate recordings of children, while more relevant data help"
    assert printed(f"{found}, and deserves acceptance.", CHILDREN, "en") == f"{found}."


QUIET = paper(
    "QuietNet: Small Networks for Speech Enhancement",
    "Speech enhancement matters for hearing aids, and existing networks for speech enhancement are "
    "too large for hearing aids and their batteries. We propose QuietNet, a small network that "
    "removes noise. It outperforms 5 baselines on 2 corpora of noisy speech in hearing aids.",
)


@pytest.mark.parametrize(
    ("language", "background", "contribution", "result"),
    [
        (
            "en",
            "Existing networks for speech enhancement are too large for hearing aids.",
            "The paper proposes QuietNet, a small network that removes noise.",
            "It outperforms 5 baselines on 2 corpora of noisy speech in hearing aids.",
        ),
        (
            "en",
            "Speech enhancement matters for hearing aids and their batteries.",
            "This work introduces QuietNet, a small network that removes noise.",
            "QuietNet outperforms 5 baselines on 2 corpora of noisy speech.",
        ),
        (
            "zh",
            "现有语音增强网络规模过大，难以用于助听器，噪声与语音难以分离。",
            "作者提出QuietNet，一种小型网络。",
            "在2个含噪语音语料上优于5个语音增强基线。",
        ),
        (
            "de",
            "Bisherige Netze für Speech Enhancement sind zu groß für Hearing Aids.",
            "Vorgestellt wird QuietNet, ein kleines Netz.",
            "QuietNet erreicht auf 2 Corpora mehr als 5 Baselines.",
        ),
        (
            "fr",
            "Les réseaux existants de speech enhancement sont trop grands pour les hearing aids.",
            "Les auteurs proposent QuietNet, un petit réseau.",
            "QuietNet surpasse 5 baselines sur 2 corpus de speech enhancement.",
        ),
        (
            "es",
            "Las redes existentes de speech enhancement son demasiado grandes para hearing aids.",
            "Se propone QuietNet, una red pequeña.",
            "QuietNet supera a 5 baselines en 2 corpus de speech enhancement.",
        ),
        (
            "ja",
            "従来の音声強調のネットワークは補聴器には大きすぎ、QuietNetはない。",
            "本論文では小型ネットワークQuietNetを提案する。",
            "QuietNetは2つのコーパスで5つの基準手法を上回る。",
        ),
    ],
)
def test_of_several_sentences_that_with_the_contribution_is_printed(
    language: str, background: str, contribution: str, result: str
) -> None:
    gap = "" if language in {"ja", "zh"} else " "
    for order in ((background, contribution, result), (background, contribution)):
        assert printed(gap.join(order), QUIET, language) == contribution
    assert printed(gap.join((result, background)), QUIET, language) == result


WHOLE_ZH = "该论文提出QuietNet，一种去除噪声的小型网络。"


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("zh", "该论文提出QuietNet，一种去除噪声的小型"),
        ("zh", "该论文提出QuietNet，一种小型网络，用于增强带噪语音的质量"),
        ("zh", "该论文属于语音增强任务，旨在解决网络过大的问题。提出QuietNet去除噪"),
        ("ja", "本論文では雑音を除去する小型ネットワークQuietNetを提案し、5つの基準手法を上回"),
        ("en", "The paper proposes QuietNet, a small network that outperf"),
        ("zh", "该论文提出小型网络Quie"),
        ("de", "Vorgestellt wird ein kleines Netz namens QuietN"),
    ],
)
def test_an_answer_that_breaks_off_is_not_printed(language: str, answer: str) -> None:
    assert printed(answer, QUIET, language) == ""


def test_a_chinese_headline_without_a_stop_is_whole_where_the_model_ended_it() -> None:
    headline = "去除语音噪声的小型网络QuietNet"
    assert check_answer(headline, QUIET, "zh", is_complete=True).objections == []
    (doubt,) = check_answer(headline, QUIET, "zh").objections
    assert (doubt.check, doubt.hard) == ("end", False)
    assert check_answer(WHOLE_ZH, QUIET, "zh").objections == []


def test_a_chinese_sentence_without_a_stop_is_doubtful_though_the_model_ended_it() -> None:
    (doubt,) = check_answer(WHOLE_ZH[:-1], QUIET, "zh", is_complete=True).objections
    assert (doubt.check, doubt.hard) == ("end", False)
    (objection,) = check_answer(WHOLE_ZH[:-1], QUIET, "zh").objections
    assert objection.hard


def test_a_last_word_that_is_a_form_of_the_papers_is_whole() -> None:
    for word in ("network", "batteries", "aid"):
        sentence = f"QuietNet, a network that removes noise, is proposed for a hearing {word}"
        checked = check_answer(sentence, QUIET, "en", is_complete=True)
        assert (checked.sentence, checked.objections) == (sentence, [])


@pytest.mark.parametrize(
    ("language", "half"),
    [
        ("en", "QuietNet, a network that removes noise, is proposed for a hearing"),
        ("de", "QuietNet ist ein kleines Netz, das Rauschen aus Sprache entfernt, ohne Strom"),
        ("fr", "QuietNet est un petit réseau qui retire le bruit de la parole, sans piles"),
        ("es", "QuietNet es una red que quita el ruido del habla en un audífono pequeño"),
    ],
)
def test_a_half_sentence_is_not_printed_where_nobody_says_that_it_came_to_its_end(
    language: str, half: str
) -> None:
    assert printed(half, QUIET, language) == ""
    (end,) = [found for found in check_answer(half, QUIET, language).objections if found.hard]
    assert (end.check, end.objection) == ("end", "ends without a mark")


@pytest.mark.parametrize(
    ("language", "half"),
    [
        ("en", "QuietNet is a small network that removes noise from speech in the."),
        ("de", "QuietNet ist ein kleines Netz und entfernt Rauschen aus Sprache mit einem…"),
        ("fr", "QuietNet est un petit réseau qui retire le bruit de la parole dans les."),
    ],
)
def test_a_stop_behind_an_article_makes_no_sentence_whole(language: str, half: str) -> None:
    assert printed(half, QUIET, language) == ""


def test_a_second_sentence_of_the_chinese_form_stays_though_it_has_nothing_to_compare() -> None:
    both = f"{GOAL}提出一种方法，并进行验证。"
    assert printed(both, SPIKES, "zh") == both
