"""SendGrid's events as they are posted: genuine, forged, odd, and too many."""

import base64
import json
import os
import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from newsletter.config import FeedbackSettings, Settings
from newsletter.database import db
from newsletter.database.db import Database
from newsletter.errors import WrongUseError
from newsletter.feedback import webhook_queue
from newsletter.models import DeliveryState, FeedbackRow, InboxRow, QuarantineRow
from newsletter.web import create_app
from tests.conftest import NOW
from tests.feedback.samples import SigningKey, body, fold, ledger_of, put, said, suppressed

ADDRESS = "/hooks/sendgrid"
SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


def post(client: FlaskClient, key: SigningKey, *events: object) -> TestResponse:
    """Post them, and let them act, as the background does."""
    signed = body(events)
    answer = client.post(ADDRESS, data=signed, headers=key.headers(signed))
    fold(client.application)
    return answer


def kept(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(FeedbackRow)) or 0


def test_signed_events_act_and_are_answered_once_they_are_kept(
    client: FlaskClient, key: SigningKey, database: Database, sent: dict[str, str]
) -> None:
    (fine, first), (gone, second), (angry, third), *_ = sent.items()
    answer = post(
        client,
        key,
        said("processed", first),
        said("delivered", first, response="250 OK"),
        said(
            "bounce",
            second,
            type="bounce",
            bounce_classification="Invalid Address",
            status="5.1.1",
            reason=f"550 5.1.1 <{gone}> no such user",
        ),
        said("spamreport", third),
    )
    assert (answer.status_code, answer.text) == (202, "kept\n")
    with database.read() as session:
        assert ledger_of(session)[fine][0] == "sent"
        state, reason = ledger_of(session)[gone]
        assert (state, gone in str(reason)) == ("failed", False)
        assert reason == "bounced: Invalid Address 5.1.1 550 5.1.1 <address> no such user"
        assert suppressed(session, sent).keys() == {gone, angry}


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"type": "bounce", "bounce_classification": "Invalid Address"}, "bounced, suppressed"),
        ({"type": "bounce", "status": "5.1.1"}, "bounced, suppressed"),
        ({"type": "bounce", "reason": "550 5.1.10 no recipient"}, "bounced, suppressed"),
        ({"type": "bounce", "status": "5.1.8"}, "blocked"),
        ({"type": "bounce", "reason": "550 daily sending quota exceeded"}, "blocked"),
        ({"type": "bounce", "bounce_classification": "Mailbox Unavailable"}, "bounced"),
        ({"type": "bounce", "bounce_classification": "Unclassified"}, "bounced"),
        ({"type": "bounce"}, "bounced"),
        ({"type": "bounce", "bounce_classification": "Reputation"}, "blocked"),
        ({"type": "bounce", "bounce_classification": "Content"}, "blocked"),
        (
            {"type": "bounce", "bounce_classification": "Frequency or Volume Too High"},
            "blocked",
        ),
        ({"type": "bounce", "status": "5.7.1"}, "blocked"),
        ({"type": "blocked", "bounce_classification": "Invalid Address"}, "blocked"),
    ],
    ids=str,
)
def test_only_a_mailbox_that_does_not_exist_is_suppressed_at_once(
    client: FlaskClient,
    key: SigningKey,
    database: Database,
    sent: dict[str, str],
    more: dict[str, object],
    outcome: str,
) -> None:
    reader, reference = next(iter(sent.items()))
    assert post(client, key, said("bounce", reference, **more)).status_code == 202
    with database.read() as session:
        assert str(ledger_of(session)[reader][1]).startswith(outcome.partition(",")[0])
        assert list(suppressed(session, sent)) == ([reader] if "suppressed" in outcome else [])


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("Bounced Address", "bounced before, says SendGrid"),
        ("Invalid", "bounced: SendGrid calls the address invalid"),
        ("Spam Reporting Address", "complained"),
        ("Unsubscribed Address", "left"),
        ("Spam Content (if spam checker app enabled)", None),
        ("Recipient List over Package Quota", None),
    ],
)
def test_failure_14_what_sendgrid_drops_says_whether_the_address_is_to_blame(
    client: FlaskClient,
    key: SigningKey,
    database: Database,
    sent: dict[str, str],
    reason: str,
    why: str | None,
) -> None:
    reader, reference = next(iter(sent.items()))
    post(client, key, said("dropped", reference, reason=reason))
    with database.read() as session:
        assert ledger_of(session)[reader] == ("failed", f"dropped by the provider: {reason}")
        assert suppressed(session, sent).get(reader) == why


def test_an_address_that_sendgrid_cannot_carry_is_not_dead(
    client: FlaskClient, key: SigningKey, database: Database, sent: dict[str, str]
) -> None:
    reader, reference = next(iter(sent.items()))
    post(client, key, said("dropped", reference, reason="Invalid", email="用户@reader.example"))
    with database.read() as session:
        assert ledger_of(session)[reader] == ("failed", "dropped by the provider: Invalid")
        assert not suppressed(session, [reader, "用户@reader.example"])


def test_a_complaint_about_a_mail_of_no_issue_is_about_the_address_that_sendgrid_names(
    client: FlaskClient, key: SigningKey, database: Database
) -> None:
    for name in ("Ada@Reader.example", "J\u00dcrgen@例子.example"):
        post(client, key, said("spamreport", f"of-a-mail-to-{name[0]}", email=name))
    with database.read() as session:
        assert suppressed(session, ["ada@reader.example"])
        assert suppressed(session, ["jürgen@xn--fsqu00a.example"])


def test_opens_clicks_and_other_peoples_mails_are_not_kept(
    client: FlaskClient, key: SigningKey, database: Database, sent: dict[str, str]
) -> None:
    reference = next(iter(sent.values()))
    foreign = said("delivered", "x")
    del foreign["reference"]
    answer = post(client, key, said("open", reference), said("click", reference), foreign)
    assert answer.status_code == 202
    assert kept(database) == 0


ODD: list[Any] = [
    "no object",
    None,
    {},
    {"reference": "r", "event": "bounce"},
    said("bounce", "r", sg_event_id=None),
    said("bounce", "r", sg_event_id=""),
    said("bounce", "r", sg_event_id="x" * 200),
    said("bounce", "r", sg_event_id="a\0b"),
    said("bounce", "r", timestamp="yesterday"),
    said("bounce", "r", timestamp=-1),
    said("bounce", "r", timestamp=10**30),
    said("bounce", "r", timestamp=int((NOW + timedelta(days=3)).timestamp())),
    said("bounce", "r") | {"reference": ["r"]},
    said("transmogrified", "r"),
]


@pytest.mark.parametrize("odd", ODD, ids=lambda each: str(each)[:40])
def test_failure_18_one_odd_event_among_a_hundred_is_set_aside_and_the_rest_kept(
    client: FlaskClient, key: SigningKey, database: Database, odd: object
) -> None:
    good = [said("delivered", f"reference{number}") for number in range(99)]
    answer = post(client, key, *good[:50], odd, *good[50:])
    assert answer.status_code == 202
    assert kept(database) == 99
    with database.read() as session:
        rows = session.scalars(select(QuarantineRow)).all()
    assert [json.loads(each.content) for each in rows] == [odd]
    assert all(each.reason for each in rows)


def test_failure_18_what_sendgrid_did_not_sign_is_refused(
    client: FlaskClient, key: SigningKey, database: Database
) -> None:
    signed = body([said("spamreport", "r")])
    good = key.headers(signed)
    stranger = SigningKey().headers(signed)
    cases: list[dict[str, str]] = [
        {},
        {SIGNATURE: good[SIGNATURE]},
        {TIMESTAMP: good[TIMESTAMP]},
        stranger,
        good | {SIGNATURE: ""},
        good | {SIGNATURE: "no base64 at all!"},
        good | {SIGNATURE: good[SIGNATURE][:-3]},
        good | {SIGNATURE: base64.b64encode(b"x" * 70).decode()},
        good | {SIGNATURE: "sïgnature"},
        good | {TIMESTAMP: "now"},
        good | {TIMESTAMP: "-1"},
        good | {TIMESTAMP: "1" * 400},
        good | {TIMESTAMP: "١٢٣"},
        good | {TIMESTAMP: str(int(good[TIMESTAMP]) + 1)},
        key.headers(signed, NOW - timedelta(hours=1)),
        key.headers(signed, NOW + timedelta(hours=1)),
    ]
    for headers in cases:
        encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
        assert client.post(ADDRESS, data=signed, headers=encoded).status_code == 403
    assert client.post(ADDRESS, data=signed + b" ", headers=good).status_code == 403
    assert kept(database) == 0
    assert client.post(ADDRESS, data=signed, headers=good).status_code == 202


@pytest.mark.parametrize("posted", [b"", b"{}", b"null", b"[", b"\xff\xfe", b"[" * 100_000])
def test_failure_18_a_signed_body_that_holds_no_events_is_a_bad_request(
    client: FlaskClient, key: SigningKey, posted: bytes
) -> None:
    assert client.post(ADDRESS, data=posted, headers=key.headers(posted)).status_code == 400


def test_failure_18_fifty_megabytes_are_refused_unread(
    client: FlaskClient, key: SigningKey
) -> None:
    huge = b" " * (50 * 1024 * 1024)
    assert client.post(ADDRESS, data=huge, headers=key.headers(b"")).status_code == 413


def test_more_than_the_pages_take_is_no_trouble_for_the_hook(
    client: FlaskClient, key: SigningKey
) -> None:
    events = [said("delivered", f"r{number}", response="x" * 200) for number in range(2000)]
    assert len(body(events)) > 700_000
    assert post(client, key, *events).status_code == 202


@pytest.mark.slow
def test_failure_17_ten_thousand_events_at_once_twice(
    client: FlaskClient, key: SigningKey, database: Database, sent: dict[str, str]
) -> None:
    reference = next(iter(sent.values()))
    events = [
        {
            "event": "deferred",
            "timestamp": 1,
            "sg_event_id": f"e{number}",
            "reference": reference,
        }
        for number in range(10_000)
    ]
    assert post(client, key, *events).status_code == 202
    assert post(client, key, *events).status_code == 202
    assert kept(database) == 10_000


def test_failure_17_killed_while_folding_nothing_is_lost_or_told_twice(
    client: FlaskClient,
    key: SigningKey,
    settings: Settings,
    database: Database,
    sent: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_queue, "_AT_ONCE", 5)
    events = [said("delivered", f"r{number}") for number in range(17)]
    gone, reference = next(iter(sent.items()))
    events.append(said("bounce", reference, bounce_classification="Invalid Address"))
    for signed in (body(events), body(["no event"])):
        assert client.post(ADDRESS, data=signed, headers=key.headers(signed)).status_code == 202
    assert kept(database) == 0
    database.dispose()
    child = os.fork()
    if not child:
        own = db.connect(settings.database.url, settings.folder)

        def killed() -> bool:
            if kept(own) >= 10:
                os.kill(os.getpid(), 9)
            return False

        webhook_queue.apply_waiting(own, lambda: NOW, killed)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    assert kept(database) == 10
    fold(client.application)
    assert kept(database) == 18
    with database.read() as session:
        assert list(suppressed(session, sent)) == [gone]
        assert session.scalar(select(func.count()).select_from(QuarantineRow)) == 1
        assert session.scalar(select(func.count()).select_from(InboxRow)) == 0


def test_what_an_earlier_version_kept_unpacked_acts_as_well(
    client: FlaskClient, database: Database
) -> None:
    content = body([said("delivered", "r1")])
    with database.write.begin() as session:
        session.add(InboxRow(source="sendgrid", content=content, received_at=NOW, folded=0))
    fold(client.application)
    assert kept(database) == 1


@pytest.mark.slow
def test_failure_17_a_busy_database_is_a_503_and_nothing_is_half_kept(
    app: Flask, key: SigningKey, database: Database, settings: Settings
) -> None:
    def impatient(connection: Any, *_: object) -> None:  # noqa: ANN401
        connection.execute("PRAGMA busy_timeout = 1")

    engine = app.extensions["newsletter.database"].engine
    engine.dispose()
    sqlalchemy_event.listen(engine, "connect", impatient)
    locking = sqlite3.connect(settings.folder / "newsletter.db", isolation_level=None)
    locking.execute("BEGIN IMMEDIATE")
    client = app.test_client()
    assert post(client, key, said("delivered", "r")).status_code == 503
    locking.execute("ROLLBACK")
    locking.close()
    assert kept(database) == 0
    assert post(client, key, said("delivered", "r")).status_code == 202
    assert kept(database) == 1


def test_without_a_key_there_is_no_hook(settings: Settings) -> None:
    app = create_app(settings, clock=lambda: NOW)
    assert app.test_client().post(ADDRESS, data=b"[]").status_code in {404, 405}
    app.extensions["newsletter.database"].dispose()


@pytest.mark.parametrize("wrong", ["no key", "bm8ga2V5", "MAUGAytlcAMBAA=="])
def test_a_key_that_is_none_is_said_at_the_start(settings: Settings, wrong: str) -> None:
    hearing = FeedbackSettings(sendgrid_public_key=wrong)
    with pytest.raises(WrongUseError, match=r"feedback\.sendgrid_public_key is"):
        create_app(settings.model_copy(update={"feedback": hearing}))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
_FIELDS = st.sampled_from(
    ["event", "timestamp", "sg_event_id", "reference", "email", "type", "status", "reason"]
)


@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(st.tuples(_FIELDS, _JSON), max_size=4),
    name=st.sampled_from(["bounce", "dropped", "delivered", "spamreport", "unsubscribe"]),
)
def test_failure_18_whatever_a_signed_event_holds_it_never_breaks_the_hook(
    client: FlaskClient,
    key: SigningKey,
    sent: dict[str, str],
    changes: list[tuple[str, object]],
    name: str,
) -> None:
    told = said(name, next(iter(sent.values()))) | dict(changes)
    assert post(client, key, told).status_code == 202


@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(posted=st.binary(max_size=200), signature=st.text(max_size=90), stamp=st.text(max_size=12))
def test_failure_18_whatever_a_stranger_posts_is_refused(
    client: FlaskClient, posted: bytes, signature: str, stamp: str
) -> None:
    def header(text: str) -> str:
        bare = text.replace("\r", "").replace("\n", "").replace("\0", "")
        return bare.encode("utf-8", "replace").decode("latin-1")

    headers = {SIGNATURE: header(signature), TIMESTAMP: header(stamp)}
    assert client.post(ADDRESS, data=posted, headers=headers).status_code == 403


def test_an_uncertain_mail_is_settled_by_the_hook(
    client: FlaskClient, key: SigningKey, database: Database, sent: dict[str, str]
) -> None:
    reader, reference = next(iter(sent.items()))
    with database.write.begin() as session:
        put(session, reference, DeliveryState.UNCERTAIN)
    post(client, key, said("delivered", reference))
    with database.read() as session:
        assert ledger_of(session)[reader][0] == "sent"
