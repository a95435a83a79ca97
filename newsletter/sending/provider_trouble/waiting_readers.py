"""Readers who wait with a refusal, and what they are told when they are asked once more."""

from dataclasses import replace

from newsletter.rendering.recipient import Recipient
from newsletter.sending.ledger import DeliveryResult
from newsletter.sending.provider_trouble.earlier_runs import EarlierRuns
from newsletter.transports.base import SendStatus


class WaitingReaders:
    """Who was refused by a run before this one; `earlier` is what such runs found out."""

    def __init__(self) -> None:
        self.earlier = EarlierRuns()
        self.words = ""  # what one of them was told last
        self._asked_in_vain: set[int] = set()  # by this run

    def has(self, recipient: Recipient) -> bool:
        """Whether a reader is one of them; also where this run has asked them once more since."""
        return recipient.refused_at is not None or recipient.subscriber_id in self._asked_in_vain

    def count_attempt(
        self, answer: DeliveryResult, *, is_well: bool, in_trouble: bool
    ) -> DeliveryResult | None:
        """A refusal that adds to those of its reader; None where it is not certain that it does.

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
        """One that adds nothing: its reader waits on, with the words of the first refusal."""
        recipient = answer.recipient
        self._asked_in_vain.add(recipient.subscriber_id)
        words = recipient.last_words or answer.result.detail
        return replace(answer, result=replace(answer.result, detail=words))

    def _is_attempt(self, answer: DeliveryResult, *, is_well: bool, in_trouble: bool) -> bool:
        """Whether it is the same refusal, and others are accepted.

        Other words than before may be those of a provider that is ill by now; so may the first
        refusal have been, unless the provider has taken mails since.
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
