"""Limits how often a form or the API may be used; the counts are in the database.

Keys are hashed with a key of the database's own: a list of refused requests must not become a list
of addresses.
"""

import hmac
import ipaddress
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from newsletter.database.missing_rows import insert_missing
from newsletter.models import FormLimitRow
from newsletter.subscribers.suppression import key_for

_log = logging.getLogger(__name__)

_PURPOSE = "limits"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_GMAIL = ("gmail.com", "googlemail.com")  # dots in its local parts mean nothing


@dataclass(frozen=True)
class Limit:
    """So many of a kind within a window that opens with the first one."""

    scope: str
    most: int
    per: timedelta
    alarms: bool = False  # an operator should hear of it when it is used up


@dataclass(frozen=True)
class LimitKey:
    """One more for this key, if its limit allows."""

    limit: Limit
    key: str


def consume(session: Session, uses: Sequence[LimitKey], now: datetime) -> LimitKey | None:
    """Count one on each, or on none of them; returns the first that is used up."""
    rows = _rows(session, uses, now)
    for row, use in zip(rows, uses, strict=True):
        if row.count >= use.limit.most:
            _refuse(row, use.limit)
            return use
    for row in rows:
        row.count += 1
    return None


def record_refusal(session: Session, use: LimitKey, now: datetime) -> None:
    """Note a refusal that something else than a count decided."""
    _refuse(_rows(session, [use], now)[0], use.limit)


def opens_again(session: Session, use: LimitKey) -> datetime | None:
    """When a used-up limit counts from nothing again."""
    row = session.get(FormLimitRow, (use.limit.scope, use.key))
    return None if row is None else row.until


def forget(session: Session, use: LimitKey) -> None:
    """Start counting anew, since what was counted against has changed."""
    row = session.get(FormLimitRow, (use.limit.scope, use.key))
    if row is not None:
        session.delete(row)


def forget_key(session: Session, key: str) -> None:
    """Drop every count of a key, since its person is forgotten."""
    session.execute(delete(FormLimitRow).where(FormLimitRow.key == key))


def forget_old(session: Session, before: datetime) -> None:
    """Drop windows that closed before that moment."""
    session.execute(delete(FormLimitRow).where(FormLimitRow.until < before))


def refusals(session: Session, scopes: Iterable[str], since: datetime) -> dict[str, int]:
    """How often each scope turned something away, in windows that were open since then."""
    rows = session.execute(
        select(FormLimitRow.scope, func.sum(FormLimitRow.refused))
        .where(
            FormLimitRow.scope.in_(list(scopes)),
            FormLimitRow.until >= since,
            FormLimitRow.refused > 0,
        )
        .group_by(FormLimitRow.scope)
        .order_by(FormLimitRow.scope)
    )
    return {scope: int(number) for scope, number in rows}


def key_of(session: Session, text: str) -> str:
    """A keyed hash, 128 bits in hexadecimal."""
    if _PURPOSE not in session.info:
        session.info[_PURPOSE] = load_key(session)
    return hashed(session.info[_PURPOSE], text)


def load_key(session: Session) -> bytes:
    """The key of those hashes; it never changes."""
    return key_for(session, _PURPOSE)


def hashed(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()[:32]


def mailbox_of(address: str) -> str:
    """The mailbox that a (normalized) address most likely ends in, whatever its tag and dots.

    It is for counting only: two people who are taken for one just share a limit.
    """
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _GMAIL:
        local, domain = local.replace(".", "") or local, _GMAIL[0]
    return f"{local}@{domain}"


def network_of(address: str | None) -> str:
    """The network of a client: its /24 or /48; what is no address is one network together.

    Some proxies add the port (`192.0.2.1:4711`, `[2001:db8::1]:4711`), brackets or quotes.
    """
    host = (address or "").strip(' "')
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        client = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(client, ipaddress.IPv6Address):
        mapped = client.ipv4_mapped
        if mapped is None and client in _NAT64:  # a server without IPv4, behind a translator
            mapped = ipaddress.IPv4Address(int(client) & 0xFFFFFFFF)
        if mapped is None:
            return str(ipaddress.ip_network((int(client), 48), strict=False))
        client = mapped
    return str(ipaddress.ip_network((int(client), 24), strict=False))


def _refuse(row: FormLimitRow, limit: Limit) -> None:
    row.refused += 1
    if limit.alarms and row.refused == 1:
        _log.warning("the limit %s is used up; `newsletter check` tells how often", limit.scope)


def _rows(session: Session, uses: Sequence[LimitKey], now: datetime) -> list[FormLimitRow]:
    """The locked rows of these uses; missing ones are made."""
    keys = sorted((use.limit.scope, use.key) for use in uses)
    of = {(use.limit.scope, use.key): use.limit for use in uses}
    fresh = [
        {"scope": scope, "key": key, "count": 0, "until": now + of[scope, key].per, "refused": 0}
        for scope, key in keys
    ]
    insert_missing(session, FormLimitRow, fresh)
    chosen = select(FormLimitRow).where(tuple_(FormLimitRow.scope, FormLimitRow.key).in_(keys))
    in_order = chosen.order_by(FormLimitRow.scope, FormLimitRow.key).with_for_update()
    rows = session.scalars(in_order.execution_options(populate_existing=True))
    found = {(row.scope, row.key): row for row in rows}
    for name, row in found.items():
        if row.until <= now:
            row.count, row.refused, row.until = 0, 0, now + of[name].per
    return [found[use.limit.scope, use.key] for use in uses]
