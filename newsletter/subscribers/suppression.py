"""Addresses that must not be mailed, known only by a keyed hash.

The key lies in the database and never rotates: a rotated one would forget everybody.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.database.json_texts import as_list, listed
from newsletter.database.missing_rows import insert_missing
from newsletter.errors import WrongUseError
from newsletter.models import KeyRow, SubscriberRow, SuppressionRow
from newsletter.subscribers import consent_log
from newsletter.subscribers.consent_log import Channel, ConsentAction, ConsentEvidence
from newsletter.subscribers.prepared_hmac import PreparedHmac

_PURPOSE = "suppression"
ERASED = "erased"
COMPLAINED = "complained"
REJECTED = "rejected: "  # and the words of who refused
LEFT = "left"  # as a list from elsewhere said; whoever left here is still a subscriber's row
BY_OPERATOR = "on the operator's list"
_LIFTED = (LEFT, ERASED)  # they may come back by confirming anew; a dead mailbox may not


def suppress(session: Session, address: str, reason: str, now: datetime) -> None:
    """Never mail that (normalized) address again; the first reason stays.

    Servers quote the address in what they answer; here it may not stand.
    """
    anonymous = re.sub(f"<?{re.escape(address)}>?", "<address>", reason, flags=re.IGNORECASE)[:200]
    row = {"address_hash": _hash(session, address), "reason": anonymous, "since": now}
    insert_missing(session, SuppressionRow, [row])


def suppress_erased(session: Session, address: str, now: datetime) -> None:
    """Never mail that (normalized) address again unless its owner confirms anew.

    Of a reason that holds for ever (a dead mailbox, a complaint) the kind stays; the other words
    are about a person.
    """
    row = session.get(SuppressionRow, _hash(session, address))
    if row is None:
        suppress(session, address, ERASED, now)
    elif lifted_by_consent(row.reason):
        row.reason = ERASED
    else:
        row.reason = row.reason.partition(":")[0]


def suppression_reason(session: Session, address: str) -> str | None:
    """Why that (normalized) address must not be mailed, or None where it may."""
    row = session.get(SuppressionRow, _hash(session, address))
    return None if row is None else row.reason


def suppression_reasons(
    session: Session, addresses: Iterable[str], key: bytes | None = None
) -> dict[str, str]:
    """The addresses of these that must not be mailed, each with its reason."""
    key = key or key_for(session, _PURPOSE)
    by_hash = {_keyed(key, address): address for address in addresses}
    rows = session.connection().execute(_BY_HASH, {"hashes": as_list(by_hash)})
    return {by_hash[row.address_hash]: row.reason for row in rows}


def hashes_of(session: Session, addresses: Iterable[str], key: bytes | None) -> list[str]:
    """As the database knows (normalized) addresses; the key is asked for where it is not given."""
    key = key or key_for(session, _PURPOSE)
    return [_keyed(key, address) for address in addresses]


def known_key(session: Session) -> bytes | None:
    """The key of the hashes, to be reused; None where it was not needed yet."""
    row = session.get(KeyRow, _PURPOSE)
    return None if row is None else bytes.fromhex(row.value)


# Made once: building a statement costs more than SQLite takes to run it.
_BY_HASH = select(SuppressionRow.address_hash, SuppressionRow.reason).where(
    SuppressionRow.address_hash.in_(listed("hashes"))
)


def suppress_all(session: Session, addresses: Sequence[str], reason: str, now: datetime) -> None:
    """The same reason for many (normalized) addresses; the first reason of each stays."""
    key = key_for(session, _PURPOSE)
    insert_missing(
        session,
        SuppressionRow,
        [
            {"address_hash": _keyed(key, address), "reason": reason, "since": now}
            for address in sorted(addresses)
        ],
    )


def lifted_by_consent(reason: str) -> bool:
    """Whether a new confirmation by its owner ends a suppression."""
    return reason in _LIFTED


def take_back_refusals(session: Session, refused_at: Mapping[str, datetime]) -> int:
    """End the suppressions that came with refusals at just those moments, by address; how many."""
    key = key_for(session, _PURPOSE)
    moments = {_keyed(key, address): moment for address, moment in refused_at.items()}
    found = select(SuppressionRow).where(SuppressionRow.address_hash.in_(listed("hashes")))
    rows = session.scalars(found, {"hashes": as_list(moments)}).all()
    ended = [
        row
        for row in rows
        if row.since == moments[row.address_hash] and row.reason.startswith(REJECTED)
    ]
    for row in ended:
        session.delete(row)
    return len(ended)


def end_suppression(session: Session, address: str) -> None:
    """End a suppression whatever its reason: the operator answers for it."""
    row = session.get(SuppressionRow, _hash(session, address))
    if row is not None:
        session.delete(row)


def lift_suppression(session: Session, address: str) -> None:
    row = session.get(SuppressionRow, _hash(session, address))
    if row is not None and lifted_by_consent(row.reason):
        session.delete(row)


def _hash(session: Session, address: str) -> str:
    return _keyed(key_for(session, _PURPOSE), address)


def _keyed(key: bytes, address: str) -> str:
    return _hasher(key).digest(address.encode()).hex()


@lru_cache(maxsize=4)
def _hasher(key: bytes) -> PreparedHmac:
    return PreparedHmac(key, "sha256")


# Keys that lie in the database and never rotate: a rotated one would forget everybody.


def key_for(session: Session, purpose: str) -> bytes:
    """The key of that purpose, made when first asked for; of two processes, the first one's."""
    row = session.get(KeyRow, purpose)
    if row is None:
        insert_missing(session, KeyRow, [{"purpose": purpose, "value": secrets.token_hex(32)}])
        row = session.get_one(KeyRow, purpose)
    session.info[KeyRow, purpose] = row  # held: a transaction of many addresses reads it once
    return bytes.fromhex(row.value)


def same_key(one: Session, other: Session) -> bool:
    """Whether two databases know an address by the same hash."""
    row = one.get(KeyRow, _PURPOSE)
    return row is not None and key_for(other, _PURPOSE).hex() == row.value


def unsuppress_address(
    session: Session, address: str, why: str, now: datetime, *, although_complained: bool = False
) -> str:
    """Let a (normalized) address be mailed again, by the operator; returns what had ended it.

    Raises:
        WrongUseError: it is not suppressed; or its owner said no, which only they can take back.
    """
    reason = suppression_reason(session, address)
    if reason is None:
        raise WrongUseError(f"{address} is not suppressed")
    if lifted_by_consent(reason):
        raise WrongUseError(
            f"{address} is suppressed because they said no ({reason}): only their own"
            " confirmation ends that; `newsletter subscribers add` asks them"
        )
    if reason.startswith(COMPLAINED) and not although_complained:
        raise WrongUseError(
            f"{address} complained of a mail; with their word that they want mails again,"
            " --although-complained lifts it"
        )
    end_suppression(session, address)
    subscriber = session.scalar(select(SubscriberRow).where(SubscriberRow.email == address))
    if subscriber is not None:
        evidence = ConsentEvidence(Channel.OPERATOR, f"{why} (it was suppressed: {reason})")
        consent_log.record_consent(
            session, subscriber, ConsentAction.UNSUPPRESSED, [], evidence, now
        )
    return reason
