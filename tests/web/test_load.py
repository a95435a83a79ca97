"""Many at once: pages are made once, readers wait for nobody, and everybody who leaves has left."""

import gzip
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from newsletter.cli.main import _run
from newsletter.config import Settings
from newsletter.machine_clock import utc_now
from newsletter.models import ConsentRow, IssueRow
from newsletter.subscribers import opt_out
from newsletter.web import create_app
from tests.web.conftest import ENGLISH, Hand, Site, opened, path_of
from tests.web.test_unsubscribe import ONE_CLICK, leave_link

PUBLIC = ("/audio/feed", "/audio/2025-07-11", "/audio", "/", "/look.css")
CROWD = 40


@pytest.fixture
def site(two: Settings) -> Iterator[Site]:
    assert _run(("run", "audio", "--config", str(two.folder / "newsletter.toml"))) == 0
    yield from opened(two, Hand())


def add_issue(site: Site) -> None:
    with site.database.write.begin() as session:
        old = session.scalars(select(IssueRow)).one()
        session.add(
            IssueRow(
                newsletter=old.newsletter,
                day=old.day + timedelta(days=3),
                title=old.title,
                language=old.language,
                categories=[],
                notes={},
                state=old.state,
                frozen_at=old.frozen_at,
            )
        )


def test_a_public_page_is_made_once_and_known_before_it_is_made(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = {**ENGLISH, "Accept-Encoding": "gzip"}
    first = {page: site.client.get(page, headers=packed) for page in PUBLIC}
    for page, answer in first.items():
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert gzip.decompress(answer.data) == site.get(page).data
    restarted = create_app(site.settings, site.clock).test_client()
    with monkeypatch.context() as nothing_can_be_made:
        for made in (
            "issues.issue_store.load_issue",
            "issues.issue_queries.list_issues",
            "web.issue_archive.archive.Theme.of",
        ):
            nothing_can_be_made.delattr(f"newsletter.{made}")
        for page, answer in first.items():
            known = {**packed, "If-None-Match": answer.headers["ETag"]}
            assert restarted.get(page, headers=known).status_code == 304
            assert site.client.get(page, headers=packed).data == answer.data
    add_issue(site)
    changed = {
        page
        for page in PUBLIC
        if site.client.get(page, headers=packed).headers["ETag"] != first[page].headers["ETag"]
    }
    assert changed == {*PUBLIC} - {"/look.css"}


def test_while_another_holds_the_write_lock_everybody_can_read(site: Site) -> None:
    site.clock.now = utc_now()  # as the run's was
    ada = site.confirmed("ada@reader.example")
    app, link = site.client.application, path_of(leave_link(site, ada.id))
    with closing(sqlite3.connect(site.settings.folder / "newsletter.db")) as another:
        another.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(4) as pool:
            leaving = [pool.submit(app.test_client().post, link, data=ONE_CLICK) for _ in range(4)]
            for page in (*PUBLIC, link, "/healthz", "/robots.txt"):
                assert site.get(page).status_code == 200
            assert not any(one.done() for one in leaving)
            another.rollback()
            assert {one.result().status_code for one in leaving} == {200}
    assert site.held("ada@reader.example") == set()


def test_a_crowd_leaves_at_once_and_nobody_is_lost_or_counted_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        site.confirmed(f"reader{each}@reader.example", "audio", "text") for each in range(CROWD)
    ]
    app = site.client.application
    links = [path_of(leave_link(site, person.id)) for person in people]
    real = opt_out.unsubscribe

    def unlucky(*args: object) -> None:
        if args[1].id == people[3].id:  # type: ignore[attr-defined]
            raise ZeroDivisionError
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(opt_out, "unsubscribe", unlucky)
    with ThreadPoolExecutor(12) as pool:
        answers = list(
            pool.map(lambda link: app.test_client().post(link, data=ONE_CLICK), links + links)
        )
    assert [each.status_code for each in answers].count(500) == 2
    stayed = [person.email for person in people if site.held(person.email) != {"text"}]
    assert stayed == [people[3].email]
    with site.database.read() as session:
        left = session.scalars(select(ConsentRow).where(ConsentRow.act == "left")).all()
    assert len(left) == CROWD - 1
