"""A day's sentences: each kept as it comes, none asked for twice, none missing."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select

from newsletter.bootstrap import summarizer_type
from newsletter.config import Settings, SummarizerSettings
from newsletter.database import db, schema
from newsletter.database.db import Database
from newsletter.models import AnswerCountRow, SummaryFailure, SummaryFailureRow, SummaryRow
from newsletter.sources.base import Paper, PaperId
from newsletter.summaries import extractive_summarizer, model_outage, store
from newsletter.summaries.base import (
    AUTHORS,
    Draft,
    OutOfServiceError,
    RefusedError,
    Sentence,
    Summarizer,
    SummaryError,
    Tokens,
)
from newsletter.summaries.llm_budget import LlmBudget, Prices
from newsletter.summaries.store import Author
from newsletter.summaries.summarize_papers import SummaryRequest, summarize_missing
from newsletter.summaries.summary_report import SummaryReport

NOW = datetime(2025, 7, 11, 6, 30, tzinfo=UTC)
COST = Tokens(90, 10)


def paper(number: int) -> Paper:
    return Paper(
        id=PaperId(f"2507.{number:05}"),
        title=f"Paper {number}",
        abstract=f"Much was done before. We propose method {number} for speech.",
        authors=("Ada Lovelace",),
        categories=("cs.SD",),
    )


PAPERS = [paper(number) for number in range(8)]
INVENTED = "We propose a method for speech that is 99 times faster."


def said(about: Paper) -> str:
    return f"This is method {int(about.id.arxiv_id[-5:])} for speech by a model."


def nothing() -> None:
    """Happen to a summarizer that is asked."""


@dataclass
class Model(Summarizer):
    """A summarizer that fails for the papers it is told to fail for."""

    failing: set[int] = field(default_factory=set)
    name: str = "model"
    concurrency: int = 1
    quotes: bool = False
    asked: list[PaperId] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    before_each: Callable[[], object] = nothing
    prompt: str = "first"
    texts: dict[int, list[str]] = field(default_factory=dict)  # instead of good ones, in turn
    error: Exception = field(default_factory=lambda: SummaryError("the model is out"))

    def fingerprint(self, language: str) -> str:
        return f"{self.prompt} {language}"

    def expected(self, paper: Paper, language: str) -> Tokens:
        del paper, language
        return COST

    def summarize(self, paper: Paper, language: str, hint: str = "") -> Draft:
        del language
        self.asked.append(paper.id)
        self.hints.append(hint)
        self.before_each()
        number = int(paper.id.arxiv_id[-5:])
        if number in self.failing:
            raise self.error
        texts = self.texts.get(number)
        return Draft(texts.pop(0) if texts else said(paper), COST)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = db.connect("sqlite:///papers.db", tmp_path)
    schema.upgrade(opened)
    yield opened
    opened.dispose()


def make(
    database: Database,
    model: Summarizer,
    papers: list[Paper] = PAPERS,
    budget: LlmBudget | None = None,
    *,
    again: bool = False,
    language: str = "en",
) -> SummaryReport:
    asking = SummaryRequest(model, language, budget or LlmBudget(), again)
    return summarize_missing(database.write, asking, papers, NOW, nothing)


def counted(made: SummaryReport) -> tuple[int, int, int, int]:
    return made.made, made.reused, len(made.failed), len(made.rejected)


def printed(database: Database, preferred: str = "model", prompt: str = "first") -> list[Sentence]:
    """The sentences as an issue would take them."""
    author = Author(preferred, f"{prompt} en", "en")
    with database.read() as session:
        found = store.best_summaries(session, [each.id for each in PAPERS], author)
    return [found[each.id] for each in PAPERS if each.id in found]


def setbacks(database: Database) -> list[tuple[str, int, str]]:
    with database.read() as session:
        rows = session.scalars(
            select(SummaryFailureRow).order_by(SummaryFailureRow.arxiv_id, SummaryFailureRow.number)
        )
        return [(row.kind, row.number, row.reason) for row in rows]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_every_paper_gets_a_sentence_that_is_kept(database: Database, concurrency: int) -> None:
    made = make(database, Model(concurrency=concurrency))
    assert counted(made) == (8, 0, 0, 0)
    assert made.spent == made.expected == Tokens(8 * 90, 8 * 10)
    assert printed(database) == [Sentence(said(each), "en", "model") for each in PAPERS]


def test_nothing_is_asked_twice(database: Database) -> None:
    make(database, Model(), PAPERS[:5])
    again = Model()
    assert counted(make(database, again, [*PAPERS, PAPERS[7]])) == (3, 5, 0, 0)
    assert again.asked == [each.id for each in PAPERS[5:]]
    assert counted(make(database, again)) == (0, 8, 0, 0)
    assert len(again.asked) == 3


def test_where_the_model_fails_the_authors_own_words_stand_in(database: Database) -> None:
    made = make(database, Model(failing={2, 5}))
    assert counted(made) == (6, 0, 2, 0)
    assert made.failed == {PAPERS[n].id: "the model is out" for n in (2, 5)}
    assert printed(database)[2] == extractive_summarizer.sentence(PAPERS[2])
    assert [each.made_by for each in printed(database)].count(AUTHORS) == 2
    assert setbacks(database) == [("failed", 0, "the model is out")] * 2


def test_the_next_run_asks_again_only_for_what_failed(database: Database) -> None:
    make(database, Model(failing={2, 5}))
    healed = Model()
    assert counted(make(database, healed)) == (2, 6, 0, 0)
    assert healed.asked == [PAPERS[2].id, PAPERS[5].id]
    assert {each.made_by for each in printed(database)} == {"model"}
    assert setbacks(database) == []


def test_a_bad_answer_is_followed_by_one_more_that_knows_what_was_wrong(
    database: Database,
) -> None:
    model = Model(texts={3: [INVENTED]})
    assert counted(make(database, model)) == (8, 0, 0, 0)
    assert len(model.asked) == 9
    (hint,) = filter(None, model.hints)
    assert "99" in hint
    assert printed(database)[3].text == said(PAPERS[3])
    assert setbacks(database) == [("rejected", 1, hint)]


def test_two_bad_answers_settle_it_and_the_authors_words_stand(database: Database) -> None:
    made = make(database, Model(texts={3: [INVENTED, INVENTED, said(PAPERS[3])]}))
    assert counted(made) == (7, 0, 0, 1)
    assert "99" in made.rejected[PAPERS[3].id]
    assert made.spent == Tokens(9 * 90, 9 * 10)
    assert printed(database)[3] == extractive_summarizer.sentence(PAPERS[3])
    unasked = Model()
    made = make(database, unasked)
    assert (counted(made), made.settled) == ((0, 7, 0, 0), 1)
    assert unasked.asked == []


def test_who_insists_is_given_one_more_answer(database: Database) -> None:
    make(database, Model(texts={3: [INVENTED] * 3}))
    model = Model(texts={3: [INVENTED]})
    assert counted(make(database, model, again=True)) == (0, 7, 0, 1)
    assert counted(make(database, model, again=True)) == (1, 7, 0, 0)
    assert model.asked == [PAPERS[3].id] * 2
    assert [number for _, number, _ in setbacks(database)] == [1, 2, 3]
    assert printed(database)[3].text == said(PAPERS[3])


def test_an_answer_before_a_failure_is_not_paid_for_again(database: Database) -> None:
    model = Model(texts={3: [INVENTED]})
    asked = model.asked
    model.before_each = lambda: model.failing.add(3) if asked.count(PAPERS[3].id) == 2 else None
    assert counted(make(database, model)) == (7, 0, 1, 0)
    assert [kind for kind, _, _ in setbacks(database)] == ["failed", "rejected"]
    second = Model()
    assert counted(make(database, second)) == (1, 7, 0, 0)
    assert "99" in second.hints[0]


def test_a_refusal_is_about_the_paper_and_final(database: Database) -> None:
    model = Model(failing={1, 2, 3, 4}, error=RefusedError("Content Exists Risk"))
    assert counted(make(database, model)) == (4, 0, 0, 4)
    made = make(database, Model())
    assert (counted(made), made.settled) == ((0, 4, 0, 0), 4)
    assert {kind for kind, _, _ in setbacks(database)} == {SummaryFailure.REFUSED}


def test_a_model_that_serves_nobody_is_asked_once(database: Database) -> None:
    model = Model(failing=set(range(8)), error=OutOfServiceError("HTTP 401: no such key"))
    made = make(database, model)
    assert counted(made) == (0, 0, 8, 0)
    assert len(model.asked) == 1
    assert "was not asked any more: HTTP 401" in made.failed[PAPERS[7].id]


def test_a_model_without_answers_is_given_up_after_three_papers(database: Database) -> None:
    model = Model(failing=set(range(8)))
    assert counted(make(database, model)) == (0, 0, 8, 0)
    assert len(model.asked) == 3


def test_a_model_that_answers_now_and_then_is_not_given_up(database: Database) -> None:
    assert counted(make(database, Model(failing={0, 1, 3, 4, 6, 7}))) == (2, 0, 6, 0)


def test_ten_unusable_answers_in_a_row_for_one_reason_end_the_asking(database: Database) -> None:
    papers = [paper(number) for number in range(12)]
    texts: dict[int, list[str]] = {number: ["", ""] for number in range(12)}
    texts[2] = ["", said(papers[2])]  # begins the count anew
    made = make(database, model := Model(texts=texts), papers)
    assert len(model.asked) == 6 + 10
    assert counted(made) == (1, 0, 4, 7)
    assert "look at summarizer.options" in made.nothing_usable  # of twelve papers one has its own
    assert "10 answers in a row could not be used (empty or cut off)" in made.failed[papers[8].id]
    assert "look at summarizer.options" in made.failed[papers[8].id]
    with database.read() as session:
        rows = session.scalars(select(AnswerCountRow).order_by(AnswerCountRow.outcome)).all()
        told = [(row.outcome, row.answers, row.tokens_asked, row.tokens_answered) for row in rows]
    assert told == [("empty or cut off", 15, 15 * 90, 15 * 10), ("printed", 1, 90, 10)]


def test_ten_answers_that_fail_for_one_reason_among_others_end_the_asking(
    database: Database,
) -> None:
    papers = [paper(number) for number in range(12)]
    same = "This is a way for speech that is nicely told by something."  # few words shared
    texts = {number: [INVENTED if number % 2 else same] * 2 for number in range(12)}
    made = make(database, model := Model(texts=texts), papers)
    stopped = made.failed[papers[11].id]
    assert "10 answers in a row could not be used (its own); look at summarizer.model" in stopped
    assert len(model.asked) == 4 + 10
    with database.read() as session:
        rows = session.scalars(select(AnswerCountRow).order_by(AnswerCountRow.outcome)).all()
    counted_by = {row.outcome: row.answers for row in rows}
    assert counted_by == {"its own": 6, "numbers": 6, "printed": 1, "words": 1}


def test_twenty_unusable_answers_in_a_row_for_changing_reasons_end_the_asking(
    database: Database,
) -> None:
    papers = [paper(number) for number in range(12)]
    texts = {number: ["", INVENTED] for number in range(12)}
    made = make(database, model := Model(texts=texts), papers)
    assert len(model.asked) == 20
    assert counted(made) == (0, 0, 2, 10)
    assert "20 answers in a row could not be used (empty or cut off, numbers); look at" in (
        made.nothing_usable
    )
    few = make(database, Model(name="other", texts={0: ["", ""]}), papers[:1])
    assert few.nothing_usable.startswith("is empty; look at summarizer.options")


def test_a_model_whose_second_answers_serve_goes_on_however_many_are_asked_for_at_once(
    database: Database,
) -> None:
    papers = [paper(number) for number in range(12)]
    firsts = threading.Barrier(12)  # all first answers are there before any second
    model = Model(texts={number: ["", said(papers[number])] for number in range(12)})
    model.concurrency = 12
    model.before_each = lambda: firsts.wait(30) if len(model.asked) <= 12 else None
    assert counted(make(database, model, papers)) == (12, 0, 0, 0)


def test_a_language_that_a_model_does_not_write_leaves_the_others_their_sentences(
    database: Database,
) -> None:
    papers, budget = [paper(number) for number in range(12)], LlmBudget()
    german = make(database, Model(), papers, budget, language="de")
    assert "(language); look at summarizer.prompt" in german.nothing_usable
    assert counted(make(database, Model(), papers, budget)) == (12, 0, 0, 0)


def test_a_model_of_which_nothing_can_be_used_is_told_until_something_is_kept(
    database: Database, settings: Settings
) -> None:
    dead = Model(failing=set(range(8)))
    assert make(database, dead).nothing_usable == "model was not asked any more: the model is out"
    asks = settings.model_copy(update={"summarizer": SummarizerSettings(use="openai", model="m")})
    (told,) = model_outage.check(database, lambda: summarizer_type(asks))
    assert (told.level, "the model is out" in told.text) == ("trouble", True)
    assert not [*model_outage.check(database, lambda: summarizer_type(settings))], (
        "no model is asked any more"
    )
    assert make(database, Model(failing={1, 2, 3})).nothing_usable == ""
    assert not [*model_outage.check(database, lambda: summarizer_type(asks))]
    assert make(database, Model(failing={1, 2, 3})).nothing_usable == ""
    with database.read() as session:
        assert session.get_one(AnswerCountRow, ("model", "failed")).answers == 3 + 3 + 3


def test_answers_that_are_printed_in_part_are_no_reason_why_a_model_is_of_no_use(
    database: Database, settings: Settings
) -> None:
    papers = [paper(number) for number in range(16)]
    texts = {
        number: [f"{said(papers[number])} Bread is baked at home."]
        if number % 3 == 0
        else [said(papers[number]).replace(" ", f" {number}77 ", 1)] * 2
        for number in range(16)
    }
    made = make(database, Model(texts=texts), papers)
    assert counted(made)[0] == 6
    asks = settings.model_copy(update={"summarizer": SummarizerSettings(use="openai", model="m")})
    (told,) = model_outage.check(database, lambda: summarizer_type(asks))
    assert "bears the number" in told.text


@pytest.mark.parametrize(
    "error", [KeyError("x"), RecursionError("y"), SystemExit(3), MemoryError(), StopIteration()]
)
def test_whatever_a_summarizer_raises_is_a_line_about_its_paper(
    database: Database, error: BaseException
) -> None:
    def stumble() -> None:
        raise error

    made = make(database, Model(before_each=stumble), PAPERS[:2])
    assert counted(made) == (0, 0, 2, 0)
    assert all(type(error).__name__ in reason for reason in made.failed.values())
    assert [each.made_by for each in printed(database)] == [AUTHORS] * 2


def test_who_hangs_for_ever_is_left_behind_at_the_deadline(database: Database) -> None:
    forever = threading.Event()
    model = Model(before_each=forever.wait, concurrency=2)
    made = make(database, model, budget=LlmBudget(seconds=0.2))
    assert counted(made) == (0, 0, 8, 0)
    assert set(made.failed.values()) == {
        "model did not answer within the run's 0.2 s (summarizer.deadline_s)"
    }
    assert [each.made_by for each in printed(database)] == [AUTHORS] * 8
    forever.set()


def test_the_deadline_is_one_for_all_newsletters_of_a_run(database: Database) -> None:
    budget = LlmBudget(seconds=0.2)
    forever = threading.Event()
    make(database, Model(before_each=forever.wait), PAPERS[:1], budget)
    second = Model()
    assert counted(make(database, second, PAPERS[1:], budget)) == (0, 0, 7, 0)
    assert second.asked == []
    forever.set()


def test_no_more_tokens_are_spent_than_a_run_may(database: Database) -> None:
    model = Model(concurrency=4)
    made = make(database, model, budget=LlmBudget(most_tokens=300))
    assert counted(made) == (3, 0, 5, 0)
    assert made.spent.all == 300
    assert "300 tokens are used up (summarizer.cap_tokens)" in made.failed[PAPERS[7].id]


def test_no_more_money_is_spent_than_a_run_may(database: Database) -> None:
    prices = Prices(asked=1000.0, answered=2000.0, currency="EUR")  # 0.11 EUR a paper
    made = make(database, Model(), budget=LlmBudget(most_cost=0.25, prices=prices))
    assert counted(made) == (2, 0, 6, 0)
    assert prices.describe(made.spent) == "200 tokens, 0.2200 EUR"
    assert "0.25 EUR are used up (summarizer.cap_cost)" in made.failed[PAPERS[7].id]


def test_a_worker_that_lives_long_has_the_whole_time_for_each_run() -> None:
    seconds = [0.0]
    budget = LlmBudget(seconds=900, clock=lambda: seconds[-1])
    with budget.asking():
        seconds.append(1000.0)
    budget.give_up("away")
    assert (budget.left_s(), budget.of_another_run().left_s()) == (0, 900)
    assert budget.of_another_run().reserve(COST) == ""


def test_what_an_answer_cost_is_kept_with_it(database: Database) -> None:
    make(database, Model(texts={3: [INVENTED]}))
    with database.read() as session:
        sentences = session.scalars(select(SummaryRow)).all()
        rejected = session.scalars(select(SummaryFailureRow)).one()
    assert {(row.tokens_asked, row.tokens_answered) for row in sentences} == {(90, 10)}
    assert (rejected.tokens_asked, rejected.tokens_answered) == (90, 10)
    assert rejected.text == INVENTED


def test_a_new_version_of_a_paper_is_asked_for_anew(database: Database) -> None:
    make(database, Model())
    second = Model()
    revised = replace(PAPERS[0], id=PaperId(PAPERS[0].id.arxiv_id, 2))
    assert counted(make(database, second, [revised])) == (1, 0, 0, 0)
    assert second.asked == [revised.id]


def test_another_prompt_asks_anew_and_the_old_one_does_not_again(database: Database) -> None:
    make(database, Model())
    other = {n: [f"Method {n} for speech was proposed after much."] for n in range(8)}
    assert counted(make(database, Model(prompt="second", texts=other))) == (8, 0, 0, 0)
    assert (
        printed(database, prompt="second")[0].text == "Method 0 for speech was proposed after much."
    )
    assert printed(database)[0].text == said(PAPERS[0])
    assert counted(make(database, Model())) == (0, 8, 0, 0)


def test_another_model_is_asked_and_each_sentence_keeps_its_author(database: Database) -> None:
    make(database, Model(name="first"))
    make(database, Model(name="second"))
    assert {each.made_by for each in printed(database, "first")} == {"first"}
    assert {each.made_by for each in printed(database, "second")} == {"second"}


def test_whoever_wants_the_authors_words_does_not_pay_for_a_model_again(
    database: Database,
) -> None:
    make(database, extractive_summarizer.ExtractiveSummarizer())
    assert counted(make(database, extractive_summarizer.ExtractiveSummarizer())) == (0, 8, 0, 0)
    assert printed(database) == [extractive_summarizer.sentence(each) for each in PAPERS]


def test_who_calls_its_inventions_the_authors_words_is_not_believed(database: Database) -> None:
    quote = "We propose method 0 for speech."
    model = Model(name=AUTHORS, quotes=True, texts={0: [quote], 1: [said(PAPERS[1])] * 2})
    made = make(database, model, PAPERS[:2])
    assert counted(made) == (1, 0, 0, 1)
    assert made.rejected == {PAPERS[1].id: "is no quotation from the abstract"}


def test_each_sentence_is_kept_as_it_comes(database: Database) -> None:
    together = threading.Barrier(2, timeout=10)
    model = Model(before_each=together.wait)
    so_far: list[int] = []

    def kept_by_now() -> None:
        so_far.append(len(printed(database)))
        if len(so_far) < len(PAPERS):
            together.wait()  # only now the next one is answered

    together_first = threading.Thread(target=together.wait)
    together_first.start()
    summarize_missing(database.write, SummaryRequest(model, "en"), PAPERS, NOW, kept_by_now)
    together_first.join()
    assert so_far == list(range(1, 9))


def test_a_run_cut_short_keeps_what_it_has_and_asks_no_more(database: Database) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    pace = threading.Event()  # never set: a paper takes its time, as a model does
    model = Model(concurrency=2, before_each=lambda: pace.wait(0.01))
    many = [paper(number) for number in range(400)]
    with pytest.raises(KeyboardInterrupt):
        summarize_missing(database.write, SummaryRequest(model, "en"), many, NOW, stop)
    with database.read() as session:
        assert len(session.scalars(select(SummaryRow)).all()) == 1
    assert len(model.asked) < 400


def test_as_many_are_asked_at_once_as_the_summarizer_bears_and_no_more(
    database: Database,
) -> None:
    together = threading.Barrier(4, timeout=10)
    lock = threading.Lock()
    running, most = 0, 0

    def meet() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait()  # breaks unless four are asked together
        with lock:
            running -= 1

    make(database, Model(concurrency=4, before_each=meet))
    assert most == 4


def test_one_thread_owns_the_database(database: Database) -> None:
    owners: set[int] = set()
    askers: set[int] = set()
    event.listen(database.engine, "begin", lambda _: owners.add(threading.get_ident()))
    make(database, Model(concurrency=4, before_each=lambda: askers.add(threading.get_ident())))
    assert owners == {threading.get_ident()}
    assert not owners & askers


def test_every_paper_is_told_to_the_progress_bar_once(database: Database) -> None:
    make(database, Model(), PAPERS[:3])
    done: list[None] = []
    asking = SummaryRequest(Model(failing={4}), "en")
    summarize_missing(database.write, asking, PAPERS, NOW, lambda: done.append(None))
    assert len(done) == len(PAPERS)
