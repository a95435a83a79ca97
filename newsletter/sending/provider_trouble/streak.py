"""Counts refusals, lost answers and other troubles in a row: how many are too many."""

from dataclasses import dataclass, field, replace

from newsletter.rendering.recipient import Recipient
from newsletter.sending.provider_trouble.domain_trouble import LOSSES_OF_ONE_DOMAIN
from newsletter.sending.records.ledger import DeliveryResult
from newsletter.transports.base import SendResult, SendStatus
from newsletter.transports.refusals import is_greylisting

_IN_A_ROW = 12  # refusals that make doubt
_IN_A_ROW_OF_SENDER = 5  # the same in words about us
MOST_DOMAINS = 3  # or as many as the list has
_LOOKED_AT = 12  # deferred readers, for what they were told
_LATELY = 20  # answers
_HIGH = 0.15  # of them
_REFUSAL = 0.5  # of a trouble
_LOSSES = 5  # lost answers, less a tenth for each good one: more are no accident
_LOSS_FORGOTTEN = 0.1  # by an answer, for however many mails


@dataclass
class Streak:
    """The failures since the last accepted mail."""

    answers: list[DeliveryResult] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)
    kinds: set[tuple[SendStatus, bool]] = field(default_factory=set)  # and whether of the reader
    of_sender: int = 0
    needed: int = 1  # so many times as many as usual, after a probe that told nothing

    def add(self, answer: DeliveryResult) -> None:
        self.answers.append(answer)
        self.domains.add(answer.domain)
        self.kinds.add((answer.result.status, answer.result.of_reader))
        self.of_sender += answer.result.of_sender

    @property
    def is_mixed(self) -> bool:
        """Whether they are of several kinds: refused, deferred for the reader's sake, "not now"."""
        return len(self.kinds) > 1

    @property
    def has_provider_trouble(self) -> bool:
        """Whether the provider itself said "not now"."""
        return (SendStatus.TRY_LATER, False) in self.kinds

    @property
    def is_greylisting(self) -> bool:
        """Whether one of the last answers is a greylisting server's."""
        return any(is_greylisting(answer.result.detail) for answer in self.answers[-_LOOKED_AT:])

    def take_before(self, begun: int, *, is_clear: bool = True) -> list[DeliveryResult]:
        """Take out the failures that came before an accepted mail was `begun`.

        A mail already on its way, if only its envelope, when the other failed proves nothing: the
        trouble may have come between. Where it is not clear whose trouble it was (`is_clear`),
        only a reader without a mailbox counts as refused for good.
        """
        if not self.answers:  # as with nearly every mail
            self.needed = 1
            return []
        taken = [answer for answer in self.answers if answer.answered < begun]
        answers = [answer for answer in self.answers if answer.answered >= begun]
        self.answers, self.of_sender, self.needed = [], 0, 1
        self.domains.clear()
        self.kinds.clear()
        for answer in answers:
            self.add(answer)
        return taken if is_clear else [_unblamed(answer) for answer in taken]

    def give_back(self) -> list[Recipient]:
        """The readers of these failures whose deliveries are to be pending again; once for each."""
        new = [answer.waiting_recipient for answer in self.answers if not answer.given_back]
        self.answers = [replace(answer, given_back=True) for answer in self.answers]
        return new

    def is_long(self, domains: int) -> bool:
        """Whether it is too long for chance, over readers of at least so many domains."""
        about_us = self.of_sender == len(self.answers)
        most = (_IN_A_ROW_OF_SENDER if about_us else _IN_A_ROW) * self.needed
        return len(self.answers) >= most and len(self.domains) >= domains


def of_reader(answer: DeliveryResult) -> DeliveryResult:
    """As a "later" for this reader: the server hung up on them, and then took other mails."""
    return replace(answer, result=replace(answer.result, of_reader=True))


def _unblamed(answer: DeliveryResult) -> DeliveryResult:
    """As a refusal in words about us, except where it says that there is no such mailbox."""
    result = replace(answer.result, of_sender=not answer.result.permanent)
    return replace(answer, result=result)


@dataclass
class TroubleRate:
    """The share of troubles among a server's last answers.

    A server that is ill refuses now one reader and now another, for reasons of its own.
    """

    _share: float = 0.0  # of the last answers, the newest weigh most

    @property
    def is_high(self) -> bool:
        return self._share > _HIGH

    def assume_high(self) -> None:
        """Assume a server ill that was so a while ago, until some good answers come."""
        self._share = max(self._share, 2 * _HIGH)

    def add(self, result: SendResult, *, is_greylisting: bool) -> None:
        """One more answer; a refusal may be the reader's own, so it counts half."""
        if result.status is SendStatus.REJECTED:
            trouble = 0.0 if result.permanent or result.of_sender else _REFUSAL
        else:
            trouble = float(result.status is not SendStatus.ACCEPTED and not is_greylisting)
        self._share += (trouble - self._share) / _LATELY


@dataclass
class LostAnswers:
    """Mails that may have arrived, since their answers were lost."""

    in_a_row: int = 0
    number: int = 0  # in this run, but for domains that lose all
    _weight: float = 0.0
    _last_at: int = 0  # how many mails were begun then
    _good_at: int = -1  # the same of the last good answer

    @property
    def are_too_many(self) -> bool:
        """Whether they are too many for chance, although mails get through between."""
        return self._weight >= _LOSSES

    def add(self, answered: int, *, together: bool) -> None:
        """One more; `together` with others that were on the wire, which count as one loss."""
        self._last_at = answered
        self._weight += not together
        self.in_a_row += 1
        self.number += 1

    def forget_domains(self, number: int) -> None:
        """So many domains that lost all their answers are paused: do not count theirs."""
        self.number = max(0, self.number - LOSSES_OF_ONE_DOMAIN * number)
        self._weight = max(0.0, self._weight - LOSSES_OF_ONE_DOMAIN * number)

    def accept(self, begun: int, answered: int, *, probing: bool) -> None:
        """A mail was accepted. Where it was begun before a loss, the row of losses goes on.

        The mails of one request share an answer, so they count as one.
        """
        if answered != self._good_at:
            self._weight = max(0.0, self._weight - _LOSS_FORGOTTEN)
        self._good_at = answered
        if probing or self._last_at < begun:
            self.in_a_row = 0
