"""What a summarizer must hold to; ours do, and whoever does not harms nobody."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter import bootstrap
from newsletter.config import Settings, SummarizerSettings
from newsletter.errors import WrongUseError
from newsletter.sources.base import Paper
from newsletter.summaries import contract
from newsletter.summaries.base import Draft, Summarizer, SummaryError, Tokens
from newsletter.summaries.extractive_summarizer import ExtractiveSummarizer
from newsletter.summaries.language_model.openai_compatible import OpenAICompatible
from newsletter.summaries.safe_summarizer import SafeSummarizer
from tests.conftest import Cli
from tests.summaries.endpoint_standin import ModelStandIn, completion, in_turn

GOOD = completion("QuietNet is a small network that removes noise from speech.")
DISTRIBUTION = "newsletter_stranger-1.0.dist-info"


@pytest.fixture(params=["embedded", "openai", "guarded"])
def ours(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Summarizer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ModelStandIn(in_turn(GOOD)) as model:
        if request.param == "embedded":
            yield ExtractiveSummarizer()
        elif request.param == "openai":
            yield OpenAICompatible(SummarizerSettings(base_url=model.url, model="tiny"))
        else:
            yield SafeSummarizer(Careless())


@pytest.mark.parametrize("rule", contract.RULES, ids=lambda rule: rule.__name__)
def test_ours_hold_the_contract(ours: Summarizer, rule: contract.Rule) -> None:
    rule(ours)


class Careless(Summarizer):
    """A summarizer that gets everything wrong that it can."""

    name = "careless\nand long" * 20
    concurrency = 1000
    quotes = False

    def fingerprint(self, language: str) -> str:
        raise KeyError(language)

    def expected(self, paper: Paper, language: str) -> Tokens:
        return f"{paper}{language}"  # type: ignore[return-value]

    def summarize(self, paper: Paper, language: str, hint: str = "") -> Draft:
        del paper, hint
        if language == "zh":
            raise ZeroDivisionError("two\nlines")
        return "a bare string"  # type: ignore[return-value]

    def close(self) -> None:
        raise OSError("already closed")


BROKEN: tuple[contract.Rule, ...] = (
    contract.it_has_a_name,
    contract.it_says_how_many_it_bears,
    contract.its_fingerprint_is_steady,
    contract.it_says_what_it_expects,
    contract.it_answers_or_says_why_not,
    contract.it_answers_from_several_threads,
    contract.it_can_be_closed_twice,
)


@pytest.mark.parametrize("rule", BROKEN, ids=lambda rule: rule.__name__)
def test_the_contract_finds_what_is_wrong(rule: contract.Rule) -> None:
    with pytest.raises((AssertionError, KeyError, OSError)):
        rule(Careless())


def test_the_whole_contract_is_one_call() -> None:
    contract.check_contract(ExtractiveSummarizer())
    with pytest.raises(AssertionError, match="name"):
        contract.check_contract(Careless())


def test_a_guarded_stranger_is_a_line_about_its_paper() -> None:
    guarded = SafeSummarizer(Careless())
    with pytest.raises(SummaryError, match="it gave str where Draft belongs"):
        guarded.summarize(contract.PAPERS[0], "en")
    with pytest.raises(SummaryError, match="ZeroDivisionError: two lines"):
        guarded.summarize(contract.PAPERS[0], "zh")


class Garbled(Careless):
    """Says what can neither be kept nor sent."""

    name = "garbled"
    concurrency = 1

    def fingerprint(self, language: str) -> str:
        return f"\ud800{language}"

    def expected(self, paper: Paper, language: str) -> Tokens:
        del paper, language
        return Tokens()

    def summarize(self, paper: Paper, language: str, hint: str = "") -> Draft:
        del hint, language
        if paper.id.arxiv_id.endswith("1"):
            raise SummaryError("garbled: half \ud800 a character")
        return Draft("\ud800\x00" * 30, self_reported_problem="\udfff")


@pytest.fixture
def stranger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Iterator[Settings]:
    """An installed package with summarizers of its own."""
    site = tmp_path / "site"
    (site / DISTRIBUTION).mkdir(parents=True)
    (site / DISTRIBUTION / "METADATA").write_text("Name: newsletter-stranger\nVersion: 1.0\n")
    (site / DISTRIBUTION / "entry_points.txt").write_text(
        "[newsletter.summarizers]\n"
        "careless = stranger:careless\n"
        "garbled = stranger:garbled\n"
        "unbuildable = stranger:unbuildable\n"
        "gone = stranger_of_old:factory\n"
        "picky = stranger:picky\n"
    )
    (site / "stranger.py").write_text(
        "from newsletter.errors import WrongUseError\n"
        "from tests.summaries.test_contract import Careless, Garbled\n"
        "def garbled(settings): return Garbled()\n"
        "def careless(settings): return Careless()\n"
        "def unbuildable(settings): return 1 / 0\n"
        "def picky(settings): raise WrongUseError('summarizer.options.colour is missing')\n"
    )
    monkeypatch.syspath_prepend(str(site))
    yield settings
    sys.modules.pop("stranger", None)


@pytest.mark.usefixtures("readers")
@pytest.mark.parametrize("name", ["careless", "garbled", "unbuildable", "gone"])
@pytest.mark.slow
def test_a_strangers_faults_do_not_stop_the_day(
    cli: Cli, stranger: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("NEWSLETTER_SUMMARIZER__USE", name)
    said = cli("run")
    assert said.code == 1  # nothing usable came of it
    assert "12 subscribers = 12 sent" in said.out
    assert "11 authors' words" in said.out
    assert name in said.err
    assert stranger.folder.exists()


def test_a_wrong_setting_of_a_stranger_is_told_like_one_of_ours(
    stranger: Settings, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    monkeypatch.setenv("NEWSLETTER_SUMMARIZER__USE", "picky")
    said = cli("run")
    assert said.code == 2
    assert "summarizer.options.colour is missing" in said.err
    wrong = stranger.summarizer.model_copy(update={"use": "picki"})
    mistyped = stranger.model_copy(update={"summarizer": wrong})
    with pytest.raises(WrongUseError, match="did you mean 'picky'"):
        bootstrap.load_summarizer(mistyped)
