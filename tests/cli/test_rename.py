"""A newsletter gets another slug: nobody is lost, nobody is mailed twice, old links lead on."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import waitress
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter import bootstrap, config, machine_clock, slugs
from newsletter.cli.printing import output
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.interests import interest_store
from newsletter.interests.named_interest import Interest, InterestType
from newsletter.models import DeliveryRow, SubscriptionRow
from newsletter.subscribers import lifecycle, opt_out
from newsletter.subscribers.link_claims import UndoClaim, UnsubscribeClaim
from newsletter.transports.memory import Memory
from newsletter.web import create_app
from tests.conftest import NOW, Cli
from tests.sending.test_restored import Limited
from tests.web.conftest import ENGLISH

pytestmark = pytest.mark.usefixtures("short_day")


def change_file(settings: Settings, old: str, new: str) -> None:
    file = settings.folder / "newsletter.toml"
    file.write_text(file.read_text().replace(f'slug = "{old}"', f'slug = "{new}"'))


def held(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(SubscriptionRow.newsletter).distinct()))


REFUSED = (
    *("subscribers list --to speech", "subscribers export --to speech"),
    *("issues list", "issues show", "issues list audio", "deliveries status"),
    *("deliveries list", "deliveries list audio", "deliveries settle --as sent"),
    *("interests", "subscribers list --to audio", "fetch", "summarize --report"),
    *("subscribers add new@reader.example --consent said", "rename speech text"),
    *("subscribers import list.csv --consent said", "rename speech audio"),
)
WARNED = (
    "subscribers list",
    "issues edit speech",
    "notify list",
    "preview --day 2025-07-11",
)


@pytest.mark.on_both_databases
def test_readers_issues_and_the_file_go_along_and_nobody_is_mailed_twice(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    assert readers
    file = settings.folder / "newsletter.toml"
    file.write_text(
        file.read_text() + '\n[api.site]  # ours\ntoken = "0123456789abcdef0123"\n'
        'newsletters = ["audio"]\n[notify.me]\nmail_to = "me@papers.example"\n'
        'newsletters = ["audio"]\n'
    )
    before = file.read_text()
    assert cli("run").code == 0
    said = cli("rename", "audio", "speech")
    assert said.code == 0, said.err
    assert "audio is speech now: 12 readers, 1 issue." in said.out
    assert file.read_text() == before.replace('"audio"', '"speech"')
    said = cli("run")
    assert (said.code, "done already" in said.out) == (0, True)
    assert held(database) == ["speech"]
    account = json.loads(cli("deliveries", "status", "speech", "--json").out)
    assert (account["audience"], account["sent"]) == (12, 12)
    assert cli("issues", "list", "speech").code == 0
    again = cli("rename", "audio", "speech")
    assert (again.code, again.out) == (0, "'audio' is called 'speech' already.\n")


def test_a_slug_that_changed_in_the_file_alone_is_said_loudly_and_mails_nobody(
    cli: Cli, settings: Settings, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EADDRINUSE, "in use")

    monkeypatch.setattr(waitress, "create_server", refuse)  # `serve` ends there
    change_file(settings, "audio", "speech")
    (settings.folder / "list.csv").write_text("email\nnew@reader.example\n")
    for command in ("run", "send", "serve --host ::"):
        said = cli(*command.split())
        assert said.code == 1
        assert "12 readers of 'audio', which no [[newsletters]] names" in said.err
        assert ("[::]:8000 cannot be served" in said.err) is (command == "serve --host ::")
        assert "`newsletter rename audio speech`" in said.err
        assert "0 subscribers" not in said.out
    assert "12 readers of 'audio'" in " ".join(cli("check").out.split())
    for reading in (*REFUSED, *WARNED):  # no newsletter is told of as if nobody read it
        said = cli(*reading.split())
        assert "`newsletter rename audio speech`" in said.err, reading
        assert bool(said.code) != (reading in WARNED), reading
    assert cli("rename", "audio", "speech").code == 0
    said = cli("run")
    assert said.code == 0
    assert f"{len(readers)} subscribers = {len(readers)} sent" in said.out


def test_a_newsletter_that_is_over_lets_its_readers_go(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    change_file(settings, "audio", "other")
    said = cli("subscribers", "remove", "--everybody", "--from", "audio")
    assert said.out == f"{len(readers)} readers left audio.\n"
    assert cli("run").code == 0
    assert "EMAIL, or --everybody --from SLUG" in cli("subscribers", "remove").err


def test_the_file_that_still_has_the_old_slug_is_told_of_and_finished(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    with database.write.begin() as session:  # as when the command was killed in between
        assert slugs.rename(session, "audio", "speech", NOW).readers == len(readers)
    said = cli("run")
    assert said.code == 1
    assert "'audio' has been called 'speech' since 2025-07-11" in said.err
    assert "`newsletter rename audio speech`" in " ".join(cli("check").out.split())
    assert cli("rename", "audio", "speech").code == 0
    assert config.load(settings.folder / "newsletter.toml").newsletters[0].slug == "speech"
    assert cli("run").code == 0


def test_what_cannot_be_renamed_is_refused_in_one_line(
    cli: Cli, database: Database, readers: list[str]
) -> None:
    for new, why in (
        ("Speech!", "must be 1 to 40 of a-z"),
        ("u", "is the address of another page"),
        ("audio", "called so already"),
    ):
        said = cli("rename", "audio", new)
        assert (said.code, why in said.err) == (2, True), said.err
    assert "neither 'adio' nor 'text'" in cli("rename", "adio", "text").err
    assert cli("rename", "adio", "audio").code == 2
    cli("run")
    assert cli("rename", "audio", "speech").code == 0
    with database.write.begin() as session:
        lifecycle.subscribe(
            session, lifecycle.get_subscriber(session, readers[0]), "text", "brief", NOW
        )
    with (
        pytest.raises(Exception, match="links in old mails lead by it to 'speech'"),
        database.write.begin() as session,
    ):
        slugs.rename(session, "text", "audio", NOW)
    with (
        pytest.raises(Exception, match="'speech' is taken: it has issues of its own"),
        database.write.begin() as session,
    ):
        slugs.rename(session, "text", "speech", NOW)
    assert cli("rename", "speech", "audio").code == 0  # and back
    assert "done already" in cli("run").out


@pytest.mark.on_both_databases
def test_who_signed_up_for_the_new_slug_already_is_joined(
    database: Database, readers: list[str]
) -> None:
    with database.write.begin() as session:
        first, second = (lifecycle.get_subscriber(session, email) for email in readers[:2])
        lifecycle.subscribe(session, first, "speech", "titles", NOW)
        lifecycle.subscribe(session, second, "speech", "titles", NOW)
        opt_out.end_subscriptions(session, second, ["audio"], NOW)
        for slug, words in (("audio", ["codec", "choir"]), ("speech", ["codec", "tone"])):
            named = [Interest(InterestType.WORD, word) for word in words]
            interest_store.add(session, slug, named, slug, NOW)
        assert slugs.rename(session, "audio", "speech", NOW).readers == len(readers)
        rows = interest_store.newsletter_rows(session, "speech")
        assert [(row.value, row.origin) for row in rows] == [
            ("choir", "audio"),
            ("codec", "audio"),
            ("tone", "speech"),
        ]
        kept = lifecycle.active_subscriptions(session, first)
        assert [(slug, row.detail) for slug, row in kept.items()] == [("speech", "full")]
        assert list(lifecycle.active_subscriptions(session, second)) == ["speech"]


@pytest.mark.on_both_databases
def test_a_renaming_while_a_send_is_under_way_costs_nobody_an_issue(
    settings: Settings, database: Database, readers: list[str]
) -> None:
    def rename(number: int) -> None:
        if number == len(readers) // 2:
            with database.write.begin() as session:
                slugs.rename(session, "audio", "speech", NOW)

    transport = Limited(len(readers), 1, rename)
    with bootstrap.open_services(
        settings, machine_clock.utc_now, output.progress_bar, lambda: False
    ) as services:
        report = daily.run_day(
            replace(services, transport=transport), settings.newsletters[0], None
        )
        assert report.result is not None
        assert (report.result.account.sent, report.result.is_done) == (len(readers), True)
        assert sorted(mail.recipient for mail in transport.memory.sent) == readers
        again = replace(services, transport=Memory())
        speech = settings.renamed({"audio": "speech"}).newsletters[0]
        assert daily.run_day(again, speech, None).already
        with pytest.raises(Exception, match="'audio' has been called 'speech'"):
            daily.run_day(again, settings.newsletters[0], None)  # began before the renaming


_DIES = """
import os, signal, sys
from pathlib import Path
from newsletter import bootstrap, config, slugs
from tests.conftest import NOW
settings = config.load(Path(sys.argv[1]))
with bootstrap.open_database(settings) as database, database.write.begin() as session:
    slugs.rename(session, "audio", "speech", NOW)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.on_both_databases
def test_one_killed_in_the_middle_has_changed_nothing(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    assert readers
    command = [sys.executable, "-c", _DIES, str(settings.folder / "newsletter.toml")]
    root = Path(__file__).parents[2]
    died = subprocess.run(command, cwd=root, env=os.environ, check=False)  # noqa: S603 - our own interpreter
    assert died.returncode == -signal.SIGKILL
    assert held(database) == ["audio"]
    assert cli("rename", "audio", "speech").code == 0
    assert held(database) == ["speech"]


@pytest.fixture
def site() -> Iterator[Callable[[Settings], FlaskClient]]:
    """Opens the pages, as `serve` does when it starts; a second passes with each look."""
    seconds = count()

    def clock() -> datetime:
        return NOW + timedelta(seconds=next(seconds))

    with ExitStack() as stack:

        def open_site(settings: Settings) -> FlaskClient:
            app = create_app(settings, clock)
            stack.callback(app.extensions["newsletter.database"].dispose)
            return app.test_client()

        yield open_site


@pytest.mark.on_both_databases
def test_old_addresses_and_signed_links_lead_to_the_newsletter(
    cli: Cli,
    settings: Settings,
    database: Database,
    readers: list[str],
    site: Callable[[Settings], FlaskClient],
) -> None:
    cli("run")
    links = bootstrap.signed_links(settings)
    with database.read() as session:
        first, second, third = (lifecycle.get_subscriber(session, one) for one in readers[:3])
        references = set(session.scalars(select(DeliveryRow.reference)))
    stale = site(settings)  # a `serve` that nobody restarted
    before = stale.get("/audio/feed")
    assert cli("rename", "audio", "speech").code == 0
    fresh = site(config.load(settings.folder / "newsletter.toml"))
    for client in (fresh, stale):
        for path in ("", "/2025-07", "/2025-07-11", "/2025-07-11/papers.bib", "/feed"):
            led = client.get(f"/audio{path}?lang=de")
            assert led.status_code == 301
            assert led.headers["Location"] == f"http://127.0.0.1:8000/speech{path}?lang=de"
            assert client.get(f"/speech{path}").status_code == 200
    ids = [line for line in before.text.split("<") if line.startswith("id>")]
    assert ids == [line for line in fresh.get("/speech/feed").text.split("<") if line[:3] == "id>"]
    one_click = {"List-Unsubscribe": "One-Click"}
    for client, reader in ((fresh, first), (stale, second)):
        token = links.token(UnsubscribeClaim(reader.id, "audio"))
        assert settings.newsletters[0].title in client.get(f"/u/{token}", headers=ENGLISH).text
        assert client.post(f"/u/{token}", data=one_click).status_code == 200
        with database.read() as session:
            left = lifecycle.get_subscriber(session, reader.email)
            assert not lifecycle.active_subscriptions(session, left)
    undo = links.token(UndoClaim(first.id, NOW + opt_out.UNDO_WITHIN, "audio"))
    assert settings.newsletters[0].title in fresh.get(f"/undo/{undo}", headers=ENGLISH).text
    preferences = links.preferences_token(third.id, third.email)
    assert fresh.get(f"/preferences/{preferences}").status_code == 200
    with database.read() as session:
        assert set(session.scalars(select(DeliveryRow.reference))) == references


def test_a_backup_from_before_is_restored_under_the_new_slug(
    cli: Cli, settings: Settings, readers: list[str]
) -> None:
    cli("run")
    cli("backup", str(settings.folder / "copy.db"))
    cli("rename", "audio", "speech")
    cli("subscribers", "remove", readers[0])
    assert cli("restore", str(settings.folder / "copy.db"), "--yes").code == 0
    with bootstrap.open_database(settings) as restored, restored.read() as session:
        left = lifecycle.get_subscriber(session, readers[0])
        assert not lifecycle.active_subscriptions(session, left)
    assert held(restored) == ["speech"]
    assert "done already" in cli("run").out
