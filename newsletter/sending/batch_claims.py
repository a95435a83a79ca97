"""The claims of one worker in its batch: the next readers, their picks, and the marks."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.database.db import is_sqlite
from newsletter.models import BatchRow, IssueRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.recipient import Recipient
from newsletter.sending import holds
from newsletter.sending.claiming import claim, pending, quiet_issues
from newsletter.sending.context import SendContext
from newsletter.sending.provider_trouble import probe_readers
from newsletter.sending.provider_trouble.breaker import CircuitBreaker
from newsletter.sending.readers import personal
from newsletter.sending.restore_guard import server_identity
from newsletter.sending.restore_guard.machine_memory import IssueDays
from newsletter.subscribers import suppression

if TYPE_CHECKING:
    from newsletter.sending.claiming.lease_renewal import LeaseState


class BatchClaims:
    """The claims of a batch, in the database, the journal and the machine's memory.

    `state` is what renewing the lease has told, where it did.
    """

    def __init__(self, context: SendContext, batch_id: int, mails: IssueEmails) -> None:
        self._context = context
        self._batch_id = batch_id
        self._numbers: dict[str, int] = {}  # of who has no outcome yet, in the issue's order
        with context.database.read() as session:
            batch = session.get_one(BatchRow, batch_id)
            issue = session.get_one(IssueRow, batch.issue_id)
            self.issue_id = issue.id
            self._days = IssueDays.of(issue)
            room = delivery_counters.of_batch(batch)
            self._suppression_key = suppression.known_key(session)
            self._restore_mark = server_identity.restore_mark(session)
            self._log = server_identity.seen_log(session, context.memory)
            has_one_writer = is_sqlite(context.database.engine)
            self._ranks_ahead = has_one_writer and personal.are_in(session, batch_id)
        if not server_identity.may_read_log(context.database):
            self._log = None
        self._picks = personal.RecipientPicks(self.issue_id, mails)
        if context.journal is not None:
            context.journal.open(batch_id, room)

    def rank_ahead(
        self,
        state: "LeaseState | None",
        after: int,
        at_most: int,
        meanwhile: Callable[[float], None],
    ) -> None:
        """Rank before the claim: on SQLite other writers would have to wait for it."""
        database, now = self._context.database, self._context.clock()
        if not self._ranks_ahead:
            return
        with database.read() as session:
            coming = pending.coming_with_interests(
                session, self._batch_ref(state), self._context.limits, now, after, at_most
            )
        self._picks.rank_ahead(coming, meanwhile)

    def claim_next(
        self, session: Session, state: "LeaseState | None", after: int, at_most: int
    ) -> claim.ClaimResult:
        """Claim the next ones; what comes first for them is kept in the same transaction.

        Raises:
            NewsletterError: a copy took the database's place, and they may have had their mails.
        """
        now, batch = self._context.clock(), self._batch_ref(state)
        limits, memory = self._context.limits, self._context.memory
        remembered = 0 if memory is None else memory.claims_of(self._days)
        claimed = claim.claim_deliveries(session, batch, limits, now, after, at_most)
        if claimed.recipients:
            first = claimed.claims - len(claimed.recipients) + 1
            holds.refuse_claims_again(first, remembered)
            holds.refuse_other_history(self._log, claimed.log)
        picked = self._picks.with_picks(session, claimed.recipients, now, claimed.interests)
        wanted = quiet_issues.leave_out(session, batch, picked, now)
        left_out = len(claimed.recipients) - len(wanted)
        return replace(claimed, recipients=wanted, claims=claimed.claims - left_out)

    def claim_probe(
        self,
        session: Session,
        state: "LeaseState | None",
        breaker: CircuitBreaker,
        *,
        again: bool,
        asked: bool,
    ) -> claim.ClaimResult:
        """Claim a probe: `again` to the reader deferred longest ago, else to another domain."""
        now, batch, takes = self._context.clock(), self._batch_ref(state), breaker.domains.takes
        if again:
            chosen = probe_readers.deferred_longest_ago(session, batch, takes, now)
        else:
            anybody = breaker.asks_anybody
            chosen = probe_readers.of_another_domain(
                session, batch, takes, now, asked=asked, anybody=anybody
            )
        if chosen is None:
            return claim.ClaimResult((), 0)
        return self.claim_next(session, state, chosen - 1, 1)

    def claim_of(
        self, session: Session, state: "LeaseState | None", domains: Collection[str]
    ) -> claim.ClaimResult:
        """Claim a delivery of these domains whose reader no server has refused yet."""
        chosen = probe_readers.of_domains(
            session, self._batch_ref(state), domains, self._context.clock()
        )
        if chosen is None:
            return claim.ClaimResult((), 0)
        return self.claim_next(session, state, chosen - 1, 1)

    def learn_suppression_key(self, session: Session) -> None:
        """In the transaction of a claim: the key is made with the first address suppressed."""
        self._suppression_key = self._suppression_key or suppression.known_key(session)

    def remember(self, claimed: claim.ClaimResult) -> None:
        """After the commit: what this machine has in hand, in case it or its database is lost."""
        recipients, memory = claimed.recipients, self._context.memory
        journal = self._context.journal
        if journal is None or not recipients:
            return
        journal.claim([recipient.reference for recipient in recipients])
        if memory is not None:
            subscribers = [recipient.subscriber_id for recipient in recipients]
            memory.remember(self._days, claimed.claims, subscribers)
            first = claimed.claims - len(recipients) + 1
            self._numbers |= {
                recipient.reference: first + at for at, recipient in enumerate(recipients)
            }
            if claimed.log is not None:
                self._log = claimed.log
                memory.see_log(self._restore_mark, claimed.log.end)

    def forget(self, reference: str) -> None:
        """There is an outcome."""
        self._numbers.pop(reference, None)

    def give_back(self, unsent: Sequence[Recipient]) -> None:
        """Note claims that surely did not leave: after a restore they are not in doubt."""
        given = [
            (self._numbers.pop(recipient.reference, 0), recipient.subscriber_id)
            for recipient in unsent
        ]
        if self._context.memory is not None:
            self._context.memory.give_back(self._days, [claim for claim in given if claim[0]])

    def _batch_ref(self, state: "LeaseState | None") -> pending.BatchRef:
        return pending.BatchRef(
            self._batch_id,
            self.issue_id,
            self._suppression_key,
            None if state is None else state.paused,
            None if state is None else state.rates,
            self._context.tried_before,
            self._context.began,
            reads_log=self._log is not None,
        )
