"""A person's interests from the first word to the last byte: named, shown, moved, erased."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from newsletter import papers
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.interests import (
    DayIndex,
    Profile,
    compile_profile,
    interest_store,
    named_papers,
    pick_papers,
    profile_store,
)
from newsletter.interests.files import ListedPaper
from newsletter.interests.named_interest import MOST, Interest, InterestType
from newsletter.interests.portable import to_portable
from newsletter.interests.profile import keyed_authors
from newsletter.models import Base, InterestRow, IssueRow, NamedPaperRow, PickRow, ProfileRow
from newsletter.sending.records import retention
from newsletter.sources.base import Paper, PaperId, Source
from newsletter.subscribers import address_change, change_back, erasure, lifecycle
from newsletter.subscribers.consent_log import Channel, ConsentEvidence
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.transactional import data_export
from tests.conftest import NOW, Cli, stored
from tests.rendering.days import busy_day
from tests.sources.samples import Told, answer
from tests.sources.standin import Clock, Reply, StandIn, listening

ADA = "ada.reads@reader.example"
BOB = "bob.reads@reader.example"
WISH = SubscriptionRequest(["audio"], "brief", "en")


@pytest.fixture
def ada(database: Database) -> int:
    with database.write.begin() as session:
        lifecycle.add_subscriber(session, BOB, WISH, "on paper", NOW)
        return lifecycle.add_subscriber(session, ADA, WISH, "on paper", NOW).id


def put_pick(session: Session, reader: int, made_at: datetime) -> None:
    """A pick in an issue of that moment."""
    issue = IssueRow(
        newsletter="audio",
        day=made_at.date(),
        title="Audio",
        language="en",
        categories=[],
        notes={},
        state="done",
        frozen_at=made_at,
    )
    session.add(issue)
    session.flush()
    row = PickRow(issue_id=issue.id, subscriber_id=reader, chosen={"why": "squid"}, made_at=made_at)
    session.add(row)


def named(cli: Cli, email: str = ADA) -> list[tuple[str, str, bool]]:
    entries = json.loads(cli("subscribers", "interests", email, "--json").out)
    return [(entry["kind"], entry["title"] or entry["value"], entry["wanted"]) for entry in entries]


@pytest.mark.on_both_databases
@pytest.mark.slow
def test_an_operator_names_interests_and_sees_the_picks_that_come_of_them(
    cli: Cli, database: Database, ada: int
) -> None:
    def change(*options: str) -> str:
        said = cli("subscribers", "interests", ADA, *options)
        assert (said.code, said.err) == (0, "")
        return said.out

    assert "No interests" in change()
    assert change("--word", "codec", "--author", "Jonah Casebeer", "--category", "CS.sd") == (
        f"3 noted for {ADA}.\n"
    )
    change("--unwanted", "--word", "survey")
    change("--paper", "https://arxiv.org/abs/2507.07270v1")
    title = "Audio-Visual Speech Separation via Bottleneck Iterative Network"
    assert named(cli) == [
        ("author", "Jonah Casebeer", True),
        ("category", "cs.SD", True),
        ("paper", title, True),
        ("word", "codec", True),
        ("word", "survey", False),
    ]
    picks = json.loads(change("--picks", "audio", "--day", "2025-07-11", "--json"))
    assert 0 < len(picks) <= 10
    scores = [pick["score"] for pick in picks]
    assert scores == sorted(scores, reverse=True)
    assert picks[0]["reasons"][0]["text"] == "by Jonah Casebeer, whom you follow"
    assert "a paper you like" in change("--picks", "audio")
    assert change("--remove", "--word", "codec", "--word", "never") == (
        "1 removed, 1 were not there.\n"
    )
    assert ("word", "codec", True) not in named(cli)
    with database.read() as session:
        exported = data_export.export_subscriber(session, lifecycle.get_subscriber(session, ADA))
    assert len(json.loads(json.dumps(exported["interests"], default=str))) == 4
    assert ada


def test_a_file_is_counted_and_what_is_refused_is_named(cli: Cli, ada: int) -> None:
    Path("papers.bib").write_text(
        "@misc{a, title={Own words}, eprint={2507.07270}, abstract={Whales}}\n"
        "@misc{b, title={By title alone}}\n@misc{c, year=2020}\n",
        encoding="utf-8",
    )
    said = cli("subscribers", "interests", ADA, "--import", "papers.bib")
    assert said.out.splitlines() == [
        ("papers.bib (BibTeX): 3 read, 1 matched by arXiv identifier, 1 by title only, 1 refused"),
        "refused  why",
        "c        has neither an arXiv identifier nor a title",
        f"2 noted for {ADA}.",
    ]
    assert named(cli)[1][1] == "By title alone"
    unknown = cli("subscribers", "interests", ADA, "--paper", "2507.99999")
    assert unknown.err == "newsletter: arXiv knows no paper 2507.99999\n"
    Path("empty.txt").write_text("nothing", encoding="utf-8")
    nothing = cli("subscribers", "interests", ADA, "--import", "empty.txt")
    assert nothing.code == 1
    assert nothing.err.startswith("newsletter: empty.txt: there is no paper in the file")
    assert ada


class LateArxiv(Source):
    """Tells of papers only once it has announced them; counts how often it is asked."""

    def __init__(self) -> None:
        self.known: dict[str, Paper] = {}
        self.asked: list[str] = []

    def describe(self, names: Sequence[str]) -> dict[str, Paper]:
        self.asked += names
        return {name: self.known[name] for name in names if name in self.known}


def test_a_paper_that_is_named_before_arxiv_tells_of_it_is_known_once_it_does(
    database: Database, settings: Settings, ada: int
) -> None:
    soon, never = "2507.99901", "2401.99999"
    source, warned = LateArxiv(), list[str]()

    def ask(after: timedelta) -> None:
        named_papers.fetch_texts(source, settings, database, NOW + after, warned.append)

    with database.write.begin() as session:
        named = [Interest(InterestType.PAPER, name) for name in (soon, never)]
        interest_store.add(session, ada, named, "page", NOW)
    ask(timedelta())
    ask(timedelta(hours=1))
    assert sorted(source.asked) == [never, soon]
    assert len(warned) == 2
    announced = replace(busy_day(1).entries[0].paper, id=PaperId.parse(soon, 1))
    source.known[soon] = announced
    ask(timedelta(days=1))
    assert source.asked.count(soon) == 2
    assert source.asked.count(never) == 1  # of a month that is over
    with database.read() as session:
        assert session.get_one(NamedPaperRow, soon).title == announced.title


@pytest.fixture
def arxiv_org(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setenv("NEWSLETTER_CACHE_DIR", str(tmp_path / "cache"))
    with listening(Clock()) as stand_in:
        yield stand_in


def at(stand_in: StandIn, settings: Settings) -> Settings:
    """Those of a newsletter that asks this stand-in."""
    api = {"api_url": f"{stand_in.url}/api/query", "min_interval_s": 0.0}
    return settings.model_copy(update={"source": settings.source.model_copy(update=api)})


def name_papers(database: Database, reader: int, *names: str) -> None:
    with database.write.begin() as session:
        papers_named = [Interest(InterestType.PAPER, name) for name in names]
        assert interest_store.add(session, reader, papers_named, "page", NOW) == []


def test_an_answer_with_fewer_papers_than_it_counts_is_no_word_on_the_others(
    database: Database, settings: Settings, ada: int, arxiv_org: StandIn
) -> None:
    first, second = "2401.00001", "2401.00002"
    name_papers(database, ada, first, second)
    warned: list[str] = []
    for hours, reply in (
        (0, answer(counted=2)),
        (3, answer(Told(f"{first}v1"), counted=2)),
        (4, answer(Told(f"{second}v3"))),  # it was asked for an hour ago, and is not again
        (6, answer(counted=1)),
        (9, answer(Told(f"{second}v3"))),
    ):
        arxiv_org.api(Reply(reply))
        now = NOW + timedelta(hours=hours)
        named_papers.fetch_texts(Source(), at(arxiv_org, settings), database, now, warned.append)
    asked = [request.ids for request in arxiv_org.asked]
    asks_again = ", and a later run asks again: the API counts "
    assert [line.partition(asks_again) for line in warned] == [
        (told, asks_again, short)
        for told, short in (
            ("2 liked papers wait for their texts", "2 papers and gave 0"),
            ("1 liked paper waits for its text", "2 papers and gave 1"),
            ("1 liked paper waits for its text", "1 paper and gave 0"),
        )
    ]
    assert asked[-1] == (second,)
    with database.read() as session:
        assert {session.get_one(NamedPaperRow, name).title for name in (first, second)} == {
            Told().title
        }


def test_names_that_arxiv_never_answers_for_hold_up_no_others(
    database: Database, settings: Settings, ada: int, arxiv_org: StandIn
) -> None:
    with database.write.begin() as session:
        people = [ada, lifecycle.get_subscriber(session, BOB).id]
    for month, reader in enumerate(people, 1):
        name_papers(database, reader, *(f"24{month:02}.{n:05}" for n in range(2, 502)))
    with database.write.begin() as session:
        carol = lifecycle.add_subscriber(session, "carol@reader.example", WISH, "on paper", NOW).id
    name_papers(database, carol, "2412.00001")
    arxiv_org.papers["2412.00001"] = Told("2412.00001v1")
    arxiv_org.api_counts_all = True
    warned: list[str] = []
    for hours in (0, 1, 3):
        now = NOW + timedelta(hours=hours)
        named_papers.fetch_texts(Source(), at(arxiv_org, settings), database, now, warned.append)
    assert [len(request.ids) for request in arxiv_org.asked] == [200] * 5 + [1] + [200] * 5
    with database.read() as session:
        assert session.get_one(NamedPaperRow, "2412.00001").title == Told().title
    assert warned[0].startswith(
        "1000 liked papers wait for their texts, and a later run asks again"
    )


@pytest.mark.parametrize("others", [0, 7])
def test_a_name_that_arxiv_refuses_is_told_alone(
    database: Database, settings: Settings, ada: int, arxiv_org: StandIn, others: int
) -> None:
    bad, good = "2401.09999", [f"2401.0000{n}" for n in range(1, others + 1)]
    name_papers(database, ada, bad, *good)
    arxiv_org.api_refuses = {bad}
    arxiv_org.papers = {name: Told(f"{name}v1") for name in good}
    warned: list[str] = []
    for _ in range(2):
        named_papers.fetch_texts(Source(), at(arxiv_org, settings), database, NOW, warned.append)
    assert len(arxiv_org.asked) == (7 if others else 1)
    with database.read() as session:
        assert {session.get_one(NamedPaperRow, name).title for name in good} <= {Told().title}
    if others:
        assert warned == [f"arXiv knows no paper {bad}"]
    else:  # all that it was asked for; so the trouble may be its own
        (line,) = warned
        assert line.startswith("1 liked paper waits for its text, and a later run asks again: the")


def test_a_paper_that_arxiv_did_not_know_is_known_from_the_issue_that_holds_it(
    database: Database, settings: Settings, ada: int
) -> None:
    soon, source = "2507.99901", LateArxiv()
    with database.write.begin() as session:
        interest_store.add(session, ada, [Interest(InterestType.PAPER, soon)], "page", NOW)
    named_papers.fetch_texts(source, settings, database, NOW, print)
    announced = replace(busy_day(1).entries[0].paper, id=PaperId.parse(soon, 1))
    with database.write.begin() as session:
        session.add(papers.row_of(announced))
    with database.write.begin() as session:
        bob = lifecycle.get_subscriber(session, BOB).id
        interest_store.add(session, bob, [Interest(InterestType.PAPER, soon)], "page", NOW)
        assert session.get_one(NamedPaperRow, soon).title == announced.title


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--category", "cs.XX"), "arXiv has no category 'cs.XX'"),
        (("--word", "..."), "'...' is no word"),
        (("--word", "di*"), "'di*' would find nothing: write words, and a * only at the end"),
        (("--author", "?"), "'?' is no name"),
        (("--paper", "whales"), "'whales' holds no arXiv identifier"),
        (
            ("--paper", "2513.00001"),
            "arXiv has no paper 2513.00001: its identifiers begin with year and month",
        ),
        (("--word", "a", "--with", "B"), "--with and --not-this-one are about one --author"),
    ],
)
def test_what_could_never_be_found_is_refused_in_a_line(
    cli: Cli, ada: int, options: tuple[str, ...], line: str
) -> None:
    said = cli("subscribers", "interests", ADA, *options)
    assert said.code == 2
    assert line in said.err
    assert (named(cli), bool(ada)) == ([], True)


def test_an_author_is_told_from_a_namesake(cli: Cli, database: Database, ada: int) -> None:
    first = ("subscribers", "interests", ADA, "--author", "John Smith")
    assert cli(*first, "--with", "Ann Ours", "--with", "cs.SD").code == 0
    refused = cli(*first, "--not-this-one", "2507.07270")
    assert (refused.code, refused.err.count("2507.07270 has no author John Smith")) == (2, 1)
    first = (*first[:-1], "Casebeer, Jonah")
    assert cli(*first, "--not-this-one", "2507.07867").code == 0
    with database.read() as session:
        followed = [it for _, it in keyed_authors(interest_store.load(session, ada).authors)]
    john, jonah = sorted(followed, key=lambda it: "Jonah" in it.name)
    assert john.with_authors == {("ann", "ours")}
    assert john.with_categories == {"cs.SD"}
    assert john.not_with_authors == set()
    assert jonah.not_with_categories == set()
    assert len(jonah.not_with_authors) > 1


def test_there_is_room_for_so_many_and_it_says_what_was_left_out(
    database: Database, ada: int
) -> None:
    many = [Interest(InterestType.WORD, f"word{n}") for n in range(MOST[InterestType.WORD] + 3)]
    with database.write.begin() as session:
        left_over = interest_store.add(session, ada, many, "operator", NOW)
        assert [it.value for it in left_over] == ["word100", "word101", "word102"]
        assert interest_store.add(session, ada, many[:1], "operator", NOW) == []


@pytest.mark.on_both_databases
def test_a_move_brings_them_along_and_its_undoing_takes_them_back(
    database: Database, ada: int
) -> None:
    own = [Interest(InterestType.WORD, "codec", wanted=False)]
    both = [Interest(InterestType.WORD, "codec"), Interest(InterestType.WORD, "whale")]
    with database.write.begin() as session:
        bob = lifecycle.get_subscriber(session, BOB).id
        interest_store.add(session, bob, own, "operator", NOW)
        interest_store.add(session, ada, both, "operator", NOW)
        change = address_change.request_change(
            session, lifecycle.get_subscriber(session, ADA), BOB, NOW
        )
        address_change.apply_change(session, change, NOW + timedelta(hours=1))
        rows = interest_store.rows_of(session, bob)
        assert [(row.value, row.wanted) for row in rows] == [("codec", False), ("whale", True)]
        evidence = ConsentEvidence(Channel.PAGE, "the button")
        change_back.undo_change(session, change, evidence, NOW + timedelta(hours=2))
        assert [row.value for row in interest_store.rows_of(session, bob)] == ["codec"]
        assert len(interest_store.rows_of(session, ada)) == 2


def test_a_move_joins_what_tells_namesakes_apart_and_its_undoing_parts_it(
    database: Database, ada: int
) -> None:
    def follow(reader: int, **detail: list[str]) -> None:
        author = Interest(InterestType.AUTHOR, "Kai Zhao", detail=detail)
        interest_store.add(session, reader, [author], "page", NOW)

    def detail_of(reader: int) -> dict[str, list[str]]:
        (row,) = interest_store.rows_of(session, reader)
        return {name: row.detail[name] for name in ("with", "in", "not_with") if name in row.detail}

    for undone, kept in ((True, ["B C"]), (False, ["B C", "N O"])):
        with database.write.begin() as session:
            bob = lifecycle.get_subscriber(session, BOB).id
            follow(bob, not_with=["B C"])
            follow(ada, not_with=["B C", "F G", "N O"], **{"in": ["cs.SD"]})
            change = address_change.request_change(
                session, lifecycle.get_subscriber(session, ADA), BOB, NOW
            )
            address_change.apply_change(session, change, NOW + timedelta(hours=1))
            assert detail_of(bob) == {"not_with": ["B C", "F G", "N O"], "in": ["cs.SD"]}
            portable = json.dumps(to_portable(interest_store.rows_of(session, bob), {}))
            assert "moved" not in portable
            if not undone:
                follow(bob, not_with=["N O"])  # their own words by now
            evidence = ConsentEvidence(Channel.PAGE, "the button")
            change_back.undo_change(session, change, evidence, NOW + timedelta(hours=2))
            assert detail_of(bob) == {"not_with": kept}
            assert detail_of(ada) == {"not_with": ["B C", "F G", "N O"], "in": ["cs.SD"]}


@pytest.mark.on_both_databases
def test_erased_no_table_has_a_row_or_a_byte_of_them(
    cli: Cli, settings: Settings, database: Database, ada: int
) -> None:
    Path("secret.txt").write_text("title,x\nMy unpublished squid paper,1\n", encoding="utf-8")
    for options in (
        ("--word", "very secret squid"),
        ("--author", "Secret Squidman"),
        ("--import", "secret.txt"),
        ("--paper", "2507.07270"),
    ):
        assert cli("subscribers", "interests", ADA, *options).code == 0
    cli("subscribers", "interests", BOB, "--paper", "2507.07270")
    with database.write.begin() as session:
        put_pick(session, ada, NOW)
    assert b"squid" in stored(settings, database)
    assert cli("subscribers", "erase", ADA, "--yes").code == 0
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if any(key.column.table.name == "subscriber" for key in column.foreign_keys):
                    left = select(func.count()).select_from(table).where(column == ada)
                    assert session.scalar(left) == 0, table.name
        assert session.scalars(select(NamedPaperRow.name)).all() == ["2507.07270"]
        assert session.scalars(select(InterestRow.value)).all() == ["2507.07270"]
    assert b"squid" not in stored(settings, database).lower()


def test_picks_are_forgotten_after_ninety_days(database: Database, ada: int) -> None:
    with database.write.begin() as session:
        bob = lifecycle.get_subscriber(session, BOB).id
        for reader, days in ((ada, 89), (bob, 91)):
            put_pick(session, reader, NOW - timedelta(days=days))
    retention.prune(database, retention.PICKS_KEPT, NOW)
    with database.read() as session:
        assert session.scalars(select(PickRow.subscriber_id)).all() == [ada]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_takes_them_elsewhere(cli: Cli, database: Database, ada: int, form: str) -> None:
    abstract = 'Of "herons" and whales. ' * 20
    bibtex = f"@misc{{a, title={{By title, alone}}, abstract={{{abstract}}}}}"
    bibtex += f"@misc{{b, title={{Nobody's}}, eprint={{2507.99999}}, abstract={{{abstract}}}}}"
    bibtex += "".join(
        f"@misc{{c{n}, title={{Paper {n}}}, abstract={{{abstract * 2}}}}}" for n in range(300)
    )
    Path("one.txt").write_text(bibtex, encoding="utf-8")
    for options in (
        ("--word", "=codec", "--author", "Ada Lovelace", "--with", "Bob Two"),
        ("--unwanted", "--category", "cs.CL"),
        ("--paper", "2507.07270", "--import", "one.txt"),
    ):
        assert cli("subscribers", "interests", ADA, *options).code == 0
    before = named(cli)
    assert len(before) == 306
    with database.read() as session:
        liked = interest_store.load(session, ada).liked
    assert cli("subscribers", "export", "--format", form, "--output", "out").code == 0
    with database.write.begin() as session:
        for email in (ADA, BOB):
            erasure.erase(session, lifecycle.get_subscriber(session, email), NOW)
        for row in ("suppression", "import"):
            session.execute(text(f'DELETE FROM "{row}"'))  # noqa: S608 - as another database
    said = cli("subscribers", "import", "out", "--consent", "moved here")
    assert said.out == "out: 2 entries = 2 added\n"
    cli("subscribers", "interests", BOB, "--word", "x")
    assert named(cli) != before  # whoever names a word asks for nobody's papers
    cli("subscribers", "interests", BOB, "--paper", "2507.07270")
    assert named(cli) == before
    with database.read() as session:
        again = interest_store.load(session, lifecycle.get_subscriber(session, ADA).id)
    ((_, followed),) = keyed_authors(again.authors)
    assert followed.with_authors == {("bob", "two")}
    assert sorted(again.liked, key=str) == sorted(liked, key=str)
    assert sum(bool(paper.abstract) for paper in liked) == 303
    assert ada


def test_a_cell_that_nobody_understands_is_told_of(cli: Cli, ada: int) -> None:
    Path("people.csv").write_text(
        'email,interests\neve@reader.example,"{""word"": [""codec"", 7], ""planet"": [1]}"\n'
        "bob@reader.example,whales\n",
        encoding="utf-8",
    )
    cli("subscribers", "import", "people.csv", "--consent", "x", "--report", "report.csv")
    report = Path("report.csv").read_text(encoding="utf-8-sig")
    assert "added,2 interests not taken" in report
    assert "added,1 interests not taken" in report
    assert named(cli, "eve@reader.example") == [("word", "codec", True)]
    assert ada


def test_a_kept_profile_picks_the_same_papers_for_the_same_reasons(
    database: Database, ada: int
) -> None:
    papers = [entry.paper for entry in busy_day(26).entries]
    ask = [
        Interest(InterestType.PAPER, papers[1].id.arxiv_id),
        Interest(InterestType.PAPER, papers[8].id.arxiv_id, wanted=False),
        Interest(InterestType.AUTHOR, papers[4].authors[0], detail={"not_in": ["cs.CL"]}),
        Interest(InterestType.WORD, "neural*"),
        Interest(InterestType.CATEGORY, "eess.AS"),
    ]
    with database.write.begin() as session:
        interest_store.add(session, ada, ask, "page", NOW)
        for paper in (papers[1], papers[8]):
            row = session.get_one(NamedPaperRow, paper.id.arxiv_id)
            row.title, row.abstract = paper.title, paper.abstract
    assert profile_store.make_ready(database, NOW, lambda: False) == 1
    assert profile_store.make_ready(database, NOW, lambda: False) == 0
    with database.write.begin() as session:
        kept = profile_store.profiles_of(session, [ada], NOW)[ada]
        made = compile_profile(interest_store.load(session, ada))
        assert session.scalar(select(func.count()).select_from(ProfileRow)) == 1
    assert kept == made
    day = DayIndex(papers)
    assert pick_papers(day, kept) == pick_papers(day, made)


def test_a_profile_goes_with_every_change_and_comes_back_with_the_next_mail(
    database: Database, ada: int
) -> None:
    heron = Interest(InterestType.WORD, "heron")
    paper = Interest(InterestType.PAPER, "2507.07270")

    def words() -> tuple[str, ...]:
        with database.write.begin() as session:
            profile = profile_store.profiles_of(session, [ada], NOW).get(ada) or Profile()
        return (*(word.text for word in profile.words), *(liked.title for liked in profile.liked))

    with database.write.begin() as session:
        interest_store.add(session, ada, [heron, paper], "page", NOW)
    assert words() == ("heron",)
    with database.write.begin() as session:
        listed = ListedPaper("2507.07270", "Hearing by Eye", "We listen.")
        bob = lifecycle.get_subscriber(session, BOB).id
        told = Interest(InterestType.PAPER, "2507.07270", paper=listed)
        interest_store.add(session, bob, [told], "file", NOW)
    assert words() == ("heron", "Hearing by Eye")  # by somebody else's file
    with database.write.begin() as session:
        interest_store.remove(session, ada, [heron])
    assert words() == ("Hearing by Eye",)
    with database.write.begin() as session:
        interest_store.remove(session, ada, [paper])
    assert words() == ()
