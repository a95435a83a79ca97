"""A letter outside of any issue comes back: its address is not written to again."""

from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.models import SentLetterRow, Standing
from newsletter.subscribers import suppression
from tests.conftest import Cli
from tests.feedback import mails
from tests.web.conftest import Site, site, two

__all__ = ["site", "two"]
ADA = "ada@reader.example"


def put(folder: Path, raw: bytes) -> None:
    for name in ("new", "cur", "tmp"):
        (folder / "box" / name).mkdir(parents=True, exist_ok=True)
    (folder / "box" / "new" / "1.mail").write_bytes(raw)


def why(site: Site) -> str | None:
    with site.database.read() as session:
        return suppression.reason(session, ADA)


def test_a_confirm_mail_to_nobody_ends_the_sign_up(site: Site, cli: Cli) -> None:
    site.sign_up(ADA)
    site.work()
    (confirm,) = site.sent
    put(site.settings.folder, mails.dsn(confirm.reference))
    assert "1 mails: 1 bounce" in cli("feedback", "--maildir", "box").out
    assert why(site) is not None
    assert site.subscriber(ADA) is None
    link = site.link(confirm, "confirm")
    site.post(link)
    assert site.held(ADA) == set()
    site.sign_up(ADA)
    site.work()
    assert len(site.sent) == 1


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
        assert session.scalars(select(SentLetterRow.email)).all() == ["bob@reader.example"]
    cli("subscribers", "erase", "bob@reader.example", "--yes")
    with site.database.read() as session:
        assert not session.scalars(select(SentLetterRow)).all()
