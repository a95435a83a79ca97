import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.summaries.extractive import quoted, sentences, summarize, trimming
from newsletter.summaries.extractive.sentence_type import SentenceType, sentence_type
from newsletter.summaries.extractive.short_names import is_quotation
from newsletter.text import one_line

ABSTRACTS = Path(__file__).parents[3] / "shared" / "arxiv" / "abstracts.jsonl"
SPEECH = (
    "Speech enhancement is an important problem. However, existing methods are slow. "
    "To address this problem, we propose QuietNet (QN), a small network that removes noise. "
    "Experiments on two datasets show that it outperforms five baselines. "
    "Our code is available at https://example.org/quiet."
)
FRAGMENTS = st.sampled_from(
    [
        *"aZ $.,;:!?()[]{}\\%^_~-'\"\n\t\x00\u2028\ud800\u00e9\u4e2d\u0130\u00df1",
        *("In this paper, ", "we propose ", "To address this problem, ", "(e.g., x) ", " [3]"),
        *("$x. Y$", "$$", "\\(", "\\)", "e.g. ", "et al. ", "Fig. 3. ", "We prove that ", ".. "),
        *(
            "withdrawn ",
            "however, ",
            "1) ",
            "data.Code is ",
            "here we also ",
            "i.e., ",
            "\\cite{a}",
        ),
    ]
)
ABSTRACT = st.one_of(st.text(max_size=300), st.lists(FRAGMENTS, max_size=80).map("".join))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def is_subsequence(shorter: list[str], longer: list[str]) -> bool:
    rest = iter(longer)
    return all(word in rest for word in shorter)


def dollars(text: str) -> int:
    """Those that open or close a formula."""
    return len(re.findall(r"(?<!\\)\$", text))


def test_the_sentence_with_the_contribution_is_quoted_without_its_lead_in() -> None:
    assert summarize("QuietNet: Small Networks for Speech Enhancement", SPEECH) == (
        "We propose QuietNet, a small network that removes noise."
    )


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        (  # other people's results by name are not this paper's
            """Katz and Vafa showed how charged matter arises in compactification. Here we use
            such singularities to deform the whole manifold of a unified model.""",
            "We use such singularities to deform the whole manifold of a unified model.",
        ),
        (  # whatever the limitation is, the way says enough
            """Rooms are noisy. The present paper introduces QuietNet, a network that addresses
            this limitation through two stages: a filter and a mask in frequency.""",
            """The present paper introduces QuietNet, a network that addresses this limitation \
through two stages: a filter and a mask in frequency.""",
        ),
        (  # a long sentence loses what stands between two commas
            """The distribution of the collectivity in the nucleus of niobium, that is one of the
            three nuclides for which data were reported by three groups in recent years, is
            calculated in the framework of the vibration coupling model with two phonons each.""",
            """The distribution of the collectivity in the nucleus of niobium is calculated in \
the framework of the vibration coupling model with two phonons each.""",
        ),
        (  # a system is more than its name
            """Music is long. We introduce Amadeus, a novel symbolic music generation framework.
            Amadeus adopts two levels: a model for notes and a diffusion model for attributes.""",
            """We introduce Amadeus, a novel symbolic music generation framework; Amadeus adopts \
two levels: a model for notes and a diffusion model for attributes.""",
        ),
        (  # whatever is done "in this paper" is no background
            """Boards are dense. Therefore, in this paper, a detector of defects in dense boards is
            improved by attention to tiny targets. Secondly, we integrate a block in the neck.""",
            "A detector of defects in dense boards is improved by attention to tiny targets.",
        ),
        (  # nothing before "the first" says which
            """We try two parsers of speech. In the first, we use a tree of parsers of speech in
            banks. The tree of parsers of speech is shown to be small for calls in banks.""",
            "The tree of parsers of speech is shown to be small for calls in banks.",
        ),
        (  # others' work, also without "that", and what merely resembles it
            """A similar parser of speech in banks has been investigated by Renault, Ramsay and
            Walter. We show that parsers of speech need memory.""",
            "We show that parsers of speech need memory.",
        ),
        (  # what was taken is not what for
            """Purpose: To tell slow from fast speakers by a parser. Methods: Calls of a year were
            kept. Results: We analyzed 451 calls of speech from 299 banks.""",
            "To tell slow from fast speakers by a parser.",
        ),
        (  # a text that is something acts as one that does something
            """This paper is an introduction to parsers of speech, with an emphasis on banks. Some
            elements of analysis are provided.""",
            "This paper is an introduction to parsers of speech, with an emphasis on banks.",
        ),
        (  # a purpose that points back goes where what follows says more
            """Calls conflict. We propose parsers of speech to investigate such conflicts, offering
            the first quantitative analysis of calls in banks.""",
            """We propose parsers of speech, offering the first quantitative analysis of calls in \
banks.""",
        ),
        (  # no list of which only the beginning fits
            """We present Listener, which parses speech in banks with care and with little memory
            in three key ways: (1) it reads one call after the other and keeps all that was said
            in it; (2) it forgets each call that is older than a day and a night; (3) it asks the
            bank if it is unsure of any of the words.""",
            """We present Listener, which parses speech in banks with care and with little \
memory.""",
        ),
        (  # a step is no contribution
            """Rooms are noisy. We present the first study of hiring in networks of small firms.
            Next, we develop a novel framework of hiring that improves networks of firms.""",
            "We present the first study of hiring in networks of small firms.",
        ),
        (  # background loses to whatever is done, also where it has the title's words
            """Machine learning is increasingly applied to telephone calls in banks. Calls are long.
            This systematic review analyzed 226 studies of parsers.""",
            "This systematic review analyzed 226 studies of parsers.",
        ),
        (  # "their" with nothing before it
            """Parsers of speech are popular. We demonstrate their use on speech in banks. We
            compare seven parsers of speech on a year of calls.""",
            "We compare seven parsers of speech on a year of calls.",
        ),
        (  # so general that any paper could say it
            """We show a wide range of properties of parsers of speech. We bound the memory of
            parsers of speech by the length of a call.""",
            "We bound the memory of parsers of speech by the length of a call.",
        ),
        (
            """Parsers of speech have received much attention. This particular notebook trains a
            parser of speech.""",
            "This particular notebook trains a parser of speech.",
        ),
        (  # too long, and cut where a reader would pause
            """To fill the gap, this study introduces a parser of speech that reads calls one second
            after the other and forgets what it has read, which lets every bank keep no more than
            ten seconds of any of its calls in the memory of any of its many machines.""",
            """This study introduces a parser of speech that reads calls one second after the other
            and forgets what it has read.""",
        ),
    ],
)
def test_a_reader_would_rather_have_the_other_sentence(abstract: str, expected: str) -> None:
    assert summarize("Parsers of speech for banks", abstract) == one_line(expected)


@pytest.mark.parametrize("abstract", ["", "   \n ", "...", "$$ $$", "1 2 3", "?!"])
def test_an_abstract_without_words_has_no_summary(abstract: str) -> None:
    assert summarize("A title", abstract) == ""


def test_an_abstract_of_one_sentence_is_quoted_and_gets_its_capital_and_full_stop() -> None:
    assert summarize("Graphs", "let $G$ be a graph; we show it is planar") == (
        "Let $G$ be a graph; we show it is planar."
    )


def test_a_withdrawn_paper_says_so() -> None:
    abstract = (
        "We propose a proof of the conjecture, and show that it implies another one. "
        "This paper has been withdrawn by the author due to a crucial error in Eq. 3."
    )
    assert summarize("A proof of the conjecture", abstract) == (
        "This paper has been withdrawn by the author due to a crucial error in Eq. 3."
    )


def test_a_sentence_that_points_back_yields_to_one_that_stands_alone() -> None:
    abstract = (
        "Sensor networks fail often. This leads to the loss of these data in the field. "
        "We study the failures of sensor networks in forests over ten years. "
        "These results suggest that such networks need better batteries."
    )
    assert summarize("Failures of sensor networks", abstract) == (
        "We study the failures of sensor networks in forests over ten years."
    )


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        (
            "Rational points on cubic surfaces",
            """Let $X$ be a cubic surface. Rational points on surfaces are a classical subject.
            We prove that the rational points on smooth cubic surfaces are dense.
            As an application, further cases are discussed.""",
            "We prove that the rational points on smooth cubic surfaces are dense.",
        ),
        (
            "Variable X-ray emission of a young star",
            """Young stars are known to be variable. Here we report the detection of variable
            X-ray emission from a young star in Orion. The implications are discussed.""",
            "We report the detection of variable X-ray emission from a young star in Orion.",
        ),
        (
            "Gene expression in yeast under stress",
            """How cells respond to stress remains poorly understood. It has attracted attention.
            Here, we show that gene expression in yeast under heat stress follows two programs.""",
            "We show that gene expression in yeast under heat stress follows two programs.",
        ),
        (
            "Minimum wages and employment",
            """Minimum wages are widely debated. This paper estimates the effect of minimum wages
            on employment in border counties. The literature is large.""",
            "This paper estimates the effect of minimum wages on employment in border counties.",
        ),
    ],
)
def test_authors_of_other_fields_are_understood_too(
    title: str, abstract: str, expected: str
) -> None:
    assert summarize(title, abstract) == expected


@pytest.mark.parametrize(
    ("title", "background", "act"),
    [
        (
            "Compressing pulses in plasma",
            "Recently it was shown that plasma can compress pulses of visible light.",
            "We compress pulses of infrared light from nanoseconds to picoseconds.",
        ),
        (
            "Writing systems",
            "Writing systems are replicators whose evolution has never been measured.",
            "We compile a database of three hundred writing systems.",
        ),
        (
            "Real options in practice",
            "In a previous paper we studied real options and how they are priced.",
            "The current paper offers a practical method of valuing real options.",
        ),
        (
            "EIMC: Early Fusion for Perception",
            "Collaborative perception calls for attention to safe driving with early fusion.",
            "EIMC proposes an early fusion for perception.",
        ),
        (
            "Language models and physics",
            "We also employ techniques that improve how language models do physics.",
            "In this paper, we evaluate language models in solving problems of physics.",
        ),
        (
            "Conditional gates",
            "Conditional gates have been demonstrated for flux qubits.",
            "The fidelity of conditional gates is studied for phase qubits.",
        ),
        (
            "Magnetic order in a ladder compound",
            "Compounds with ladders have long been known to order at a low temperature.",
            "The order of a ladder compound has been studied by diffraction on large crystals.",
        ),
        (
            "Segmentation of glands",
            "We reviewed 34 papers that employed an automatic method.",
            "This systematic review evaluates automatic methods of segmentation of glands.",
        ),
        (
            "Robust networks",
            "A recent study revealed that robust networks have uneven gradients.",
            "A new method to train robust networks is described.",
        ),
    ],
)
def test_what_the_paper_does_comes_before_background_others_and_second_thoughts(
    title: str, background: str, act: str
) -> None:
    assert summarize(title, f"{background} {act}") == trimming.trim_sentence(act)


@pytest.mark.parametrize(
    "abstract",
    [
        "We study the fidelity of this type of gate in detail. A gate is built from a qubit.",
        "The second one clarifies a relation to capacity. A gate is built from a qubit.",
        "The last result confirms a recent conjecture on bits. A gate is built from a qubit.",
        "Using an idea of Keynes, it brings the cost to light. A gate is built from a qubit.",
    ],
)
def test_what_leans_on_another_sentence_is_left(abstract: str) -> None:
    assert summarize("", abstract) == "A gate is built from a qubit."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "We demonstrate that the neural linear model is a simple method that wins these tasks.",
            "We demonstrate that the neural linear model is a simple method",
        ),
        (
            "We propose two simple modifications to Winograd networks to exploit this sparsity.",
            "We propose two simple modifications to Winograd networks",
        ),
        (
            "We bound the error of the second scheme in $L^2$, which settles this question.",
            "We bound the error of the second scheme in $L^2$",
        ),
        (
            "This paper introduces Ara, a framework of evaluation designed to fully solve these.",
            "This paper introduces Ara, a framework of evaluation",
        ),
        ("We show that for all models the region of space which explains this is small.",) * 2,
        ("We prove that there is a $C$ such that for any set, where this is big, it holds.",) * 2,
        ("We add a layer to the network and train this layer.",) * 2,
        ("We demonstrate on eight large and public benchmarks that this layer is fast.",) * 2,
        ("Thanks to the low dimension of the factors, these are easily computed.",) * 2,
        ("We compare maps and flows on a torus, where the latter are slow.",) * 2,
        ("We tackle this problem by learning.",) * 2,
    ],
)
def test_a_clause_that_points_back_goes_where_the_rest_says_enough(
    sentence: str, expected: str
) -> None:
    assert trimming.trim_sentence(sentence) == expected


LONG_SENTENCE = (
    "{way}we propose an algorithm for federated learning with stragglers that converges as fast as "
    "a fully synchronous one{aside}."
)


@pytest.mark.parametrize(
    ("title", "way", "aside", "expected"),
    [
        ("Federated learning", "By ideas of coding theory, ", "", ("", "")),
        (
            "Coding theory helps",
            "By ideas of coding theory, ",
            "",
            ("By ideas of coding theory, ", ""),
        ),
        ("Federated learning", "For bounded delays, ", "", ("For bounded delays, ", "")),
        ("Stragglers", "", ", which had been out of reach for a long time in practice", ("", "")),
        ("Stragglers", "", ", which holds only for delays that are bounded in practice", None),
        ("Stragglers", "", ", where $d$ is the number of all delays that are ever met", None),
        ("In practice", "", ", which had been out of reach for a long time in practice", None),
        ("Stragglers", "", ", such as stochastic descent, a few votes and so on", ("", "")),
        ("Stragglers", "", ", such as enough memory and time for all of them to succeed", None),
        ("Stragglers", "", " -- by way of care and patience -- into one plan", None),
    ],
)
def test_a_long_sentence_spares_how_and_by_the_way_but_no_condition_and_no_word_of_the_title(
    title: str, way: str, aside: str, expected: tuple[str, str] | None
) -> None:
    kept_way, kept_aside = (way, aside) if expected is None else expected
    wanted = LONG_SENTENCE.format(way=kept_way, aside=kept_aside)
    summary = summarize(title, LONG_SENTENCE.format(way=way, aside=aside))
    assert summary == trimming.capitalize(wanted)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It holds, e.g. by Smith et al. in Fig. 3. We agree.", 2),
        ("We use 3.5 TeV, cf. Eq. 2, vs. J. Smith resp. Dr. Doe.", 1),
        ("The U.S. economy grew. We say why.", 2),
        ("We study trade in the U.S. The data are new.", 2),
        ("Let $f(x. Y) = 1.$ We go on.", 2),
        ("A set $x. Y$ and \\(a. B\\) is given.", 1),
        ("A \\begin{align*} x. Y \\begin{cases} z. \\end{cases} \\end{align*} holds. So.", 2),
        ("We share datasets.Code is available.", 2),
        ("See arXiv:2101.0001 and https://a.org/b.C for more. Done it is.", 2),
        ("We add: 1. A model. 2. A proof.", 2),
        ("We wait... and see. And so on.", 2),
        ("It works (see above. Truly). So there.", 2),
        ("It costs $5. We pay $10. They gain.", 3),
        ("Is it so? Yes! Good.", 3),
        ("it is small. pFedMe is better.", 2),
        ("Consider vitamin C. We do.", 2),
        ("See i.e. \u201cthis.\u201d Then stop.", 2),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: int) -> None:
    pieces = sentences.split(text)
    assert len(pieces) == expected, pieces
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("In this paper, we propose a map.", "We propose a map."),
        ("In the present work a map is given.", "A map is given."),
        ("To address these issues, we then show how.", "We show how."),
        ("Motivated by these facts, in this letter we also ask why.", "We ask why."),
        ("In this setting, we show a bound.", "In this setting, we show a bound."),
        ("Under these assumptions, we prove it.", "Under these assumptions, we prove it."),
        ("In the paper arXiv:2101.0001 it is said.", "In the paper arXiv:2101.0001 it is said."),
        ("[Abridged] We present a map.", "We present a map."),
        ("Yet another model is made.", "Yet another model is made."),
        ("2) a bound is given.", "A bound is given."),
        ("Results: We find two.", "We find two."),
        ("k-means and p-adic numbers.", "k-means and p-adic numbers."),
        ("We give a map (called M) of it.", "We give a map of it."),
        ("A map (M) and M again.", "A map (M) and M again."),
        ("A (non-)linear f(x) holds.", "A (non-)linear f(x) holds."),
        ("It holds (if $n > 3$).", "It holds (if $n > 3$)."),
        ("Take $O (n)$ steps (about ten).", "Take $O (n)$ steps."),
        ("As in [3] we use (a) one and (b) two [4, 5].", "As in [3] we use (a) one and (b) two."),
        ("We study, in this paper, a map.", "We study a map."),
        ("We study a map (MAP) in this paper.", "We study a map."),
        ("In the paper we study a map.", "We study a map."),
        ("In the original paper, a map is given.", "In the original paper, a map is given."),
        ("To combat these problems we draw MAP, a map.", "We draw MAP, a map."),
        ("Addressing these challenges, we draw a map.", "We draw a map."),
        ("Given these assumptions, we prove it.", "Given these assumptions, we prove it."),
        ("To solve these issues, a new map is drawn.", "A new map is drawn."),
        ("Notably, we draw a map.", "We draw a map."),
        ("We use a map~(MAP) of it.", "We use a map of it."),
    ],
)
def test_only_what_can_be_spared_is_trimmed(sentence: str, expected: str) -> None:
    assert trimming.trim_sentence(sentence) == expected


def test_a_long_sentence_is_cut_after_a_clause_and_shows_that_it_was() -> None:
    sentence = "We list " + "many things that matter, " * 30 + "and stop."
    cut = quoted(sentence)
    assert cut.endswith("that matter\u2026")
    assert len(cut) <= trimming.LONGEST


def test_a_formula_is_never_cut() -> None:
    formula = "$" + "a + b, c" * 30 + "$"
    cut = quoted(f"We show that this long expression, as it stands, {'and ' * 30}{formula} holds.")
    assert cut.endswith("\u2026")
    assert cut.count("$") % 2 == 0


@given(st.text(max_size=40), ABSTRACT)
@example("", "a" * 3000)
@example("", "$" + "x " * 3000 + "$ is it")
@example("", "1) (a) We 2) (b) they")
@settings(max_examples=150, deadline=None)
def test_whatever_the_abstract_the_summary_is_one_bounded_finished_line_of_its_words(
    title: str, abstract: str
) -> None:
    summary = summarize(title, abstract)
    assert len(summary) <= trimming.LONGEST
    assert len(summary.splitlines()) <= 1
    if not summary:
        return
    ending = summary.rstrip("\"'\u2019\u201d)]}$")
    assert ending[-1] in ".!?\u2026"
    assert is_quotation(summary, abstract)


@given(ABSTRACT)
@settings(max_examples=100, deadline=None)
def test_splitting_loses_nothing_but_space(abstract: str) -> None:
    text = one_line(abstract)
    assert "".join(sentences.split(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "piece",
    [
        "$",
        "$ a ",
        "(a) ",
        "( ",
        "\\(",
        ":",
        " -- ",
        ", which ",
        "that this ",
        "We by this ",
        "code ",
        "To this ",
        "[1] ",
        "We a. ",
        "aB.",
        "\\[ $",
    ],
)
def test_hostile_repetition_takes_no_more_than_a_moment(piece: str) -> None:
    begun = time.process_time()
    summarize(piece * 1000, piece * 20_000)
    assert time.process_time() - begun < 2


@pytest.mark.skipif(not ABSTRACTS.exists(), reason="the real abstracts are not here")
@pytest.mark.slow
def test_real_abstracts_of_all_fields_give_clean_sentences() -> None:
    rows = [json.loads(line) for line in ABSTRACTS.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        summary = summarize(row["title"], row["abstract"])
        if words(row["abstract"]):
            assert 8 < len(summary) <= trimming.LONGEST, row["id"]
        assert is_quotation(summary, row["abstract"]), row["id"]
        balanced = dollars(row["abstract"]) % 2 == 0
        assert not balanced or dollars(summary) % 2 == 0, row["id"]


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        (  # with its number
            """Pipelines use automatic speaker verification (ASV) and large language models (LLMs).
            We find that ASV misleads banks and an audit by LLMs does not.""",
            """We find that automatic speaker verification misleads banks and an audit by large \
language models does not.""",
        ),
        (  # used again
            """Most rely on room responses (RRs). We find that RRs of halls misled banks and that
            RRs of cellars did not.""",
            """We find that room responses (RRs) of halls misled banks and that RRs of cellars did \
not.""",
        ),
        (  # no letters of those words, and a name of nothing
            """Most rely on responses of halls (QX). We find that QX and ZZ mislead banks.""",
            "We find that QX and ZZ mislead banks.",
        ),
        (  # the quotation has it in words
            """Voice banks (VBs) are many. We find that voice banks and VBs of halls mislead us.""",
            "We find that voice banks and VBs of halls mislead us.",
        ),
        (  # an article that fits, and a capital at the start only
            """Decision trees (DTs) are many. We find that a DT of halls misleads banks of trees
            and that decision rules do not.""",
            """We find that a decision tree of halls misleads banks of trees and that decision \
rules do not.""",
        ),
    ],
)
def test_a_short_name_that_only_another_sentence_explains_is_spelled_out(
    abstract: str, expected: str
) -> None:
    summary = summarize("Who listens in banks", abstract)
    assert summary == one_line(expected)
    assert is_quotation(summary, abstract)


def test_a_title_that_bears_a_short_name_needs_no_words_for_it() -> None:
    abstract = "Voice banks (VBs) are many. We find that VBs of halls mislead everyone."
    assert summarize("VBs in halls", abstract) == "We find that VBs of halls mislead everyone."


def test_no_quotation_spells_out_what_the_abstract_does_not() -> None:
    abstract = "Voice banks (VBs) are many. We find that VBs mislead."
    assert is_quotation("We find that voice banks mislead.", abstract)
    assert not is_quotation("We find that vocal banks mislead.", abstract)
    assert not is_quotation("We find that voice banks mislead listeners.", abstract)


def test_how_well_a_named_system_does_gives_way_to_what_it_is() -> None:
    abstract = (
        "Banks listen. We propose Listener2, a parser of speech that keeps ten seconds of a call "
        "in memory and forgets everything that came before it unless a clerk asks for it in time. "
        "On the calls of seven banks and on those of eleven airlines in three continents, "
        "Listener2 achieves an error of 3.1 percent and halves the memory of the best parser, "
        "demonstrating strong gains."
    )
    assert summarize("Who listens in banks", abstract).startswith("We propose Listener2, a parser")


def test_what_is_proposed_leads_before_what_is_only_looked_into() -> None:
    abstract = (
        "We study what listening brings to banks in noisy halls of three cities. We propose "
        "CoVoice, an explicit process that generates descriptions of speech between the calls of "
        "one day and keeps them for as long as a clerk wants. CoVoice significantly improves the "
        "performance of small banks on long noisy calls, achieving an error of 3.1 percent and "
        "yielding gains of 2 percent for banks that have listened before."
    )
    assert summarize("Listening helps banks", abstract).startswith(
        "We propose CoVoice, an explicit"
    )


def test_a_result_in_symbols_of_another_sentence_gives_way_to_what_introduces_them() -> None:
    abstract = (
        "Using a theory of soft calls we derive factorization formulae for banks where one voice "
        "comes out of a hall whose noise is measured by the listeners there. Our analysis yields "
        "a function G_i^h(s,z) of the noise and of the share of that one voice in all the others. "
        "We show that G_i^h(s,z) can be computed in terms of calculable coefficients, J_{ij}(s), "
        "integrated against the standard functions D_j^h(x) of voices that halls do not change."
    )
    assert summarize("Who listens in a hall", abstract).startswith("Using a theory of soft calls")


def test_an_acronym_that_the_title_bears_keeps_its_brackets() -> None:
    abstract = (
        "Verifiers are noisy. We introduce Fully Unsupervised Score Ensembling (FUSE), a method."
    )
    kept = "We introduce Fully Unsupervised Score Ensembling (FUSE), a method."
    assert summarize("FUSE: Ensembling Without Labels", abstract) == kept
    assert "(FUSE)" not in summarize("Ensembling Without Labels", abstract)


def test_a_sentence_of_more_than_forty_words_gives_way_to_the_next_best() -> None:
    long = f"We propose QuietNet, a network that removes {', '.join(['noise'] * 60)}."
    short = "QuietNet outperforms five baselines on noisy speech."
    assert summarize("QuietNet", f"{long} {short}") == short
    assert summarize("QuietNet", long).startswith("We propose QuietNet")


@pytest.mark.parametrize(
    ("title", "first", "following", "expected"),
    [
        (
            "Invertibility of symmetric random matrices",
            "We study n by n symmetric random matrices H with iid entries",
            "Here we show that H is singular with probability at most exp(-n^c)",
            "; we show that H is singular with probability at most exp(-n^c).",
        ),
        (
            "WIDGET: An Eyepiece for Displays",
            "We present an eyepiece for displays, WIDGET",
            "WIDGET uses a spherical mask to generate 12 viewpoints in the pupil without lenses",
            "; WIDGET uses a spherical mask to generate 12 viewpoints in the pupil without lenses.",
        ),
        (
            "Music technology for blind people: a review",
            "This paper presents a review of music technology for blind people",
            "Music activities have been shown to be beneficial for many",  # is background
            ".",
        ),
        (
            "Energy of periodic sets",
            "We study the energy of periodic sets",
            "Riemann surfaces are shown to bound it from below",  # might be a name
            ".",
        ),
        (
            "Invertibility of symmetric random matrices",
            "We study n by n symmetric random matrices H with iid entries",
            "Here we study n by n symmetric random matrices H with entries",  # says it again
            ".",
        ),
    ],
)
def test_a_sentence_that_says_little_takes_in_the_one_that_goes_on_from_it(
    title: str, first: str, following: str, expected: str
) -> None:
    assert summarize(title, f"They are bulky. {first}. {following}.") == first + expected


def test_a_clause_that_tells_which_kind_or_by_what_stays() -> None:
    kind = "We identify a class of linkages that move under the same criterion."
    assert quoted(kind) == kind
    means = (
        "We show that the pairing condition inherent in the state naturally leads to several "
        "charged spin textures, all of them clearly labeled by winding numbers of the two fields."
    )
    assert summarize("Spin", means) == means


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("We propose QuietNet, which we show to be fast.", SentenceType.PROPOSES),
        ("Given noisy rooms, this technical report introduces QuietNet.", SentenceType.PROPOSES),
        ("We prove that every planar graph has one.", SentenceType.PROVES),
        ("Our results demonstrate that it holds.", SentenceType.SHOWS),
        ("We have carefully measured the mass of the top quark.", SentenceType.MEASURES),
        ("The structure is investigated by diffraction.", SentenceType.STUDIES),
        ("We present a systematic review of 84 trials.", SentenceType.SURVEYS),
        ("We present a short proof of the conjecture.", SentenceType.PROVES),
        ("We present the first measurement of the cross section.", SentenceType.MEASURES),
        ("This paper presents a search for heavy bosons.", SentenceType.MEASURES),
        ("We present an empirical study of sparse networks.", SentenceType.STUDIES),
        ("We present a proof assistant for the theory of sets.", SentenceType.PROPOSES),
        ("We present a framework for the analysis of proofs.", SentenceType.PROPOSES),
        ("Results on two corpora show that it is robust.", SentenceType.SHOWS),
        ("Our evaluation of six models reveals a marked loss.", SentenceType.FINDS),
        ("We address this gap with a corpus of letters.", SentenceType.STUDIES),
        ("Guided by PRISMA, a systematic review covers 84 trials.", SentenceType.SURVEYS),
        ("The paper proposes a new view of method.", SentenceType.PROPOSES),
        ("QuietNet is a small architecture for hearing aids.", SentenceType.PROPOSES),
        ("QuietNet outperforms five baselines on noisy speech.", SentenceType.SHOWS),
        ("Hearing aids are traditionally evaluated by ear.", None),
        ("QuietNet: a small network.", None),
    ],
)
def test_what_a_sentence_does_is_told_by_its_first_turn_of_phrase(
    sentence: str, kind: SentenceType | None
) -> None:
    assert sentence_type(sentence) is kind


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        (  # a result says more behind what it is the result of, and who found it needs no telling
            """Robots fall. We propose StepNet, a controller for legged robots on ice. Extensive
            experiments on three robots show that StepNet reduces the falls of small machines by 43%
            in winter.""",
            """We propose StepNet, a controller for legged robots on ice; StepNet reduces \
the falls of small machines by 43% in winter.""",
        ),
        (  # a short name stays where the second sentence uses it
            """Robots fall. We propose the Slip Aware Controller (SAC), a controller for legged
            robots on ice. Experiments show that SAC reduces falls of three robots by 43% on
            ice.""",
            """We propose the Slip Aware Controller (SAC), a controller for legged robots on ice; \
SAC reduces falls of three robots by 43% on ice.""",
        ),
        (  # whatever the second thing is, it is said where it can be
            """Robots fall. We propose StepNet to overcome these challenges and improve the gait
            of legged robots on ice by feeling for slips.""",
            """We propose StepNet to improve the gait of legged robots on ice by feeling for \
slips.""",
        ),
        (  # "i.e." is no author
            """Gait control is the task of moving legs (i.e. limbs of robots) in good order. We
            measure how a robot moves its legs on ice.""",
            "We measure how a robot moves its legs on ice.",
        ),
    ],
)
def test_what_is_proposed_goes_before_what_is_said_of_it(abstract: str, expected: str) -> None:
    assert summarize("Legged robots on ice", abstract) == one_line(expected)
