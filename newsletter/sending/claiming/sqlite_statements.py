"""SQLite's statements for a sender, for what SQLAlchemy would take many times as long to say.

A row costs SQLite some microseconds, and to SQLAlchemy its parameters alone cost more.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from newsletter.models.base import UtcDateTime
from newsletter.sending.claiming.lease_renewal import LeaseState, Renewal, Said


def renew_and_record(
    session: Session,
    batch_id: int,
    renewal: Renewal,
    accepted: Mapping[str, Said],
    now: datetime,
) -> LeaseState | None:
    """Keep a lease and note what was accepted of its batch, by reference.

    None where another worker has it.
    """
    connection = session.connection()
    given = {
        "batch": batch_id,
        "owner": renewal.owner,
        "until": renewal.until,
        "number": len(accepted),
    }
    if connection.execute(_RENEW, given).first() is None:
        return None
    recorded = frozenset[str]()
    if accepted:
        said = {"batch": batch_id, "said": json.dumps(accepted), "now": now}
        recorded = frozenset(connection.execute(_RECORD, said).scalars())
    troubles, paused = connection.execute(_PROVIDER, {"now": now}).one()
    return LeaseState(recorded, troubles, json.loads(paused))


def claim(
    session: Session, batch_id: int, issue_id: int, subscribers: Sequence[int], now: datetime
) -> int:
    """Mark deliveries that wait "sending", with the counters of batch and issue.

    Returns how many of the issue were ever claimed.
    """
    connection = session.connection()
    given = {"issue": issue_id, "subscribers": json.dumps(subscribers), "now": now}
    connection.execute(_CLAIM, given)
    number = len(subscribers)
    connection.execute(_COUNT_IN_BATCH, {"batch": batch_id, "number": number})
    return int(connection.execute(_COUNT, {"issue": issue_id, "number": number}).scalar_one())


_RENEW = text("""
UPDATE batch SET leased_until = :until, sending = sending - :number, sent = sent + :number
WHERE id = :batch AND owner = :owner
RETURNING id
""").bindparams(bindparam("until", type_=UtcDateTime))
# Found by reference: the plus signs keep SQLite from reading the batch once for each.
_RECORD = text("""
UPDATE delivery
SET state = 'sent', reason = json_extract(said.value, '$[0]'), attempts = attempts + 1,
    provider_id = coalesce(json_extract(said.value, '$[1]'), provider_id), changed_at = :now
FROM json_each(:said) AS said
WHERE reference = said.key AND +state = 'sending' AND +batch_id = :batch AND +subscriber_id > 0
RETURNING reference
""").bindparams(bindparam("now", type_=UtcDateTime))
_PROVIDER = text("""
SELECT coalesce((SELECT troubles FROM rate_limit WHERE key = 'transport'), 0),
    (SELECT json_group_object(domain, reason) FROM domain_pause WHERE until > :now)
""").bindparams(bindparam("now", type_=UtcDateTime))
_CLAIM = text("""
UPDATE delivery SET state = 'sending', reason = NULL, changed_at = :now
WHERE issue_id = :issue AND subscriber_id IN (SELECT value FROM json_each(:subscribers))
""").bindparams(bindparam("now", type_=UtcDateTime))
_COUNT_IN_BATCH = text(
    "UPDATE batch SET pending = pending - :number, sending = sending + :number WHERE id = :batch"
)
_COUNT = text("UPDATE issue SET claims = claims + :number WHERE id = :issue RETURNING claims")
