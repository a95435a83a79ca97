"""Erased is erased: no row, no byte, no way back but their own; the accounts still balance."""

import json
import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from newsletter import bootstrap, delivery_counters
from newsletter.config import SendingSettings, Settings
from newsletter.database.db import Database
from newsletter.feedback import apply, sendgrid_webhook
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    IssueRow,
    IssueState,
    Standing,
    SubscriberRow,
    SubscriptionRow,
    SuppressionRow,
)
from newsletter.sending.claiming import claim, pending
from newsletter.sending.records import leases, ledger
from newsletter.sending.records.journal import Owner
from newsletter.sending.records.ledger import DeliveryResult
from newsletter.sending.reports import totals
from newsletter.subscribers import erasure, lifecycle, suppression
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.transports.base import SendResult, SendStatus
from newsletter.web import create_app
from tests.conftest import NOW, Cli, Prepare, stored

pytestmark = [pytest.mark.on_both_databases, pytest.mark.usefixtures("short_day")]

ADA = "ada.erased@reader.example"
WISH = SubscriptionRequest(["audio"], "brief", "en")
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def ada(database: Database, readers: list[str]) -> int:
    """Ada, confirmed, one among thirteen readers."""
    with database.write.begin() as session:
        number = lifecycle.add_subscriber(session, ADA, WISH, "signed on paper at the fair", NOW).id
    assert readers
    return number


def test_no_byte_of_the_address_is_left_in_the_database(
    cli: Cli, settings: Settings, database: Database, ada: int
) -> None:
    with database.write.begin() as session:
        suppression.suppress(session, ADA, f"rejected: 550 <{ADA.upper()}> no such user", NOW)
    cli("run")
    with database.write.begin() as session:
        row = session.scalars(select(DeliveryRow).where(DeliveryRow.subscriber_id == ada)).one()
        row.reason = f"550 <{ADA}> unknown"
    assert ADA.encode() in stored(settings, database)
    said = cli("subscribers", "erase", ADA, "--yes")
    assert (said.code, said.out.splitlines()[0]) == (0, "Erased.")
    left = stored(settings, database).lower()
    assert b"ada.erased" not in left
    assert b"signed on paper at the fair" not in left


@pytest.mark.slow
def test_no_byte_of_an_address_beyond_ascii_is_left_either(
    cli: Cli, settings: Settings, database: Database
) -> None:
    address = "jürgen.erased@xn--fsqu00a.example"
    cli("subscribers", "add", "Ju\u0308rgen.Erased@例子.example", "--consent", "by phone")
    cli("run")
    odd = sendgrid_webhook.parse_body(json.dumps([{"event": "?", "email": address}]).encode(), NOW)
    with database.write.begin() as session:
        suppression.suppress(session, address, f"550 <{address.upper()}> no such user", NOW)
        for reason, content in odd.odd:
            apply.quarantine(session, "sendgrid", reason, content, NOW)
    assert address.encode() in stored(settings, database)
    assert cli("subscribers", "erase", "JÜRGEN.erased@例子.example", "--yes").code == 0
    left = stored(settings, database).lower()
    for spelling in ("jürgen.erased", "JÜRGEN.ERASED".lower(), "rgen.erased"):
        assert spelling.encode() not in left
    with database.read() as session:
        assert suppression.suppression_reason(session, address) == "550 <address> no such user"


@pytest.mark.slow
def test_the_accounts_of_issues_still_balance(cli: Cli, database: Database, ada: int) -> None:
    cli("run")
    before = cli("deliveries", "status").out
    references = {each["reference"] for each in deliveries(cli)}
    cli("subscribers", "erase", ADA, "--yes")
    assert cli("deliveries", "status").out == before
    (nobody,) = [each for each in deliveries(cli) if each["address"] == "(erased)"]
    assert nobody["reference"] not in references
    assert (nobody["state"], nobody["reason"]) == ("sent", "erased")
    with database.read() as session:
        row = session.scalars(
            select(DeliveryRow).where(DeliveryRow.reference == nobody["reference"])
        ).one()
        assert row.provider_id is None
        assert row.subscriber_id not in {ada, -ada}
        assert session.get(SubscriberRow, ada) is None
        assert not session.scalar(
            select(func.count())
            .select_from(SubscriptionRow)
            .where(SubscriptionRow.subscriber_id == ada)
        )
    assert "done already" in cli("run").out


def deliveries(cli: Cli) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(cli("deliveries", "list", "--json").out)
    return found


@pytest.mark.slow
def test_several_erased_readers_of_one_issue_stay_apart(cli: Cli, readers: list[str]) -> None:
    cli("run")
    for email in readers[:3]:
        assert cli("subscribers", "erase", email, "--yes").code == 0
    assert [each["address"] for each in deliveries(cli)].count("(erased)") == 3
    assert "12 subscribers = 12 sent" in cli("deliveries", "status").out


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (SendStatus.ACCEPTED, DeliveryState.SENT),
        (SendStatus.REJECTED, DeliveryState.FAILED),
        (SendStatus.UNCERTAIN, DeliveryState.UNCERTAIN),
        (SendStatus.TRY_LATER, DeliveryState.SKIPPED),
    ],
)
def test_who_is_erased_while_their_mail_is_on_its_way_is_accounted_for_and_forgotten(
    database: Database, issue_id: int, verdict: SendStatus, state: DeliveryState
) -> None:
    owner = Owner.this_process()
    with database.write.begin() as session:
        batch = session.scalars(select(BatchRow)).one()
        assert leases.lease_batch(session, batch, owner, NOW, None)
        share = pending.BatchRef(batch.id, issue_id)
        claimed = claim.claim_deliveries(session, share, SendingSettings(), NOW, 0, 1)
    (reader,) = claimed.recipients
    with database.write.begin() as session:
        erasure.erase(session, lifecycle.get_subscriber(session, reader.email), NOW)
    with database.write.begin() as session:
        outcome = SendResult(verdict, detail=f"about {reader.email}", provider_id="p-1")
        ledger.record_results(session, [DeliveryResult(reader, outcome)], NOW)
    with database.read() as session:
        (row,) = session.scalars(select(DeliveryRow).where(DeliveryRow.subscriber_id < 0))
        assert row.state == state
        assert (row.reason, row.provider_id) == ("erased", None)
        assert row.reference != reader.reference
        assert totals.delivery_totals(session, issue_id).audience == 12
        assert delivery_counters.of_issue(session, issue_id) == delivery_counters.scanned(
            session, issue_id
        )


def without_tokens(page: str) -> str:
    """An undo and a button bear signatures that say nothing of whether anybody is there."""
    return re.sub(r"(?<=/undo/)[^\"]+|(?<=\.NONE\.)[0-9a-f]{32}(?=\")", "...", page)


@pytest.fixture
def issue_id(cli: Cli, database: Database, readers: list[str], prepared: Prepare) -> int:
    """An issue that is frozen for all readers and not sent to anybody yet."""
    assert readers

    def run() -> None:
        assert cli("run").code == 0

    prepared("twelve readers, each with their issue", run)
    with database.write.begin() as session:
        for row in session.scalars(select(DeliveryRow)):
            row.state, row.provider_id = DeliveryState.PENDING, None
        issue = session.scalars(select(IssueRow)).one()
        issue.state = IssueState.FROZEN
        for batch in session.scalars(select(BatchRow)):
            batch.finished, batch.pending, batch.sent = False, batch.sent, 0
        return issue.id


def test_who_is_erased_before_their_turn_is_skipped(
    cli: Cli, settings: Settings, issue_id: int, readers: list[str]
) -> None:
    for file in (settings.folder / "outbox").glob("*.eml"):
        file.unlink()
    cli("subscribers", "erase", readers[4], "--yes")
    assert "12 subscribers = 11 sent + 1 skipped" in cli("send").out
    assert not list((settings.folder / "outbox").glob(f"*{readers[4]}*"))
    assert issue_id


def test_an_uncertain_mail_to_an_erased_person_is_never_sent_again(
    cli: Cli, database: Database, ada: int
) -> None:
    cli("run")
    with database.write.begin() as session:
        row = session.scalars(select(DeliveryRow).where(DeliveryRow.subscriber_id == ada)).one()
        row.state = DeliveryState.UNCERTAIN
        delivery_counters.count_change(
            session, row.batch_id, DeliveryState.SENT, DeliveryState.UNCERTAIN, 1
        )
    cli("subscribers", "erase", ADA, "--yes")
    cli("deliveries", "settle", "--as", "resend")
    assert "13 subscribers = 12 sent + 1 skipped" in cli("send").out


def test_old_links_of_the_erased_answer_as_those_of_anybody_long_gone(
    cli: Cli, settings: Settings, ada: int
) -> None:
    links = bootstrap.signed_links(settings)
    cli("subscribers", "erase", ADA, "--yes")
    app = create_app(settings, clock=lambda: NOW)
    with app.test_client() as client:
        for erased, never in (
            (links.unsubscribe(ada, "audio"), links.unsubscribe(999_999, "audio")),
            (links.confirm(ada, ["audio"], TOMORROW), links.confirm(999_999, ["audio"], TOMORROW)),
        ):
            for method in ("GET", "POST"):
                first, second = (
                    client.open(urlsplit(each).path, method=method) for each in (erased, never)
                )
                assert first.status_code == second.status_code == 200
                assert without_tokens(first.text) == without_tokens(second.text)
    app.extensions["newsletter.database"].dispose()


def test_the_erased_come_back_only_by_their_own_confirmation(
    cli: Cli, database: Database, ada: int
) -> None:
    cli("subscribers", "erase", ADA, "--yes")
    for proof in ((), ("--consent", "an old list")):
        said = cli("subscribers", "add", ADA.upper(), *proof)
        assert (said.code, "was erased; only they can come back" in said.err) == (2, True)
    with database.write.begin() as session:
        back = lifecycle.add_subscriber(session, ADA, WISH, None, NOW)
        assert back.standing == Standing.PENDING
        assert back.id != ada
        assert suppression.suppression_reason(session, ADA) == "erased"
        lifecycle.confirm_subscriptions(session, back, {"audio": "brief"}, NOW)
        assert suppression.suppression_reason(session, ADA) is None


def test_an_address_that_is_not_here_is_kept_out_too(cli: Cli, database: Database) -> None:
    said = cli("subscribers", "erase", "Stranger@Reader.example", "--yes")
    assert said.out.startswith("Nobody here has this address; it will not be taken in.\n")
    with database.read() as session:
        assert suppression.suppression_reason(session, "stranger@reader.example") == "erased"


def test_erasing_does_not_soften_a_reason_that_holds_for_ever(database: Database) -> None:
    with database.write.begin() as session:
        suppression.suppress(session, ADA, f"complaint: by {ADA} today", NOW)
        erasure.erase_address(session, ADA, NOW)
        assert suppression.suppression_reason(session, ADA) == "complaint"
        assert session.scalars(select(SuppressionRow.reason)).one() == "complaint"


def test_it_asks_before_it_erases(
    cli: Cli, database: Database, ada: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = tmp_path / "answer"
    answer.write_text("no\n")
    with answer.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        said = cli("subscribers", "erase", ADA)
    assert said.code == 1
    assert f"Erase everything about {ADA} for good?" in said.err
    with database.read() as session:
        assert session.get(SubscriberRow, ada) is not None


def test_the_outbox_is_not_ours_and_it_says_so(cli: Cli, settings: Settings, ada: int) -> None:
    cli("run")
    said = cli("subscribers", "erase", ADA, "--yes")
    assert "Not touched: mails in an outbox folder" in said.out
    file = settings.folder / "outbox" / f"audio-2025-07-11-{ADA}.eml"
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == ADA
    assert ada
