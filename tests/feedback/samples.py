"""A SendGrid that signs what it posts, and events as it writes them."""

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.feedback import webhook_queue
from newsletter.models import DeliveryRow, DeliveryState, IssueRow, SubscriberRow
from newsletter.sending.reports import stats
from newsletter.subscribers import suppression
from tests.conftest import NOW


class SigningKey:
    """SendGrid's key pair."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self) -> str:
        return base64.b64encode(
            self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        ).decode()

    def headers(self, body: bytes, now: datetime = NOW) -> dict[str, str]:
        timestamp = str(int(now.timestamp()))
        signed = self._key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signed).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        }


def said(name: str, reference: str, **more: object) -> dict[str, Any]:
    """An event as SendGrid writes it."""
    return {
        "event": name,
        "email": "somebody@reader.example",
        "timestamp": int(NOW.timestamp()),
        "sg_event_id": f"{name}-{reference}",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
        "smtp-id": f"<{reference}@papers.example.org>",
        "reference": reference,
        **more,
    }


def fold(app: Flask) -> None:
    """Let what was posted act, as the background does."""
    webhook_queue.apply_waiting(app.extensions["newsletter.database"], lambda: NOW)


def body(events: Iterable[object]) -> bytes:
    return json.dumps(list(events)).encode()


def references(session: Session) -> dict[str, str]:
    """The reference of each reader's delivery of the one issue there is."""
    rows = session.execute(
        select(SubscriberRow.email, DeliveryRow.reference)
        .join(DeliveryRow, DeliveryRow.subscriber_id == SubscriberRow.id)
        .order_by(SubscriberRow.email)
    ).all()
    return {row.email: row.reference for row in rows}


def put(session: Session, reference: str, state: DeliveryState) -> None:
    """Move a delivery where a test wants it, and its batch's counters with it."""
    row = session.scalars(select(DeliveryRow).where(DeliveryRow.reference == reference)).one()
    delivery_counters.count_change(session, row.batch_id, DeliveryState(row.state), state, 1)
    row.state = state
    session.flush()


def ledger_of(session: Session) -> Mapping[str, tuple[str, str | None]]:
    """State and reason by address."""
    issue_id = session.scalars(select(IssueRow.id)).one()
    return {row[0]: (row[1], row[2]) for row in stats.list_deliveries(session, issue_id, None)}


def suppressed(session: Session, emails: Iterable[str]) -> dict[str, str]:
    found = {email: suppression.suppression_reason(session, email) for email in emails}
    return {email: reason for email, reason in found.items() if reason is not None}
