"""Tells trouble of the provider from trouble with single readers, by the answers in a row.

The breaker holds refusals in a row back until one of two things happens. A mail is accepted: then
the refusals were about their readers. Or there are too many refusals, over readers of several
domains: then readers of a few other domains are asked, one after the other. Where these are refused
too, the breaker opens, and all these deliveries are pending again. Troubles of several kinds count
together, since a server that is ill answers now this and now that. After a lost answer the run
sends single mails until one gets through.

A refusal counts against the provider only if its reader was not refused in an earlier run, and the
reader's domain was not paused. An earlier refusal counts only of an issue that others got.
"""

from collections.abc import Set as AbstractSet

from newsletter.rendering.recipient import Recipient
from newsletter.sending.provider_trouble.doubt import Doubt
from newsletter.sending.provider_trouble.provider_state import ProviderState
from newsletter.sending.provider_trouble.streak import of_reader
from newsletter.sending.provider_trouble.throttle import THROTTLED
from newsletter.sending.records.ledger import DeliveryResult
from newsletter.transports.base import SendResult, SendStatus

_WHOLE_LIST = 3  # refusals of a list that nobody of was ever sent to
_OF_SEVERAL = frozenset({Doubt.REFUSED, Doubt.DEFERRED, Doubt.MIXED})


class CircuitBreaker(ProviderState):
    """Judges the provider by the results of a run."""

    def note(self, answer: DeliveryResult) -> list[DeliveryResult]:
        """Judge an answer; returns the answers that can be recorded now."""
        result = answer.result
        if result.unasked:
            return [answer]
        if not self._tells_of_provider(answer):
            return self._note_alone(answer)
        if result.status is SendStatus.REJECTED and result.of_reader:
            self.held.alone += [] if result.of_sender else [answer]
            self.refused_share.refused += result.of_sender
            return [answer] if result.of_sender else []
        self._hear(result)
        self._trouble_rate.add(result, is_greylisting=self.held.deferred.is_greylisting)
        self.domains.takes[answer.domain] = result.status is SendStatus.ACCEPTED
        if result.status is SendStatus.ACCEPTED:
            return [*self._accept(answer), answer]
        if result.status is SendStatus.UNCERTAIN:
            self._lose(answer)
            return [answer]
        return self._note_trouble(answer)

    def take_deferred(self) -> tuple[list[DeliveryResult], list[Recipient]]:
        """At the end of a batch: deferrals that count, and readers who wait again instead.

        The latter were deferred because of the provider.
        """
        in_a_row = self.held.deferred.is_long(self._number_of_domains)
        are_last = len(self.held.closed.answers) < THROTTLED
        return self.held.take_deferred(
            of_everybody=self.is_open
            or self.probing.is_undecided
            or not self._somebody_got_it
            or (in_a_row and not self._is_greylisting()),
            closed_are_readers=self.accepted > 0 and are_last,
        )

    def set_apart(self, refused_earlier: AbstractSet[int]) -> None:
        """Ignore the refusals of these subscribers, who were refused an earlier issue as well."""
        self.held.set_apart(refused_earlier)
        if self.probing.doubt is Doubt.REFUSED and not self._are_too_many_refused():
            self.probing.doubt = None

    def end_round(self, *, sent: int, refused: int) -> bool:
        """Whether the refusals with which a round ends are about the whole list.

        No reader is left to ask. So it is judged by how many readers all processes have `sent` the
        issue to, and how many were `refused` it.
        """
        held, least = self.held.refused, min(2, self._number_of_domains)
        self.held.end_round(least, sent, refused)
        number = len(held.answers)
        of_sender = number == held.of_sender and len(held.domains) >= least
        whole_list = of_sender or not (sent or self.trouble)
        doubted = self.probing.doubt in _OF_SEVERAL or self.lost_answers.in_a_row > 1
        doubted |= self.probing.is_undecided and self.is_doubtful
        return doubted or (number >= _WHOLE_LIST and whole_list)

    def _hear(self, result: SendResult) -> None:
        if result.status is SendStatus.ACCEPTED or not self._said_of_us:
            self.words = result.detail or self.words
            self._said_of_us = result.of_sender

    def _tells_of_provider(self, answer: DeliveryResult) -> bool:
        """Whether an answer tells of the provider: by its words, or as its reader is a new one."""
        result = answer.result
        may_be_readers = result.of_reader or result.maybe_of_domain
        if result.status is not SendStatus.REJECTED and not may_be_readers:
            return True
        was_refused = self._somebody_got_it and self.waiting.has(answer.recipient)
        return not (was_refused or answer.domain in self.domains.suspects)

    def _note_alone(self, answer: DeliveryResult) -> list[DeliveryResult]:
        """An answer that is about its reader, or the reader's domain, alone."""
        was_refused = self.waiting.has(answer.recipient)
        if answer.result.maybe_of_domain or not was_refused:
            self.domains.refuse(answer.domain)
            if self.domains.refuses_all(answer.domain):
                self.domains.pause(answer.domain, answer.result.detail)
        if answer.result.status is SendStatus.TRY_LATER:
            self._wait_for_reader(answer.result)
        if self.probing.is_on:
            self._weigh_probe(deferred=False)
        self.probing.tell_nothing()
        attempt = self.waiting.count_attempt(
            answer, is_well=self.accepted > 0, in_trouble=self.troubles > 0
        )
        if attempt is None:
            self.held.waiting.append(self.waiting.keep(answer))
            return []
        return [attempt]

    def _accept(self, answer: DeliveryResult) -> list[DeliveryResult]:
        """A mail was accepted: what was held back before it can be recorded now."""
        self.domains.accept(answer.domain)
        self._greylists = self._greylists or self.probing.is_again
        refused, deferred, closed = self.held.accept(answer.begun, is_clear=not self.cannot_judge)
        self._troubles.take_before(answer.begun)
        about_us: list[DeliveryResult] = []
        if refused or closed:  # of nearly no mail
            refused, closed = self._pause_domains(refused), self._pause_domains(closed)
            about_us = [held for held in refused if held.result.of_sender]
            self.held.alone += [held for held in refused if not held.result.of_sender]
        self.refused_share.accepted += 1
        self.refused_share.refused += len(about_us)
        self.lost_answers.forget_domains(self.domains.pause_silent())
        self.lost_answers.accept(answer.begun, answer.answered, probing=self.probing.is_on)
        self.throttle.end_row()
        self.accepted += 1
        self._any = True
        self.probing.accept(lost_in_a_row=self.lost_answers.in_a_row)
        return [*deferred, *map(of_reader, closed), *about_us]

    def _pause_domains(self, answers: list[DeliveryResult]) -> list[DeliveryResult]:
        """Pause the domains that refuse nearly all; returns the answers of the other domains."""
        taking = []
        for held in answers:
            if self.domains.refuses_all(held.domain):
                self.domains.pause(held.domain, held.result.detail)
                self.held.waiting.append(held)
            else:
                taking.append(held)
        return taking

    def _lose(self, answer: DeliveryResult) -> None:
        """The answer to a mail was lost: from now on the run sends single mails."""
        self.lost = False
        together = self.probing.doubt is Doubt.LOST  # on the wire with another that was lost
        if not together:
            self.domains.lose(answer.domain, answer.result.detail)
        self.lost_answers.add(answer.answered, together=together)
        self.probing.begin(Doubt.LOST)

    def _note_trouble(self, answer: DeliveryResult) -> list[DeliveryResult]:
        """A refusal or a deferral, of a reader, a domain or the provider."""
        may_be_domain = answer.result.maybe_of_domain
        if may_be_domain and answer.recipient.attempts:
            answer = of_reader(answer)
        result = answer.result
        is_held = result.of_reader or result.status is SendStatus.REJECTED
        if is_held:
            self._hold(answer)
        else:
            self.throttle.put_off(result)
            self.trouble = result.detail
            if may_be_domain:
                self.domains.refuse(answer.domain)
                self.held.closed.add(answer)
        self._troubles.add(answer)
        self._weigh()
        return [] if is_held or may_be_domain else [answer]

    def _hold(self, answer: DeliveryResult) -> None:
        """Hold back an answer that may be about its reader, until a mail is accepted."""
        deferred = answer.result.status is SendStatus.TRY_LATER
        self.throttle.end_row()
        if deferred:
            self.held.deferred.add(answer)
            self._wait_for_reader(answer.result)
        else:
            self.held.refused.add(answer)
            self.domains.refuse(answer.domain)
        if self.probing.is_on:
            self._weigh_probe(deferred=deferred)

    def _wait_for_reader(self, result: SendResult) -> None:
        self.trouble = result.detail
        self.throttle.wait_for_reader(result)
