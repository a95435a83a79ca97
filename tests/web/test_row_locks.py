"""On PostgreSQL readers wait for nobody but who changes the same reader at that moment."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from newsletter import bootstrap, config
from newsletter.config import Settings
from newsletter.feedback import apply
from newsletter.feedback.events import Event
from newsletter.models import (
    ConsentRow,
    DeliveryRow,
    EventType,
    InterestRow,
    IssueRow,
    SignupRow,
    Standing,
)
from newsletter.sending.readers import freezing
from newsletter.subscribers import erasure, lifecycle
from newsletter.subscribers.consent_log import Channel, ConsentEvidence
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.subscribers.link_claims import ALL, UndoClaim
from newsletter.subscribers.list_import import importing
from newsletter.subscribers.list_import.import_files import ImportEntry
from newsletter.subscribers.list_import.import_rows import ImportOptions, RowReport
from newsletter.subscribers.opt_out import UNDO_WITHIN
from newsletter.subscribers.opt_out_by_link import UnsubscribeRequest, unsubscribe
from tests import postgresql
from tests.conftest import NOW
from tests.web.conftest import Hand, Site, opened
from tests.web.test_unsubscribe import ADA, ONE_CLICK, leave_link

BOB, EVE = "bob@reader.example", "eve@reader.example"
WISH = SubscriptionRequest(["audio"], "titles", "en")
BY_MAIL = ConsentEvidence(Channel.MAIL, "a letter")
# Of the statements that wait for a lock now; a test asks until there is one.
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@pytest.fixture
def site(
    two: Settings, server: postgresql.Server, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """On PostgreSQL, where who waits for a lock for five seconds fails."""
    monkeypatch.setenv("NEWSLETTER_DATABASE__URL", server.url(server.create(migrated)))
    settings = config.load(two.folder / "newsletter.toml", os.environ)
    for opened_ in opened(settings, Hand()):

        def be_impatient(connection: object, *_: object) -> None:
            connection.execute("SET lock_timeout = 5000")  # type: ignore[attr-defined]
            connection.commit()  # type: ignore[attr-defined]

        opened_.database.dispose()
        event.listen(opened_.database.engine, "connect", be_impatient)
        yield opened_


def preferences(site: Site, subscriber_id: int, email: str) -> str:
    return bootstrap.signed_links(site.settings).preferences(subscriber_id, email)


def complaint(reference: str, subscriber_id: int) -> Event:
    return Event(
        f"complaint-{reference}",
        "test",
        reference,
        EventType.COMPLAINT,
        NOW,
        suppress="complained",
        subscriber_id=subscriber_id,
    )


@contextmanager
def meanwhile(
    site: Site, address: str, form: Mapping[str, object]
) -> Iterator[Callable[[], TestResponse]]:
    """A form is posted, and the test goes on once its answer waits for a lock."""
    another = replace(site, client=site.client.application.test_client())
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(another.post, address, **form)
        until_somebody_waits(site, begun)
        yield begun.result


def until_somebody_waits(site: Site, begun: Future[Any]) -> None:
    while not begun.done():
        with site.database.engine.connect() as connection:
            if connection.execute(_WAITING).scalar():
                return


def a_frozen_issue(session: Session) -> IssueRow:
    issue = IssueRow(newsletter="audio", day=NOW.date(), title="Audio", language="en")
    issue.categories, issue.notes, issue.state, issue.frozen_at = ["cs.SD"], {}, "frozen", NOW
    session.add(issue)
    session.flush()
    freezing.freeze_audience(session, issue)
    return issue


def acts(site: Site, subscriber_id: int) -> list[str]:
    with site.database.read() as session:
        chosen = select(ConsentRow.act).where(ConsentRow.subscriber_id == subscriber_id)
        return list(session.scalars(chosen.order_by(ConsentRow.id)))


def test_no_reader_waits_for_a_long_writer(site: Site) -> None:
    ada, bob = site.confirmed(ADA), site.confirmed(BOB)
    site.sign_up(EVE)
    site.work()
    confirming = site.link(site.sent[-1], "confirm")
    undo = bootstrap.signed_links(site.settings).token(
        UndoClaim(ada.id, NOW + UNDO_WITHIN, "audio")
    )
    with site.database.write.begin() as session:  # as an import, or a day that is composed
        session.execute(text("SELECT 1"))
        assert site.post(leave_link(site, ada.id), **ONE_CLICK).status_code == 200
        assert site.held(ADA) == set()
        assert "You are in again" in site.post(f"/undo/{undo}").text
        assert site.sign_up("new@reader.example").status_code == 200
        assert "You are in" in site.post(confirming).text
        chosen = {"newsletter": "audio", "detail-audio": "full", "language": "en"}
        saved = site.post(preferences(site, bob.id, BOB), **chosen)
        liked = site.post(f"{preferences(site, bob.id, BOB)}/interests", word="attention", save="1")
        assert (saved.status_code, liked.status_code) == (200, 303)
    assert site.held(ADA) == site.held(EVE) == {"audio"}
    with site.database.read() as session:
        assert session.scalar(select(SignupRow.email)) == "new@reader.example"
        assert session.scalar(select(InterestRow.value)) == "attention"


def sign_up(session: Session) -> None:
    lifecycle.add_subscriber(session, BOB, WISH, "", NOW)


def erase(session: Session) -> None:
    erasure.erase(session, lifecycle.get_subscriber(session, EVE), NOW)


@pytest.mark.parametrize(
    ("act", "email", "fate"), [(sign_up, BOB, "added"), (erase, EVE, "erased")]
)
def test_an_import_waits_for_no_sender_and_knows_who_comes_or_goes_at_that_moment(
    site: Site, act: Callable[[Session], None], email: str, fate: str
) -> None:
    with site.database.write.begin() as session:
        lifecycle.add_subscriber(session, EVE, WISH, "on the phone", NOW)
    entries = [ImportEntry(number, {"email": each}) for number, each in enumerate((ADA, email), 1)]
    plan = ImportOptions("on paper", {"audio": "full"}, ["audio"], "en")
    fates: list[RowReport] = []

    def take_in() -> None:
        importing.import_file(site.database, entries, plan, "digest", NOW, fates.append)

    with (
        ThreadPoolExecutor(1) as pool,
        site.database.row_locked() as other,
        site.database.concurrent.begin() as sending,  # as whoever sends, or applies feedback
    ):
        sending.execute(text("SELECT 1"))
        act(other)
        importing_ = pool.submit(take_in)
        until_somebody_waits(site, importing_)
        other.commit()
        importing_.result(timeout=30)
    assert [(each.address, each.status) for each in fates] == [(ADA, "added"), (email, fate)]
    assert site.held(ADA) == {"audio"}


def test_of_two_who_change_one_reader_the_second_sees_what_the_first_did(site: Site) -> None:
    ada = site.confirmed(ADA)
    address = preferences(site, ada.id, ADA)
    both = {"newsletter": ["audio", "text"], "language": "en"}
    both |= {"detail-audio": "full", "detail-text": "full"}
    with ExitStack() as stack, site.database.concurrent() as session:
        apply.apply_events(session, [complaint("unknown", ada.id)], NOW)
        waiting = stack.enter_context(meanwhile(site, address, both))
        session.commit()
        assert "has had its day" in waiting().text
    assert site.held(ADA) == set()
    assert site.subscriber(ADA).standing == Standing.LEFT  # type: ignore[union-attr]
    assert acts(site, ada.id) == ["confirmed", "left"]


def test_many_who_change_the_same_readers_never_wait_in_a_circle(site: Site) -> None:
    readers = [site.confirmed(f"reader{number}@reader.example", "audio") for number in range(6)]
    together = Barrier(4)

    def leave(ids: Sequence[int]) -> None:
        together.wait(timeout=30)
        requests = [UnsubscribeRequest(number, ALL, BY_MAIL, NOW) for number in ids]
        with site.database.row_locked.begin() as session:
            unsubscribe(session, requests)

    def complain(ids: Sequence[int]) -> None:
        together.wait(timeout=30)
        with site.database.concurrent.begin() as session:
            apply.apply_events(session, [complaint(f"r{number}", number) for number in ids], NOW)

    ids = [reader.id for reader in readers]
    with ThreadPoolExecutor(4) as pool:
        begun = [
            pool.submit(act, order)
            for act in (leave, complain)
            for order in (ids, list(reversed(ids)))
        ]
    assert all(act.exception() is None for act in begun)
    assert all(acts(site, number) == ["confirmed", "left"] for number in ids)


def test_two_sign_ups_of_one_network_are_both_counted(site: Site) -> None:
    together = Barrier(4)

    def sign_up(number: int) -> int:
        together.wait(timeout=30)
        with site.client.application.test_client() as client:
            form = {"email": f"new{number % 2}@reader.example", "newsletter": ["audio"]}
            return client.post("/", data=form).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(sign_up, range(4))) == {200}
    with site.database.read() as session:
        assert len(session.scalars(select(SignupRow)).all()) == 2
        counted = text("SELECT count FROM form_limit WHERE scope = 'network-hour'")
        assert session.execute(counted).scalar() == 4


def test_who_changes_a_rhythm_while_an_issue_is_frozen_gets_it_once(site: Site) -> None:
    ada, bob = site.confirmed(ADA), site.confirmed(BOB)
    weekly = {"newsletter": "audio", "detail-audio": "brief", "rhythm-audio": "monday"}
    weekly["language"] = "en"
    address = preferences(site, ada.id, ADA)
    with ExitStack() as stack, site.database.concurrent() as session:
        issue = a_frozen_issue(session)
        waiting = stack.enter_context(meanwhile(site, address, weekly))
        session.commit()
        assert waiting().status_code == 200
    with site.database.read() as session:
        subscription = text("SELECT had_issue FROM subscription WHERE subscriber_id = :who")
        assert session.execute(subscription, {"who": ada.id}).scalar() == issue.id
        frozen = session.scalars(select(DeliveryRow.subscriber_id)).all()
        assert sorted(frozen) == [ada.id, bob.id]
