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

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from newsletter.rendering.recipient import Recipient
from newsletter.sending.ledger import DeliveryResult
from newsletter.sending.provider_trouble.domain_trouble import DomainTrouble
from newsletter.sending.provider_trouble.doubt import Doubt, advice
from newsletter.sending.provider_trouble.earlier_runs import EarlierRuns
from newsletter.sending.provider_trouble.held_results import HeldResults
from newsletter.sending.provider_trouble.probe_state import Probing
from newsletter.sending.provider_trouble.refused_share import RefusedShare
from newsletter.sending.provider_trouble.streak import (
    MOST_DOMAINS,
    LostAnswers,
    Streak,
    TroubleRate,
    of_reader,
)
from newsletter.sending.provider_trouble.throttle import THROTTLED, Throttle
from newsletter.sending.provider_trouble.waiting_readers import WaitingReaders, are_alike
from newsletter.transports.base import SendResult, SendStatus

_WHOLE_LIST = 3  # refusals of a list that nobody of was ever sent to
_OF_SEVERAL = frozenset({Doubt.REFUSED, Doubt.DEFERRED, Doubt.MIXED})
_LOSES = 5  # answers of a run, and a hundredth: a server that is ill refuses wrongly as well
_LOSES_SHARE = 0.01
_REFUSAL = 0.5  # of a trouble: it may be the reader's


class CircuitBreaker:
    """Judges the provider by the results of a run. Any thread may set `lost`."""

    def __init__(self) -> None:
        self.held, self.domains, self.probing = HeldResults(), DomainTrouble(), Probing()
        self.refused_share, self.lost_answers = RefusedShare(), LostAnswers()
        self._trouble_rate = TroubleRate()
        self._number_of_domains = MOST_DOMAINS
        self.waiting = WaitingReaders()
        self._greylists = False  # those who were deferred get it a little later
        self.is_open = False  # nothing more leaves in this run
        self.begun = 0  # mails of this run
        self.lost = False  # an answer was, just now
        self.troubles = 0  # of all runs in a row, as far as this one knows
        self.words = ""  # what the server said last, or, since it took a mail, first of us
        self._said_of_us = False
        self.accepted = 0
        self.begin_round()

    def begin_round(self) -> None:
        """A new pass over the pending deliveries."""
        self.throttle = Throttle()
        self._troubles = Streak()  # of any kind, in a row
        self._any = False
        self.probing.begin_round()
        self.trouble: str | None = None  # why something comes later

    @property
    def is_blocking(self) -> bool:
        """Whether the run must not begin another mail for now."""
        in_doubt = self.probing.doubt is not None or self.throttle.is_on
        return (self.lost or self.is_open or in_doubt) and not self.probing.is_on

    def begin_run(self, domains: int, earlier: EarlierRuns) -> None:
        """A list has readers of so many domains, and earlier runs found this out."""
        self._number_of_domains = max(1, min(domains, MOST_DOMAINS))
        self.waiting.earlier = earlier
        self.domains.suspect(earlier.suspects)
        self.update_troubles(earlier.troubles)

    def update_troubles(self, troubles: int) -> bool:
        """Whether another run was in trouble that this one did not know of."""
        is_news, self.troubles = troubles > self.troubles, troubles
        somebody_can_tell = not self.waiting.earlier.all_were_refused
        if is_news and somebody_can_tell:
            self._trouble_rate.assume_high()
            self.probing.begin(Doubt.EARLIER)
        return is_news

    @property
    def asks_anybody(self) -> bool:
        """Whether a reader who was refused before may be asked, where no other is left."""
        return self.probing.doubt is Doubt.LOST or not self._somebody_got_it

    @property
    def _somebody_got_it(self) -> bool:
        """Whether any reader got this issue, in this run or an earlier one."""
        return self.waiting.earlier.sent or self.accepted > 0

    @property
    def is_doubtful(self) -> bool:
        """Whether the run must send a single mail and wait for its answer."""
        return self.probing.doubt is not None or self.lost_answers.are_too_many

    @property
    def provider_down(self) -> bool:
        """Whether the provider says that it takes no mail now."""
        takes_none = self._troubles.has_provider_trouble and not self._any
        return self.throttle.is_on or takes_none

    @property
    def ends_round(self) -> bool:
        """Whether no other batch can change anything."""
        return self.is_open or (self.provider_down and not self.probing.is_undecided)

    @contextmanager
    def asking(self, *, again: bool = False) -> Iterator[None]:
        """While a probe is on the wire; where it is accepted, the doubt is gone.

        `again`: its reader may be one who was deferred.
        """
        try:
            with self.probing.asking(again=again):
                yield
        finally:
            self.lost = False

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
        self._trouble_rate.add(self._trouble(result))
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

    def spares(self, answer: DeliveryResult) -> bool:
        """Whether so many are refused alike that this refusal must not count."""
        return (
            (self.is_open and are_alike(answer.result.detail, self.words))
            or self.refused_share.spares(answer)
            or self.lost_answers.number >= max(_LOSES, _LOSES_SHARE * self.accepted)
            or self.domains.refuses_all(answer.domain)
        )

    def set_apart(self, refused_earlier: AbstractSet[int]) -> None:
        """Ignore the refusals of these subscribers, who were refused an earlier issue as well."""
        self.held.set_apart(refused_earlier)
        if self.probing.doubt is Doubt.REFUSED and not self._are_too_many_refused():
            self.probing.doubt = None

    def probes(self) -> list[tuple[bool, float]]:
        """The probes to send, in order: whether to the first deferred reader, after what wait."""
        return self.probing.probes(
            self.throttle,
            lost_too_many=self.lost_answers.are_too_many,
            were_deferred=bool(self.held.deferred.answers),
        )

    def decide(self) -> bool:
        """After a batch's probes: whether they decided, or an answer was lost."""
        lost_too_many = self.lost_answers.are_too_many
        return self.probing.decide(self.throttle, lost_too_many=lost_too_many)

    @property
    def cannot_judge(self) -> bool:
        """Whether the provider is so ill that a single refusal proves little about its reader."""
        own = self._troubles.has_provider_trouble or self.probing.doubt is Doubt.MIXED
        return own or self._trouble_rate.is_high

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

    def advice(self) -> str:
        """The server's words, and what to do."""
        doubt = Doubt.LOST if self.lost_answers.in_a_row else self.probing.doubt
        return advice(doubt or Doubt.REFUSED, self.words or self.waiting.words)

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

    def _weigh(self) -> None:
        """Begin to doubt where the answers in a row are too many for chance, kinds mixed or not."""
        if self.probing.is_on or self.probing.doubt is not None:
            return
        doubts = [Doubt.REFUSED] if self._are_too_many_refused() else []
        rows: dict[Doubt, Streak] = {}
        if not self._is_greylisting():
            rows[Doubt.DEFERRED] = self.held.deferred
            if self._troubles.is_mixed and not self.throttle.is_on:
                rows[Doubt.MIXED] = self._troubles
        doubts += [doubt for doubt, row in rows.items() if row.is_long(self._number_of_domains)]
        if doubts:
            self.probing.begin(doubts[0])

    def _are_too_many_refused(self) -> bool:
        return self.held.refused.is_long(self._number_of_domains)

    def _weigh_probe(self, *, deferred: bool) -> None:
        """A probe was refused: where that does not confirm the doubt, go on for a while."""
        if self.probing.doubt is Doubt.LOST:  # an answer is an answer
            self.probing.doubt, self.lost_answers.in_a_row = None, 0
        elif self.probing.doubt is Doubt.REFUSED and deferred:
            self.probing.doubt = None
            self.held.refused.needed *= 2
            self._troubles.needed = self.held.refused.needed

    def _trouble(self, result: SendResult) -> float:
        """How much a result speaks for a server that is ill, from 0 to 1."""
        if result.status is SendStatus.REJECTED:
            return 0.0 if result.permanent or result.of_sender else _REFUSAL
        is_fine = result.status is SendStatus.ACCEPTED or self.held.deferred.is_greylisting
        return 0.0 if is_fine else 1.0

    def _is_greylisting(self) -> bool:
        return self._greylists or self.held.deferred.is_greylisting
