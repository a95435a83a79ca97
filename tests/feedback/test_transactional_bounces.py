"""A letter outside of any issue comes back: its address is not written to again."""

import json
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select, update

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import OutboxRow, SentOutboxRow, Standing
from newsletter.subscribers import lifecycle, suppression
from tests.conftest import NOW, Cli, settings
from tests.feedback import mails
from tests.transports.smtp_standins import unused_port
from tests.web.conftest import Site, site, two

__all__ = ["settings", "site", "two"]  # of a newsletter that was not sent yet
ADA = "ada@reader.example"


def put(folder: Path, raw: bytes) -> None:
    for name in ("new", "cur", "tmp"):
        (folder / "box" / name).mkdir(parents=True, exist_ok=True)
    (folder / "box" / "new" / "1.mail").write_bytes(raw)


def why(site: Site) -> str | None:
    with site.database.read() as session:
        return suppression.suppression_reason(session, ADA)


def test_a_confirm_mail_to_nobody_ends_the_sign_up(site: Site, cli: Cli) -> None:
    site.sign_up(ADA)
    site.work()
    (confirm,) = site.sent
    put(site.settings.folder, mails.dsn(confirm.reference))
    assert "1 mail: 1 bounce" in cli("feedback", "--maildir", "box").out
    assert why(site) is not None
    assert site.subscriber(ADA) is None
    link = site.link(confirm, "confirm")
    site.post(link)
    assert site.held(ADA) == set()
    site.sign_up(ADA)
    site.work()
    assert len(site.sent) == 1


def test_a_confirm_mail_that_the_operator_caused_comes_back_all_the_same(
    cli: Cli, settings: Settings, database: Database
) -> None:
    assert cli("subscribers", "add", ADA).code == 0
    (confirm,) = (settings.folder / "outbox").iterdir()
    reference = str(message_from_bytes(confirm.read_bytes())["Message-ID"])[1:].partition("@")[0]
    put(settings.folder, mails.dsn(reference))
    assert "1 mail: 1 bounce" in cli("feedback", "--maildir", "box").out
    said = cli("subscribers", "add", ADA, "--consent", "on paper")
    assert "ada@reader.example must not be mailed: bounced: 5.1.1" in said.err
    with database.read() as session:
        assert lifecycle.find_subscriber(session, ADA) is None


def test_a_confirm_mail_that_does_not_leave_waits_in_the_box_and_leaves_with_the_next_run(
    cli: Cli, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__USE", "smtp")
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__HOST", "127.0.0.1")
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__SECURITY", "none")
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__PORT", str(unused_port()))
    said = cli("subscribers", "add", ADA)
    assert said.code == 1
    assert "did not leave, and waits for the next `newsletter run`" in said.err
    shown = json.loads(cli("subscribers", "show", ADA, "--json").out)
    assert [(each["act"], each["way"]) for each in shown["history"]] == [("asked", "operator")]
    monkeypatch.delenv("NEWSLETTER_TRANSPORT__USE")
    with database.write.begin() as session:
        session.execute(update(OutboxRow).values(not_before=NOW))  # its pause is over
    assert cli("run").code == 0
    assert [file.name for file in (settings.folder / "outbox").iterdir()] == [f"confirm-{ADA}.eml"]


@pytest.mark.parametrize("reference", ["f" * 24, None])
def test_a_strange_reference_or_a_full_mailbox_ends_nothing(
    site: Site, cli: Cli, reference: str | None
) -> None:
    site.sign_up(ADA)
    site.work()
    full = mails.dsn(site.sent[0].reference, "5.2.2", diagnostic="552 mailbox full")
    put(site.settings.folder, mails.dsn(reference) if reference else full)
    said = cli("feedback", "--maildir", "box")
    assert ("1 not understood" in said.out) == (reference is not None)
    assert why(site) is None
    asked = site.subscriber(ADA)
    assert asked is not None
    assert asked.standing == Standing.PENDING


def test_whom_letters_went_to_is_forgotten_in_time_and_by_erasure(site: Site, cli: Cli) -> None:
    site.sign_up(ADA)
    site.work()
    site.clock.pass_by(days=15)
    site.sign_up("bob@reader.example")
    site.work()
    with site.database.read() as session:
        assert session.scalars(select(SentOutboxRow.email)).all() == ["bob@reader.example"]
    cli("subscribers", "erase", "bob@reader.example", "--yes")
    with site.database.read() as session:
        assert not session.scalars(select(SentOutboxRow)).all()
