"""Tells trouble that is everybody's from trouble with single readers, by what comes in a row.

Refusals in a row are held back, neither failed nor suppressed, until one of two things happens: a
mail is accepted, and so they were about their readers; or they grow so many, over readers of
several domains, that readers of a few other domains are asked, one after the other. Where those are
refused too, the breaker opens, and all of them are pending again. Troubles of several kinds count
together: a server that is ill says now this and now that. After a lost answer nothing is begun
until one mail has got through.

Only who was not refused before tells of the provider. Who was, by a run before this one, of an
issue that others got, speaks for nobody else; nor does a domain that was paused.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace

from newsletter.rendering.recipient import Recipient
from newsletter.sending.ledger import DeliveryResult
from newsletter.sending.provider_trouble.doubt import Doubt, advice
from newsletter.sending.provider_trouble.refused_share import DomainRefusals, RefusedShare
from newsletter.sending.provider_trouble.streak import (
    MOST_DOMAINS,
    LostAnswers,
    Streak,
    TroubleRate,
    of_reader,
)
from newsletter.transports.base import SendResult, SendStatus

_WHOLE_LIST = 3  # refusals of a list that nobody of was ever sent to
_LONGEST_WAIT_S = 60.0  # that a run waits for what a server asks
_OF_SEVERAL = frozenset({Doubt.REFUSED, Doubt.DEFERRED, Doubt.MIXED})
_LOSES = 5  # answers of a run, and a hundredth: a server that is ill refuses wrongly as well
_LOSES_SHARE = 0.01
_CHANCE = 1e-4  # of a row of dead addresses; a longer one is no accident
_REFUSAL = 0.5  # of a trouble: it may be the reader's
_THROTTLED = 5  # refusals for now by the provider, in a row; then it is not about one mail
MOST_PROBES = 5  # mails that ask whether a doubt is right, each to another domain
_PROBES_BEFORE_WAITING = 3  # of them, where those who were deferred are asked once more
_PROBES_AGAIN = 2  # of them, to those whom a run before this one was told "later" of


class CircuitBreaker:
    """What the results of a run say of the provider. `lost` may be set from any thread."""

    def __init__(self) -> None:
        self._refused, self._deferred, self._closed = Streak(), Streak(), Streak()
        self._of_domains, self.refused_share = DomainRefusals(), RefusedShare()
        # By domain that was asked, by a run before this one too, whether it took its last mail.
        self.takes: dict[str, bool] = {}
        self.blocked: list[DeliveryResult] = []  # refused by a domain that refuses everything
        self._pauses: dict[str, str] = {}  # such domains, and the words of each
        self._refused_alone: list[DeliveryResult] = []  # others were accepted; till the batch ends
        self.failed: list[DeliveryResult] = []  # in this run, for being refused
        self.lost_answers = LostAnswers()
        self._trouble_rate = TroubleRate()
        self._probing = self._asks_again = False
        self._domains = MOST_DOMAINS
        self._suspects: set[str] = set()  # domains that were paused, and took nothing since
        self._asked_in_vain: set[int] = set()  # of who was refused before, by this run
        self._sent_before = False  # by a run before this one
        self._all_were_refused = False  # those who wait for this issue, by such a run
        self._greylists = False  # those who were deferred get it a little later
        self._refused_last = 0  # of the refused, since a mail was accepted
        self._in_the_end: set[int] = set()  # subscribers who were refused in a row, the last ones
        self._released_batches: set[int] = set()
        self.was_interrupted = False  # there was doubt: who was claimed meanwhile is not begun yet
        self.is_open = False  # nothing more leaves in this run
        self.begun = 0  # mails of this run
        self.lost = False  # an answer was, just now
        self.doubt: Doubt | None = None
        self.troubles = 0  # of all runs in a row, as far as this one knows
        self.words = ""  # what the server said last
        self.accepted = 0
        self.begin_round()

    def begin_round(self) -> None:
        """Once more over what is pending."""
        self._throttled = 0
        self._throttled_by_domains = True  # all of it may be
        self._troubles = Streak()  # of any kind, in a row
        self._any = False
        self.asked = 0  # mails, whether a doubt is right
        self.is_undecided = False  # it may be, and another batch may have readers who can tell
        self.trouble: str | None = None  # why something comes later
        self.provider_wait_s: float | None = None
        self.was_put_off = False  # by the provider, which may have taken others
        self.readers_wait_s = 0.0  # the longest that readers' servers ask for

    @property
    def is_blocking(self) -> bool:
        """Whether nothing more may be begun for now."""
        in_doubt = self.lost or self.is_open or self.doubt is not None or self.is_throttled
        return in_doubt and not self._probing

    def begin_run(
        self,
        *,
        domains: int,
        troubles: int,
        sent_before: bool = False,
        suspects: AbstractSet[str] = frozenset(),
        all_were_refused: bool = False,
    ) -> None:
        """A list has readers of so many domains; so many runs before this one ended badly.

        `suspects` are domains that were paused since the issue was frozen; `all_were_refused` where
        nobody else than theirs and refused readers waits.
        """
        self._domains = max(1, min(domains, MOST_DOMAINS))
        self._sent_before, self._suspects = sent_before, set(suspects)
        self._all_were_refused = sent_before and all_were_refused
        self.takes |= dict.fromkeys(suspects, False)
        self.update_troubles(troubles)

    def update_troubles(self, troubles: int) -> bool:
        """Whether another run was in trouble that this one did not know of."""
        is_news, self.troubles = troubles > self.troubles, troubles
        if is_news and not self._all_were_refused:  # else nobody is left who could tell
            self._trouble_rate.assume_high()
            self.doubt, self.was_interrupted = Doubt.EARLIER, True
        return is_news

    @property
    def asks_anybody(self) -> bool:
        """Whether also who was refused before can tell something, where nobody else is left."""
        return self.doubt is Doubt.LOST or not (self._sent_before or self.accepted)

    @property
    def is_doubtful(self) -> bool:
        """Whether one mail must be asked with before any other."""
        return self.doubt is not None or self.lost_answers.are_too_many

    @property
    def is_throttled(self) -> bool:
        """Whether nothing more is asked in this round, as the provider takes nothing for now."""
        return self._throttled >= _THROTTLED or bool(self.provider_wait_s)

    @property
    def provider_down(self) -> bool:
        """The provider takes nothing now, in its own words."""
        takes_none = self._troubles.has_provider_trouble and not self._any
        return self.is_throttled or takes_none

    @property
    def ends_round(self) -> bool:
        """Whether no other batch can change anything."""
        return self.is_open or (self.provider_down and not self.is_undecided)

    @contextmanager
    def probing(self, *, again: bool = False) -> Iterator[None]:
        """While one mail asks whether the doubt is right; where it is not, the doubt is gone.

        It may ask `again` somebody who was deferred.
        """
        self._probing, self._asks_again = True, again
        self.asked += 1
        try:
            yield
        finally:
            self._probing = self._asks_again = self.lost = False

    def note(self, answer: DeliveryResult) -> list[DeliveryResult]:
        """Judge a result; those that can be recorded now."""
        result = answer.result
        if result.unasked:
            return [answer]
        if not self._tells_of_provider(answer):
            return self._note_alone(answer)
        if result.status is SendStatus.REJECTED and result.of_reader:
            self._refused_alone += [] if result.of_sender else [answer]
            self.refused_share.refused += result.of_sender
            return [answer] if result.of_sender else []
        self.words = result.detail or self.words
        self._trouble_rate.add(self._trouble(result))
        self.takes[answer.domain] = result.status is SendStatus.ACCEPTED
        if result.status is SendStatus.ACCEPTED:
            return [*self._accept(answer), answer]
        if result.status is SendStatus.UNCERTAIN:
            self.lost = False
            if self.doubt is not Doubt.LOST:  # else it was on the wire with another that was lost
                self._of_domains.lose(answer.domain, result.detail)
            self.lost_answers.add(answer.answered, together=self.doubt is Doubt.LOST)
            self.doubt, self.was_interrupted = Doubt.LOST, True
            return [answer]
        if result.maybe_of_domain and answer.recipient.attempts:
            answer = of_reader(answer)
        is_held = answer.result.of_reader or result.status is SendStatus.REJECTED
        if is_held:
            self._refuse(answer)
        else:
            self._throttled += 1
            self.was_put_off = True
            self._throttled_by_domains &= result.maybe_of_domain
            if result.maybe_of_domain:
                self._of_domains.add(answer.domain)
                self._closed.add(answer)
            self.trouble = result.detail
            self.provider_wait_s = max(self.provider_wait_s or 0.0, result.wait_s or 0.0) or None
        self._troubles.add(answer)
        self._weigh()
        return [] if is_held or result.maybe_of_domain else [answer]

    def take_deferred(self) -> tuple[list[DeliveryResult], list[Recipient]]:
        """At the end of a batch: who was deferred for their own sake, and who for everybody's."""
        answers, closed = self._deferred.answers, self._closed.answers
        everybody = (
            self.is_open
            or self.is_undecided
            or (self._deferred.is_long(self._domains) and not self._is_greylisting())
        )
        self._deferred, self._closed = Streak(), Streak()
        if everybody:
            return [], [answer.recipient for answer in (*answers, *closed)]
        if self.accepted and len(closed) < _THROTTLED:  # the last ones of a batch
            return [*answers, *map(of_reader, closed)], []
        return answers, [answer.recipient for answer in closed]

    def first_deferred(self) -> Recipient | None:
        """The reader who was deferred first, to be asked again."""
        return self._deferred.answers.pop(0).recipient if self._deferred.answers else None

    @property
    def refused(self) -> list[DeliveryResult]:
        """The refusals that are not recorded, of earlier batches too."""
        return self._refused.answers

    def take_refused(self) -> list[DeliveryResult]:
        """At the end of a batch: who was refused while others were accepted."""
        refused, self._refused_alone = self._refused_alone, []
        return refused

    def spares(self, answer: DeliveryResult) -> bool:
        """Whether so many are refused in this way that nobody's address is worth less for it."""
        codes, last = answer.result.detail.split()[:2], self.words.split()[:2]
        is_last = self.is_open and codes == last
        are_many = self.refused_share.spares(answer.recipient.subscriber_id)
        is_last |= answer.recipient.subscriber_id in self._in_the_end
        loses = self.lost_answers.number >= max(_LOSES, _LOSES_SHARE * self.accepted)
        return is_last or are_many or loses or self._of_domains.are_all(answer.domain)

    def take_pauses(self) -> dict[str, str]:
        """The domains that take nothing while others do, and the words of each."""
        pauses, self._pauses = self._pauses, {}
        return pauses

    def leave_refused(self, batch_id: int) -> list[Recipient]:
        """At the end of a batch: whom nobody can judge yet; they wait again."""
        new = self._refused.give_back()
        self._released_batches |= {batch_id} if new else set()
        return new

    def take_released_batches(self) -> set[int]:
        """The batches in which somebody waited again and may not wait any more."""
        batches, self._released_batches = self._released_batches, set()
        return batches

    def wait_s(self) -> float | None:
        """How long servers ask to wait before the next round; None where that is too long."""
        asked_s = self.provider_wait_s or 0.0
        return None if asked_s > _LONGEST_WAIT_S else max(asked_s, self.readers_wait_s)

    def probes(self) -> list[tuple[bool, float]]:
        """What to ask by, in this order: whether the first that was deferred, after what wait."""
        other, again = (False, 0.0), (True, 0.0)
        if self.lost_answers.are_too_many or (self.is_throttled and not self._may_be_domains):
            return []
        if self.doubt is Doubt.LOST:
            return [other]  # each may make one more uncertain
        if self.asked:  # in another batch
            return [other] * (MOST_PROBES - self.asked)
        if self.doubt is Doubt.EARLIER:
            return [again] * _PROBES_AGAIN + [other] * MOST_PROBES
        if self.doubt is Doubt.DEFERRED or (self.doubt is Doubt.MIXED and self._deferred.answers):
            later = [(True, max(2.0, self.readers_wait_s)), (True, 10.0)]
            return [other] * _PROBES_BEFORE_WAITING + later
        return [other] * MOST_PROBES

    @property
    def _may_be_domains(self) -> bool:
        """Whether all that throttles was said in answer to a reader's address or mail."""
        return self._throttled_by_domains and not self.provider_wait_s

    def decide(self) -> bool:
        """After a batch's probes: whether they were enough, or an answer was lost."""
        lost = self.doubt is Doubt.LOST or self.lost_answers.are_too_many
        may_be_domains = not self.is_throttled or self._may_be_domains
        self.is_undecided = 0 < self.asked < MOST_PROBES and may_be_domains and not lost
        return not self.is_undecided

    def end_round(self, sent: int, refused: int) -> None:
        """Whom a round ended with may be refused in a row that is no accident.

        By how many the issue was `sent` to, and how many were `refused` it, by anybody. Nobody is
        left to ask whether the provider refuses everybody by now.
        """
        row = self._refused.answers[-self._refused_last :] if self._refused_last else []
        share = (refused + 1) / (refused + sent + 2)
        domains = {answer.domain for answer in row}
        if len(row) >= _WHOLE_LIST and len(domains) >= min(2, self._domains):
            is_chance = share ** len(row) > _CHANCE
            self._in_the_end |= {a.recipient.subscriber_id for a in row if not is_chance}

    def forget(self) -> None:
        """What was held back is somebody else's, or pending again."""
        self._refused, self._deferred, self._closed = Streak(), Streak(), Streak()
        self._refused_alone, self._refused_last = [], 0

    @property
    def cannot_judge(self) -> bool:
        """Whether the provider had trouble of its own, or of several kinds, or has much of late."""
        own = self._troubles.has_provider_trouble or self.doubt is Doubt.MIXED
        return own or self._trouble_rate.is_high

    def is_of_everybody(self, *, sent_before: bool) -> bool:
        """Whether refusals that nobody was left to ask about are of the whole list."""
        number, domains = len(self._refused.answers), len(self._refused.domains)
        of_sender = number == self._refused.of_sender and domains >= min(2, self._domains)
        whole_list = of_sender or not (sent_before or self.trouble)
        doubted = self.doubt in _OF_SEVERAL or self.lost_answers.in_a_row > 1
        doubted |= self.is_undecided and self.is_doubtful
        return doubted or (number >= _WHOLE_LIST and whole_list)

    def advice(self) -> str:
        """The server's words, and what to do."""
        doubt = Doubt.LOST if self.lost_answers.in_a_row else self.doubt
        return advice(doubt or Doubt.REFUSED, self.words)

    def _tells_of_provider(self, answer: DeliveryResult) -> bool:
        """Whether an answer is about everybody, or may be and is of who was not refused before."""
        result, recipient = answer.result, answer.recipient
        may_be_readers = result.of_reader or result.maybe_of_domain
        if result.status is not SendStatus.REJECTED and not may_be_readers:
            return True
        was_sent = self._sent_before or self.accepted > 0
        return not ((was_sent and self._was_refused(recipient)) or answer.domain in self._suspects)

    def _note_alone(self, answer: DeliveryResult) -> list[DeliveryResult]:
        """An attempt of who was refused before, where the provider is not in trouble as it is."""
        result, recipient = answer.result, answer.recipient
        was_refused = self._was_refused(recipient)
        if result.maybe_of_domain or not was_refused:
            self._of_domains.add(answer.domain)
            if self._of_domains.are_all(answer.domain):
                self._pauses[answer.domain] = result.detail
        if result.status is SendStatus.TRY_LATER:
            self._wait_for_reader(result)
        if self._probing:
            self._weigh_probe(deferred=False)
        if not was_refused or not self._is_an_attempt(answer):
            self._asked_in_vain.add(recipient.subscriber_id)
            kept = replace(result, detail=recipient.last_words or result.detail)
            self.blocked.append(replace(answer, result=kept))
            return []
        rejected = result.status is SendStatus.REJECTED
        judged = replace(result, permanent=False, of_sender=rejected, of_reader=not rejected)
        return [replace(answer, result=judged)]

    def _was_refused(self, recipient: Recipient) -> bool:
        """By a run before this one; also where this one has asked them once more since."""
        return recipient.was_refused or recipient.subscriber_id in self._asked_in_vain

    def _is_an_attempt(self, answer: DeliveryResult) -> bool:
        """Whether a refusal adds to those of its reader: others are accepted, or it is the same.

        Other words than before may be those of a provider that is ill by now.
        """
        recipient = answer.recipient
        if self.accepted or self.troubles:
            return self.accepted > 0
        same = answer.result.detail.split()[:2] == recipient.last_words.split()[:2]
        return same and recipient.attempts > 0

    def _wait_for_reader(self, result: SendResult) -> None:
        self.trouble = result.detail
        if (result.wait_s or 0.0) <= _LONGEST_WAIT_S:
            self.readers_wait_s = max(self.readers_wait_s, result.wait_s or 0.0)

    def _accept(self, answer: DeliveryResult) -> list[DeliveryResult]:
        self._of_domains.accept(answer.domain)
        self._suspects.discard(answer.domain)
        self._greylists = self._greylists or self._asks_again
        refused = self._refused.settle(answer.begun, is_clear=not self.cannot_judge)
        blocked = [held for held in refused if self._of_domains.are_all(held.domain)]
        self._troubles.settle(answer.begun)
        closed = self._closed.settle(answer.begun)
        blocked += [held for held in closed if self._of_domains.are_all(held.domain)]
        self.blocked += blocked
        self._pauses |= {held.domain: held.result.detail for held in blocked}
        silent = self._of_domains.take_silent()
        self._pauses |= silent
        self.lost_answers.forget_domains(len(silent))
        mine = [held for held in refused if not (held.result.of_sender or held in blocked)]
        self._refused_alone += mine
        self.refused_share.accepted += 1
        self.refused_share.refused += sum(
            held.result.of_sender and held not in blocked for held in refused
        )
        self.lost_answers.accept(answer.begun, answer.answered, probing=self._probing)
        self._throttled, self._throttled_by_domains = 0, True
        self._refused_last = 0
        self.accepted += 1
        self._any = True
        if self._probing or (self.doubt is Doubt.LOST and not self.lost_answers.in_a_row):
            self.doubt = None
        return [
            *self._deferred.settle(answer.begun),
            *(of_reader(held) for held in closed if held not in blocked),
            *(held for held in refused if held not in blocked and held not in mine),
        ]

    def _refuse(self, answer: DeliveryResult) -> None:
        result = answer.result
        deferred = result.status is SendStatus.TRY_LATER
        (self._deferred if deferred else self._refused).add(answer)
        if not deferred:
            self._refused_last += 1
            self._of_domains.add(answer.domain)
        self._throttled, self._throttled_by_domains = 0, True
        if deferred:
            self._wait_for_reader(result)
        if self._probing:
            self._weigh_probe(deferred=deferred)

    def _weigh(self) -> None:
        """Whether so many in a row are no accident; several kinds count as one row too."""
        if self._probing or self.doubt is not None:
            return
        rows = {Doubt.REFUSED: self._refused}
        if not self._is_greylisting():
            rows[Doubt.DEFERRED] = self._deferred
            if self._troubles.is_mixed and not self.is_throttled:
                rows[Doubt.MIXED] = self._troubles
        doubts = [doubt for doubt, row in rows.items() if row.is_long(self._domains)]
        if doubts:
            self.doubt, self.was_interrupted = doubts[0], True

    def _weigh_probe(self, *, deferred: bool) -> None:
        """A probe that was refused: where that says nothing of the doubt, go on for a while."""
        if self.doubt is Doubt.LOST:  # an answer is an answer
            self.doubt, self.lost_answers.in_a_row = None, 0
        elif self.doubt is Doubt.REFUSED and deferred:
            self.doubt = None
            self._refused.needed *= 2
            self._troubles.needed = self._refused.needed

    def _trouble(self, result: SendResult) -> float:
        """How much a result tells of a server that is ill."""
        if result.status is SendStatus.REJECTED:
            return 0.0 if result.permanent or result.of_sender else _REFUSAL
        is_fine = result.status is SendStatus.ACCEPTED or self._deferred.is_greylisting
        return 0.0 if is_fine else 1.0

    def _is_greylisting(self) -> bool:
        return self._greylists or self._deferred.is_greylisting
