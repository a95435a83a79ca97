"""Sends an issue batch by batch: claim, commit, send, record; in as many processes as one likes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.db import Database
from newsletter.delivery import accounts, ledger
from newsletter.delivery.leases import Owner
from newsletter.delivery.transports.outcomes import Outcome, Transport, TransportDownError, Verdict
from newsletter.rendering.mails import IssueMails, Reader

Clock = Callable[[], datetime]

_PASSES = 3
_PAUSES_S = (2.0, 10.0)  # before the second and the third pass over what shall come later
_PATIENCE = 5  # refusals for now in a row, then it is not about one mail
_LOOK_AGAIN_S = 0.3


@dataclass
class Sending:
    """What a run of sending needs beside the issue."""

    database: Database
    transport: Transport
    clock: Clock
    progress: Callable[[int], None] = lambda _done: None
    stopping: Callable[[], bool] = lambda: False
    sleep: Callable[[float], None] = time.sleep
    owner: Owner = field(default_factory=Owner.this_process)


@dataclass(frozen=True)
class Result:
    account: accounts.Account
    trouble: str | None  # why something is still pending


def send_issue(sending: Sending, issue_id: int, mails: IssueMails) -> Result:
    """Send what is pending of an issue, beside whoever else does, until nothing of it is open."""
    given_up: set[int] = set()
    trouble: str | None = None
    while not sending.stopping():
        with sending.database.write.begin() as session:
            batch_id = ledger.take(session, issue_id, sending.owner, sending.clock(), given_up)
            waiting = batch_id is None and ledger.held_elsewhere(session, issue_id, given_up)
        if waiting:
            sending.sleep(_LOOK_AGAIN_S)
            continue
        if batch_id is None:
            break
        try:
            trouble = send_batch(sending, issue_id, batch_id, mails) or trouble
        except TransportDownError as error:
            trouble = str(error)
            break
        given_up.add(batch_id)
    with sending.database.read() as session:
        return Result(accounts.account(session, issue_id), trouble)


def send_batch(sending: Sending, issue_id: int, batch_id: int, mails: IssueMails) -> str | None:
    """Send a leased batch and let it go. Returns why something in it is still pending.

    Raises:
        TransportDownError: nothing can be sent; who was not sent to is pending.
    """
    trouble: str | None = None
    try:
        for number in range(_PASSES):
            trouble = _pass(sending, issue_id, batch_id, mails)
            if trouble is None or number == _PASSES - 1 or sending.stopping():
                break
            sending.sleep(_PAUSES_S[number])
    except ledger.LeaseLostError:
        return None  # whoever took it over also sends the rest
    finally:
        with sending.database.write.begin() as session:
            ledger.release(session, batch_id, sending.owner)
    return trouble


def _pass(sending: Sending, issue_id: int, batch_id: int, mails: IssueMails) -> str | None:
    """Once over the pending deliveries of a batch, in the order of subscribers."""
    after, in_a_row = 0, 0
    trouble: str | None = None
    while in_a_row < _PATIENCE and not sending.stopping():
        with sending.database.write.begin() as session:
            claimed, after = ledger.claim(
                session, batch_id, sending.owner, sending.clock(), after, sending.transport.at_once
            )
        if not after:
            break
        for outcome in _send(sending, issue_id, claimed, mails):
            later = outcome.verdict is Verdict.TRY_LATER
            in_a_row = in_a_row + 1 if later else 0
            trouble = outcome.detail if later else trouble
    return trouble


def _send(
    sending: Sending, issue_id: int, claimed: list[Reader], mails: IssueMails
) -> list[Outcome]:
    """Hand the claimed ones to the transport and record each outcome as it comes."""
    unanswered = {each.reference: each for each in claimed}
    outcomes = []
    try:
        for mail, outcome in sending.transport.send([mails.mail(each) for each in claimed]):
            reader = unanswered.pop(mail.reference)
            with sending.database.write.begin() as session:
                ledger.record(session, issue_id, reader, outcome, sending.clock())
            outcomes.append(outcome)
            sending.progress(1)
    except TransportDownError:
        with sending.database.write.begin() as session:
            ledger.unclaim(session, issue_id, list(unanswered.values()), sending.clock())
        raise
    return outcomes
