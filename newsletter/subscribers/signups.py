"""The public form: a sign-up waits in a queue, and only its mailbox learns the result.

The form gives the same answer after the same work (one row is written), whether the address is new,
pending, confirmed, suppressed or erased. Another process looks at the row.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from newsletter import outbox
from newsletter.config import Settings, SignupSettings
from newsletter.database.db import Database
from newsletter.database.missing_rows import insert_missing
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.finding import Finding, Severity
from newsletter.models import SignupRow, Standing, SubscriberRow, SubscriptionRow
from newsletter.reader_locks import lock_addresses, lock_readers
from newsletter.subscribers import consent_log, form_limits, suppression
from newsletter.subscribers.consent_log import Channel
from newsletter.subscribers.form_limits import Limit, LimitKey

HOUR, DAY, _MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
FORGOTTEN_AFTER = _MONTH  # somebody who never confirmed


@dataclass(frozen=True)
class SignupRequest:
    """The fields of the form; the address is normalized, the network a key."""

    email: str
    newsletters: Sequence[str]
    language: str
    wording: str
    network: str
    way: Channel = Channel.PAGE


class SignupLimits:
    """The limits of the form, as they are set."""

    def __init__(self, settings: SignupSettings) -> None:
        self.address_day = Limit("address-day", settings.per_address_day, DAY)
        self.address_month = Limit("address-month", settings.per_address_month, _MONTH)
        # Who erased themselves meant it: a stranger may have them asked once, not every day.
        self.erased = Limit("erased-month", 1, _MONTH)
        self.network = Limit("network-hour", settings.per_network_hour, HOUR, alarms=True)
        self.domain = Limit("domain-hour", settings.per_domain_hour, HOUR, alarms=True)
        self.total = Limit("mails-hour", settings.per_hour, HOUR, alarms=True)
        self.waiting = Limit("waiting", settings.waiting, HOUR, alarms=True)

    def of_address(self, session: Session, address: str) -> list[LimitKey]:
        key = form_limits.key_of(session, form_limits.mailbox_of(address))
        uses = [LimitKey(self.address_day, key), LimitKey(self.address_month, key)]
        if suppression.suppression_reason(session, address) == suppression.ERASED:
            uses.append(LimitKey(self.erased, key))
        return uses

    def of_mail(self, session: Session, address: str) -> list[LimitKey]:
        """The limits of one more mail that a stranger can cause; those of the address first."""
        domain = form_limits.key_of(session, address.rpartition("@")[2])
        return [
            *self.of_address(session, address),
            LimitKey(self.domain, domain),
            LimitKey(self.total, "all"),
        ]


def request_signup(
    session: Session, request: SignupRequest, settings: SignupSettings, now: datetime
) -> bool:
    """Put a sign-up into the queue; False where the queue is full for everybody."""
    key = form_limits.key_of(session, form_limits.mailbox_of(request.email))
    waiting = session.get(SignupRow, key, with_for_update=True)
    if waiting is None and _count_waiting(session) >= settings.waiting:
        form_limits.record_refusal(session, LimitKey(SignupLimits(settings).waiting, "all"), now)
        return False
    if waiting is None:
        row = {**vars(request), "newsletters": [], "asked_at": now, "not_before": now}
        insert_missing(session, SignupRow, [{"address_key": key, **row}])
        waiting = session.get_one(SignupRow, key, with_for_update=True)
    waiting.newsletters = list(dict.fromkeys([*waiting.newsletters, *request.newsletters]))
    session.flush()
    return True


def consume_confirm_mail(
    session: Session, address: str, settings: SignupSettings, now: datetime
) -> None:
    """Count a confirm mail that the operator sends, as one that the form does.

    Raises:
        WrongUseError: they erased themselves.
        NewsletterError: they were asked often enough.
    """
    if suppression.suppression_reason(session, address) == suppression.ERASED:
        raise WrongUseError(f"{address} was erased; only they can come back, by the sign-up page")
    used_up = form_limits.consume(session, SignupLimits(settings).of_address(session, address), now)
    if used_up is not None:
        raise NewsletterError(
            f"{address} was asked to confirm often enough ({used_up.limit.scope}:"
            f" {used_up.limit.most}); they can still sign up themselves"
        )


def forget_unconfirmed(session: Session, now: datetime) -> None:
    """Forget people who were asked and never said yes."""
    silent = select(SubscriberRow.id).where(
        SubscriberRow.standing == Standing.PENDING,
        SubscriberRow.confirmed_at.is_(None),
        SubscriberRow.created_at < now - FORGOTTEN_AFTER,
    )
    for subscriber in lock_readers(session, session.scalars(silent).all()):
        if subscriber.confirmed_at is None:  # nobody said yes while we waited
            _delete_subscriber(session, subscriber.id)


def end_signup(session: Session, address: str) -> None:
    """The mailbox cannot be reached or says no: end a sign-up that waits for its yes."""
    for subscriber in lock_addresses(session, [address]):
        if subscriber.standing == Standing.PENDING and subscriber.confirmed_at is None:
            _delete_subscriber(session, subscriber.id)
        elif subscriber.standing == Standing.PENDING:
            subscriber.standing = Standing.LEFT


def withdraw_signup(session: Session, address: str, newsletters: Collection[str]) -> None:
    """Take these newsletters out of the waiting sign-up of this (normalized) address.

    A sign-up by another spelling of the same mailbox (`ada+tag@`) stays.
    """
    key = form_limits.key_of(session, form_limits.mailbox_of(address))
    waiting = session.get(SignupRow, key, with_for_update=True)
    if waiting is None or waiting.email != address:
        return
    waiting.newsletters = [slug for slug in waiting.newsletters if slug not in newsletters]
    if not waiting.newsletters:
        session.delete(waiting)
    session.flush()


def forget_address(session: Session, address: str) -> None:
    """Drop a waiting sign-up of this (normalized) address, and what was counted of it."""
    key = form_limits.key_of(session, form_limits.mailbox_of(address))
    session.execute(delete(SignupRow).where(SignupRow.address_key == key))
    form_limits.forget_key(session, key)


def reset_limits(session: Session, settings: SignupSettings, address: str) -> None:
    """A subscriber confirmed: reset the limits for unconfirmed addresses."""
    for use in SignupLimits(settings).of_address(session, address):
        form_limits.forget(session, use)


def check(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """For `newsletter check`: which limits turned something away since yesterday."""
    limits = vars(SignupLimits(settings.signup)).values()
    scopes = {limit.scope: limit for limit in limits if limit.alarms}
    with database.read() as session:
        refused = form_limits.refusals(session, scopes, now - DAY)
        waiting = _count_waiting(session)
    for scope, number in refused.items():
        yield Finding(
            "signup",
            Severity.WARNING,
            f"the limit {scope} ({scopes[scope].most}) turned {number} away since yesterday;"
            " somebody may misuse the form, or [signup] is too tight",
        )
    if not refused:
        yield Finding("signup", Severity.OK, f"no limit is used up; {waiting} waiting")


def _delete_subscriber(session: Session, number: int) -> None:
    consent_log.delete_history(session, number)
    outbox.delete_for(session, number)
    session.execute(delete(SubscriptionRow).where(SubscriptionRow.subscriber_id == number))
    session.execute(delete(SubscriberRow).where(SubscriberRow.id == number))


def _count_waiting(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SignupRow)) or 0
