"""PostgreSQL's statements for a sender, each of which does what would be many round trips.

The database may be milliseconds away, and a claim holds its batch's row for as long.

Deliveries are found by a list of references alone. PostgreSQL knows nothing of rows that were just
written: it would take any other index that it could, and read all of an issue for a hundred mails.
So what becomes of each is looked up in a JSON object, not joined, and what else must hold of a row
stands in a CASE, which no index answers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from newsletter.models import DeliveryState, RateRow
from newsletter.sending.claiming.lease_renewal import LeaseState, Renewal, Said
from newsletter.sending.claiming.pending import BatchRef
from newsletter.sending.restore_guard.server_identity import END_OF_LOG, HISTORY, LogPosition


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
    given = {
        "batch": batch_id,
        "now": now,
        "number": len(accepted),
        "references": list(accepted),
        "said": json.dumps(accepted),
        **vars(renewal),
    }
    row = session.execute(_RENEW_AND_RECORD, given).one()
    if not row.held:
        return None
    filled = zip(row.rate_keys, row.rate_tokens, row.rate_times, strict=True)
    buckets = {key: RateRow(key=key, tokens=tokens, filled_at=at) for key, tokens, at in filled}
    return LeaseState(frozenset(row.recorded), row.troubles, row.paused or {}, buckets)


@dataclass(frozen=True)
class Marking:
    """New states of a batch's deliveries; `hashes` are of addresses that must not be suppressed."""

    references: Sequence[str]
    subscribers: Sequence[int]  # whose they were when they were looked at
    states: Sequence[DeliveryState]
    reasons: Sequence[str | None]
    hashes: Sequence[str | None]
    rates: Sequence[RateRow]  # buckets that were locked, and have other tokens now


@dataclass(frozen=True)
class MarkResult:
    claimed: frozenset[int]
    claims: int  # how many of the issue were ever claimed, where somebody was now
    log: LogPosition | None = None  # where it was asked for


def mark(session: Session, batch: BatchRef, marking: Marking, now: datetime) -> MarkResult:
    """Claim or skip deliveries, with the counters of batch and issue; who is suppressed is skipped.

    Who does not wait any more, such as who moved at this moment, is neither. The issue's row comes
    last, since all its senders wait for each other there.
    """
    changed = marking.rates
    rates = {
        "rate_keys": [rate.key for rate in changed],
        "rate_tokens": [rate.tokens for rate in changed],
        "rate_times": [rate.filled_at for rate in changed],
    }
    columns = (marking.states, marking.reasons, marking.hashes, marking.subscribers)
    become = zip(marking.references, zip(*columns, strict=True), strict=True)
    given = {
        "batch": batch.batch_id,
        "issue": batch.issue_id,
        "now": now,
        "references": marking.references,
        "become": json.dumps(dict(become)),
        **rates,
    }
    row = session.execute(_MARK_AND_READ_LOG if batch.reads_log else _MARK, given).one()
    log = LogPosition(row.history, row.log_end) if batch.reads_log else None
    return MarkResult(frozenset(row.claimed_now), row.claims or 0, log)


_RENEW_AND_RECORD = text("""
WITH lease AS (
    UPDATE batch SET leased_until = :until, sending = sending - :number, sent = sent + :number
    WHERE id = :batch AND owner = :owner
    RETURNING id
), recorded AS (
    UPDATE delivery
    SET state = 'sent', reason = CAST(:said AS jsonb) -> reference ->> 0, attempts = attempts + 1,
        provider_id = coalesce(CAST(:said AS jsonb) -> reference ->> 1, provider_id),
        changed_at = :now
    WHERE reference = ANY(CAST(:references AS text[])) AND CASE state WHEN 'sending'
        THEN batch_id = (SELECT id FROM lease) AND subscriber_id > 0 END
    RETURNING reference
), rates AS (
    SELECT rate_limit.key, rate_limit.tokens, rate_limit.filled_at
    FROM rate_limit, lease WHERE rate_limit.key = ANY(CAST(:rates AS text[]))
    ORDER BY rate_limit.key
    FOR UPDATE OF rate_limit
)
SELECT EXISTS (SELECT FROM lease) AS held,
    ARRAY(SELECT reference FROM recorded) AS recorded,
    ARRAY(SELECT key FROM rates) AS rate_keys,
    ARRAY(SELECT tokens FROM rates) AS rate_tokens,
    ARRAY(SELECT filled_at FROM rates) AS rate_times,
    coalesce((SELECT troubles FROM rate_limit WHERE key = 'transport'), 0) AS troubles,
    (SELECT json_object_agg(domain, reason) FROM domain_pause WHERE until > :now) AS paused
""")
_MARKING = """
WITH marked AS (
    UPDATE delivery
    SET changed_at = :now, (state, reason) = (
        SELECT CASE WHEN suppression.reason IS NULL THEN given.state ELSE 'skipped' END,
            coalesce('suppressed: ' || suppression.reason, given.reason)
        FROM (
            SELECT become ->> 0 AS state, become ->> 1 AS reason, become ->> 2 AS address_hash
            FROM (
                SELECT CAST(:become AS jsonb) -> delivery.reference AS become
            ) AS found
        ) AS given LEFT JOIN suppression USING (address_hash)
    )
    WHERE reference = ANY(CAST(:references AS text[])) AND CASE state WHEN 'pending'
        THEN subscriber_id = CAST(CAST(:become AS jsonb) -> reference ->> 3 AS int) END
    RETURNING subscriber_id, state
), number AS (
    SELECT count(*) FILTER (WHERE state = 'sending') AS claimed,
        count(*) FILTER (WHERE state = 'skipped') AS skipped FROM marked
), counted AS (
    UPDATE batch SET pending = pending - number.claimed - number.skipped,
        sending = sending + number.claimed, skipped = batch.skipped + number.skipped
    FROM number WHERE id = :batch
    RETURNING number.claimed
), rated AS (
    UPDATE rate_limit SET tokens = given.tokens, filled_at = given.filled_at
    FROM unnest(
        CAST(:rate_keys AS text[]), CAST(:rate_tokens AS float[]),
        CAST(:rate_times AS timestamptz[])
    ) AS given (key, tokens, filled_at)
    WHERE rate_limit.key = given.key
), claimed AS (
    UPDATE issue SET claims = claims + counted.claimed
    FROM counted WHERE issue.id = :issue AND counted.claimed > 0
    RETURNING claims
)
SELECT ARRAY(SELECT subscriber_id FROM marked WHERE state = 'sending') AS claimed_now,
    (SELECT claims FROM claimed) AS claims
"""
_MARK = text(_MARKING)
_MARK_AND_READ_LOG = text(f"{_MARKING}, {HISTORY} AS history, {END_OF_LOG} AS log_end")
