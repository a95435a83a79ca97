"""A day's sentences: each kept as it comes, none asked for twice, none missing."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select

from newsletter import db
from newsletter.db import Database
from newsletter.models import SummaryRow
from newsletter.sources.announced import Paper, PaperId
from newsletter.summaries import embedded, kept
from newsletter.summaries.making import Made, make_missing
from newsletter.summaries.sentence import AUTHORS, Sentence, Summarizer, SummaryError

NOW = datetime(2025, 7, 11, 6, 30, tzinfo=UTC)


def paper(number: int) -> Paper:
    return Paper(
        id=PaperId(f"2507.{number:05}"),
        title=f"Paper {number}",
        abstract=f"Much was done before. We propose method {number} for speech.",
        authors=("Ada Lovelace",),
        categories=("cs.SD",),
    )


PAPERS = [paper(number) for number in range(8)]


@dataclass
class Model:
    """A summarizer that fails for the papers it is told to fail for."""

    failing: set[int] = field(default_factory=set)
    name: str = "model"
    concurrency: int = 1
    asked: list[PaperId] = field(default_factory=list)
    before_each: Callable[[], object] = lambda: None

    def summarize(self, paper: Paper, language: str) -> Sentence:
        self.asked.append(paper.id)
        self.before_each()
        if int(paper.id.arxiv_id[-5:]) in self.failing:
            raise SummaryError("the model is out")
        return Sentence(f"The model on {paper.id}.", language, self.name)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = db.connect("sqlite:///papers.db", tmp_path)
    db.upgrade(opened)
    yield opened
    opened.dispose()


def make(database: Database, model: Summarizer, papers: list[Paper] = PAPERS) -> Made:
    return make_missing(database.write, model, papers, "en", NOW, lambda: None)


def printed(database: Database, preferred: str = "model") -> list[Sentence]:
    """The sentences as an issue would take them."""
    with database.read() as session:
        found = kept.best(session, [each.id for each in PAPERS], "en", preferred)
    return [found[each.id] for each in PAPERS if each.id in found]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_every_paper_gets_a_sentence_that_is_kept(database: Database, concurrency: int) -> None:
    assert make(database, Model(concurrency=concurrency)) == Made(8, 0, {})
    assert printed(database) == [
        Sentence(f"The model on {each.id}.", "en", "model") for each in PAPERS
    ]


def test_nothing_is_asked_twice(database: Database) -> None:
    make(database, Model(), PAPERS[:5])
    again = Model()
    assert make(database, again, [*PAPERS, PAPERS[7]]) == Made(3, 5, {})
    assert again.asked == [each.id for each in PAPERS[5:]]
    assert make(database, again) == Made(0, 8, {})
    assert len(again.asked) == 3


def test_where_the_model_fails_the_authors_own_words_stand_in(database: Database) -> None:
    made = make(database, Model(failing={2, 5}))
    assert made == Made(6, 0, {PAPERS[n].id: "the model is out" for n in (2, 5)})
    assert printed(database)[2] == embedded.sentence(PAPERS[2])
    assert [each.made_by for each in printed(database)].count(AUTHORS) == 2


def test_the_next_run_asks_again_only_for_what_failed(database: Database) -> None:
    make(database, Model(failing={2, 5}))
    healed = Model()
    assert make(database, healed) == Made(2, 6, {})
    assert healed.asked == [PAPERS[2].id, PAPERS[5].id]
    assert {each.made_by for each in printed(database)} == {"model"}


def test_a_new_version_of_a_paper_is_asked_for_anew(database: Database) -> None:
    make(database, Model())
    second = Model()
    revised = Paper(**{**vars(PAPERS[0]), "id": PaperId(PAPERS[0].id.arxiv_id, 2)})
    assert make(database, second, [revised]) == Made(1, 0, {})
    assert second.asked == [revised.id]


def test_another_model_is_asked_and_each_sentence_keeps_its_author(database: Database) -> None:
    make(database, Model(name="first"))
    make(database, Model(name="second"))
    assert {each.made_by for each in printed(database, "first")} == {"first"}
    assert {each.made_by for each in printed(database, "second")} == {"second"}


def test_whoever_wants_the_authors_words_does_not_pay_for_a_model_again(
    database: Database,
) -> None:
    make(database, embedded.Embedded())
    assert make(database, embedded.Embedded()) == Made(0, 8, {})
    assert printed(database) == [embedded.sentence(each) for each in PAPERS]


def test_each_sentence_is_kept_before_the_next_is_asked_for(database: Database) -> None:
    so_far: list[int] = []
    model = Model(before_each=lambda: so_far.append(len(printed(database))))
    make(database, model)
    assert so_far == list(range(8))


def test_a_run_cut_short_keeps_what_it_has_and_asks_no_more(database: Database) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    pace = threading.Event()  # never set: a paper takes its time, as a model does
    model = Model(concurrency=2, before_each=lambda: pace.wait(0.01))
    with pytest.raises(KeyboardInterrupt):
        make_missing(database.write, model, [paper(n) for n in range(400)], "en", NOW, stop)
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
    make_missing(database.write, Model(failing={4}), PAPERS, "en", NOW, lambda: done.append(None))
    assert len(done) == len(PAPERS)
