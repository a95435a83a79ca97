"""Results that wait until it is clear whether they are about the provider or the reader."""

from collections.abc import Set as AbstractSet

from newsletter.rendering.recipient import Recipient
from newsletter.sending.provider_trouble.streak import Streak, of_reader
from newsletter.sending.records.ledger import DeliveryResult

_CHANCE = 1e-4  # of dead addresses in a row with which a run ends; a longer one is no accident


class HeldResults:
    """The refusals and deferrals of a run, grouped by what they wait for."""

    def __init__(self) -> None:
        # For a mail that is accepted: of the reader, deferred, and where the connection closed.
        self.refused, self.deferred, self.closed = Streak(), Streak(), Streak()
        self.alone: list[DeliveryResult] = []  # for the end of the batch; others were accepted
        self.waiting: list[DeliveryResult] = []  # for a later run, without an attempt
        self.failed: list[DeliveryResult] = []  # for the end of the run, although recorded
        self._at_the_end: set[int] = set()  # subscribers with whom the run ended, in a row
        self._released_batches: set[int] = set()

    def accept(self, begun: int, *, is_clear: bool) -> tuple[list[DeliveryResult], ...]:
        """Take out the refusals, deferrals and hang-ups that came before that mail was begun."""
        refused = self.refused.take_before(begun, is_clear=is_clear)
        return refused, self.deferred.take_before(begun), self.closed.take_before(begun)

    def set_apart(self, subscribers: AbstractSet[int]) -> None:
        """Count these subscribers' refusals as their own, whatever the provider does now."""
        answers, self.refused = self.refused.answers, Streak(needed=self.refused.needed)
        for answer in answers:
            is_theirs = answer.recipient.subscriber_id in subscribers
            is_theirs &= not (answer.given_back or answer.result.of_sender)
            (self.alone.append if is_theirs else self.refused.add)(answer)

    def first_deferred(self) -> Recipient | None:
        """The reader who was deferred first, to be asked again."""
        return self.deferred.answers.pop(0).recipient if self.deferred.answers else None

    def take_deferred(
        self, *, of_everybody: bool, closed_are_readers: bool
    ) -> tuple[list[DeliveryResult], list[Recipient]]:
        """At the end of a batch: deferrals that count, and readers who wait again instead.

        The latter were deferred because of the provider.
        """
        answers, closed = self.deferred.answers, self.closed.answers
        self.deferred, self.closed = Streak(), Streak()
        if of_everybody:
            return [], [answer.waiting_recipient for answer in (*answers, *closed)]
        if closed_are_readers:
            return [*answers, *map(of_reader, closed)], []
        return answers, [answer.waiting_recipient for answer in closed]

    def take_alone(self) -> list[DeliveryResult]:
        """At the end of a batch: the refusals that came while other mails were accepted."""
        alone, self.alone = self.alone, []
        return alone

    def take_waiting(self) -> list[DeliveryResult]:
        waiting, self.waiting = self.waiting, []
        return waiting

    def leave_refused(self, batch_id: int) -> list[Recipient]:
        """At the end of a batch: readers whose refusals cannot be judged yet wait again."""
        new = self.refused.give_back()
        self._released_batches |= {batch_id} if new else set()
        return new

    def take_released_batches(self) -> set[int]:
        """The batches that were left with readers who waited again, and may wait no longer."""
        batches, self._released_batches = self._released_batches, set()
        return batches

    def end_round(self, least_domains: int, sent: int, refused: int) -> None:
        """The last readers of a round may all have been refused because of the provider.

        No reader is left to ask. So the row is compared with the issue's share of refusals: how
        many readers all processes have `sent` it to, and how many were `refused` it.
        """
        row, share = self.refused.answers, (refused + 1) / (refused + sent + 2)
        if share ** len(row) < _CHANCE and len(self.refused.domains) >= least_domains:
            self._at_the_end |= {answer.recipient.subscriber_id for answer in row}

    def ended_with(self, answer: DeliveryResult) -> bool:
        return answer.recipient.subscriber_id in self._at_the_end

    def forget(self) -> None:
        """Forget what was held back: another worker has it, or it is pending again."""
        self.refused, self.deferred, self.closed = Streak(), Streak(), Streak()
        self.alone = []
