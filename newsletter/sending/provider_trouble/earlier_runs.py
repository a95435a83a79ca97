"""Findings of earlier runs and other processes, and the readers who wait since with a refusal."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.models import DeliveryState, IssueRow
from newsletter.rendering.recipient import Recipient
from newsletter.sending.limits import pauses
from newsletter.sending.provider_trouble import probe_readers
from newsletter.sending.records.ledger import DeliveryResult
from newsletter.transports.base import SendStatus


@dataclass(frozen=True)
class EarlierRuns:
    """The findings of earlier runs by which the breaker judges the answers of this one."""

    troubles: int = 0  # so many runs in a row ended badly
    sent: bool = False  # to some, this issue
    suspects: AbstractSet[str] = frozenset()  # domains that were paused since it was frozen
    all_were_refused: bool = False  # or are of suspect domains: everybody who still waits
    accepted_at: datetime | None = None  # when the provider took a mail last, of any issue


def earlier_runs(session: Session, issue_id: int) -> EarlierRuns:
    sent = delivery_counters.of_issue(session, issue_id)[DeliveryState.SENT] > 0
    frozen_at = session.get_one(IssueRow, issue_id).frozen_at
    suspects = pauses.domains_paused_since(session, frozen_at)
    return EarlierRuns(
        pauses.troubles(session),
        sent,
        frozenset(suspects),
        sent and probe_readers.all_were_refused(session, issue_id, suspects),
        pauses.accepted_at(session),
    )


class WaitingReaders:
    """The readers who were refused in an earlier run; `earlier` is what such runs learnt."""

    def __init__(self) -> None:
        self.earlier = EarlierRuns()
        self.words = ""  # what one of them was told last
        self._asked_in_vain: set[int] = set()  # by this run

    def has(self, recipient: Recipient) -> bool:
        """Whether a reader is one of them; also after this run has asked again in vain."""
        return recipient.refused_at is not None or recipient.subscriber_id in self._asked_in_vain

    def count_attempt(
        self, answer: DeliveryResult, *, is_well: bool, in_trouble: bool
    ) -> DeliveryResult | None:
        """The refusal as one more attempt of its reader; None where it may not be the reader's.

        `is_well`: this run has had a mail accepted. `in_trouble`: earlier runs ended badly.
        """
        self.words = answer.result.detail or self.words
        if not self.has(answer.recipient) or not self._is_attempt(
            answer, is_well=is_well, in_trouble=in_trouble
        ):
            return None
        is_rejected = answer.result.status is SendStatus.REJECTED
        result = replace(
            answer.result, permanent=False, of_sender=is_rejected, of_reader=not is_rejected
        )
        return replace(answer, result=result)

    def keep(self, answer: DeliveryResult) -> DeliveryResult:
        """A refusal that does not count: its reader waits on, with the words of the first one."""
        recipient = answer.recipient
        self._asked_in_vain.add(recipient.subscriber_id)
        words = recipient.last_words or answer.result.detail
        return replace(answer, result=replace(answer.result, detail=words))

    def _is_attempt(self, answer: DeliveryResult, *, is_well: bool, in_trouble: bool) -> bool:
        """Whether the server repeats its refusal while it takes other mails.

        Other words than before may come from a provider that is ill by now. The first refusal may
        have come from one, too, unless the provider has taken mails since.
        """
        recipient = answer.recipient
        same = are_alike(answer.result.detail, recipient.last_words)
        refused_at, accepted_at = recipient.refused_at, self.earlier.accepted_at
        is_outlived = (
            refused_at is not None and accepted_at is not None and refused_at < accepted_at
        )
        return same and (is_outlived or is_well or (recipient.attempts > 0 and not in_trouble))


def are_alike(words: str, others: str) -> bool:
    """Whether two replies say the same by their codes, as `550 5.1.1` and `SendGrid: HTTP 400`."""
    return _codes(words) == _codes(others)


def _codes(words: str) -> list[str]:
    first = words.split()[:3]
    return first if "HTTP" in first else first[:2]
