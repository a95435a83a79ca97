"""What the group behind a newsletter named comes first for everybody, frozen with the issue."""

import email
import json
import re
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.interests import PickReason, ReasonType, interest_store, issue_picks
from newsletter.interests.issue_picks import IssuePick, best_of, join_picks
from newsletter.issues import issue_store
from newsletter.models import IssueRow, NamedPaperRow, SubscriptionRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.size_budget import LIMIT
from newsletter.subscribers import lifecycle
from newsletter.web import create_app
from tests.conftest import Cli
from tests.rendering.days import LINKS, SITE, busy_day
from tests.rendering.test_message import READER
from tests.rendering.test_personal_variant import LONGEST, listed

DAY = date(2025, 7, 11)
ADA, BOB, CAI = (f"reader0{number}@reader.example" for number in (1, 2, 3))
GROUPS = replace(LONGEST, of_newsletter=True)
DAY_OF_26 = busy_day(26)


def parts(mail: bytes) -> tuple[str, str]:
    message = email.message_from_bytes(mail, policy=email.policy.default)
    bodies = [message.get_body((subtype,)) for subtype in ("html", "plain")]
    html, text = (body.get_content() for body in bodies if isinstance(body, EmailMessage))
    return html, text


def group(*numbers: int) -> tuple[IssuePick, ...]:
    names = [DAY_OF_26.entries[number].paper.id.arxiv_id for number in numbers]
    return tuple(IssuePick(name, (GROUPS,), 1 / (1 + at)) for at, name in enumerate(names))


@pytest.mark.slow
@pytest.mark.on_both_databases
@pytest.mark.usefixtures("readers")
def test_a_groups_interests_open_its_issue_for_everybody_and_a_readers_own_come_before_them(
    cli: Cli, settings: Settings, database: Database
) -> None:
    def said(*args: str) -> str:
        answer = cli(*args)
        assert (answer.code, answer.err) == (0, "")
        return answer.out

    assert "No interests" in said("interests")
    said("interests", "audio", "--word", "codec", "--author", "Jonah Casebeer")
    said("interests", "--unwanted", "--word", "survey")
    assert "1 noted for audio." in said("interests", "--paper", "2507.07270")
    Path("kept.json").write_text(said("interests", "--export"), encoding="utf-8")
    assert said("interests", "--remove", "--import", "kept.json").endswith(
        "4 removed, 0 were not there.\n"
    )
    with database.read() as session:
        assert session.scalars(select(NamedPaperRow)).all() == []
    said("interests", "--import", "kept.json")
    assert len(json.loads(said("interests", "--json"))) == 4
    picks = json.loads(said("interests", "--picks", "--json"))
    assert picks[0]["reasons"][0]["text"] == "by Jonah Casebeer, whom this group follows"
    said("subscribers", "interests", BOB, "--word", "diffusion")
    said("subscribers", "interests", BOB, "--unwanted", "--author", "Jonah Casebeer")
    with database.write.begin() as session:
        cai = lifecycle.get_subscriber(session, CAI).id
        session.get_one(SubscriptionRow, (cai, "audio")).left_out = "new"
    said("run")

    outbox = settings.folder / "outbox"
    sent = {name: (outbox / f"audio-{DAY}-{name}.eml").read_bytes() for name in (ADA, BOB, CAI)}
    papers = {name: listed(parts(mail)[0]) for name, mail in sent.items()}
    first = [pick["arxiv_id"] for pick in picks]
    assert papers[ADA][: len(first)] == first
    assert len(papers[ADA]) == len(set(papers[ADA])) == 26
    assert set(papers[BOB]) == set(papers[ADA])
    html, text = parts(sent[ADA])
    order = ["为本组优先", "* 作者 Jonah Casebeer，本组所关注；提到 codec", "当日其余论文"]
    assert [text.count(words) for words in order] == [1, 1, 1]
    assert sorted(order, key=text.index) == order
    assert re.search(r"/tune/[^/]+/2507\.07867/more", html)
    html, text = parts(sent[BOB])
    own = text.index("diffusion")
    assert text.index("为您优先") < own < text.index("本组喜欢的论文")
    assert "2507.07867" not in papers[BOB][:9]  # Jonah Casebeer's
    assert "2507.07867" not in papers[CAI]

    said("interests", "--remove", "--import", "kept.json")  # frozen: nothing of the issue changes
    for name, mail in sent.items():
        assert cli("preview", "--as", name, "--format", "eml", "-o", "again.eml").code == 0
        assert Path("again.eml").read_bytes() == mail
    app = create_app(settings)
    page = app.test_client().get(f"/audio/{DAY}").text
    app.extensions["newsletter.database"].dispose()
    assert page.index("本组所关注") < page.index('<article id="2507.')
    assert page.count('<article id="') == 26


def test_a_group_whose_papers_cannot_be_ranked_has_its_issue_as_ever(
    cli: Cli, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = cli("preview", "--format", "text").out
    assert cli("interests", "--word", "codec").code == 0
    monkeypatch.setattr(issue_picks, "pick_papers", lambda *_: 1 / 0)
    assert cli("preview", "--format", "text").out == plain
    assert cli("run").code == 0
    with database.read() as session:
        issue = session.scalars(select(IssueRow)).one()
        assert issue_store.load_issue(session, issue).picks is None


def test_all_readers_of_a_variant_share_one_content_and_it_says_where_nothing_is_close() -> None:
    mails = IssueEmails(replace(DAY_OF_26, picks=group(3, 9)), SITE, LINKS)
    one, other = (
        mails.mail(replace(READER, language="en", subscriber_id=number)) for number in (1, 2)
    )
    assert one.content is other.content
    assert one.values["tune"] != other.values["tune"]
    assert one.html.count("FOR THIS GROUP") == 1
    assert listed(one.html)[:2] == [
        DAY_OF_26.entries[number].paper.id.arxiv_id for number in (3, 9)
    ]
    nothing = IssueEmails(replace(DAY_OF_26, picks=()), SITE, LINKS)
    assert (
        "Nothing today is close to what this group named."
        in nothing.mail(replace(READER, language="en")).text
    )
    own = mails.mail(replace(READER, language="en", picks=group(3)))
    assert "Nothing today is close to what you named. What follows is for this group." in " ".join(
        own.text.split()
    )


@pytest.mark.slow
def test_a_large_day_of_a_group_keeps_its_limits() -> None:
    day = busy_day(320)
    names = [entry.paper.id.arxiv_id for entry in day.entries[-10:]]
    picks = tuple(IssuePick(name, (GROUPS, GROUPS)) for name in names)
    mail = IssueEmails(replace(day, picks=picks), SITE, LINKS).mail(replace(READER, language="en"))
    assert len(mail.html.replace("\n", "\r\n").encode()) <= LIMIT.decoded
    assert len(mail.as_bytes().partition(b"text/html")[2]) <= LIMIT.encoded + 300
    shown = listed(mail.html)
    assert shown[:10] == names
    assert len(shown) == len(set(shown))


def test_own_picks_come_before_the_groups_and_several_days_have_their_best_first() -> None:
    mine = PickReason(ReasonType.AUTHOR, "Ada L")
    shared, other = group(1, 2)
    own = [IssuePick(f"2507.9000{number}", (mine,)) for number in range(8)]
    joined = join_picks([*own, replace(shared, reasons=(mine,))], [shared, other, *group(3)])
    assert [pick.is_readers for pick in joined] == [True] * 9 + [False]
    assert joined[8].reasons == (mine, GROUPS)
    assert joined[9] == other
    assert best_of([None, None]) is None
    assert best_of([None, ()]) == ()
    again = replace(other, score=2.0)
    assert best_of([(shared, other), None, (again,)]) == (again, shared)


def test_a_word_that_a_reader_and_the_group_name_is_said_once() -> None:
    def mentions(*words: str, of_newsletter: bool = False) -> PickReason:
        return PickReason(ReasonType.IN_ABSTRACT, "", words, of_newsletter)

    (both,) = join_picks(
        [IssuePick("2507.00001", (mentions("Codec"),))],
        [IssuePick("2507.00001", (mentions("codec", of_newsletter=True), GROUPS))],
    )
    assert both.reasons == (mentions("Codec"), GROUPS)
    (more,) = join_picks(
        [IssuePick("2507.00001", (mentions("codec"),))],
        [IssuePick("2507.00001", (mentions("codec", "whales", of_newsletter=True),))],
    )
    assert [str(why) for why in more.reasons] == ["mentions codec", "mentions whales"]


def test_a_groups_interests_keep_the_texts_of_their_papers(cli: Cli, database: Database) -> None:
    assert cli("interests", "--paper", "2507.07270").code == 0
    with database.write.begin() as session:
        interest_store.forget_unnamed(session)
        assert session.get(NamedPaperRow, "2507.07270") is not None
    assert cli("interests", "nothing").code == 2
