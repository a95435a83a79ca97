"""A run knows this of its provider by now, and whether it may go on."""

from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.sending.provider_trouble.domain_trouble import DomainTrouble
from newsletter.sending.provider_trouble.doubt import Doubt, Probing, advice
from newsletter.sending.provider_trouble.earlier_runs import EarlierRuns, WaitingReaders, are_alike
from newsletter.sending.provider_trouble.held_results import HeldResults
from newsletter.sending.provider_trouble.refused_share import RefusedShare
from newsletter.sending.provider_trouble.streak import (
    MOST_DOMAINS,
    LostAnswers,
    Streak,
    TroubleRate,
)
from newsletter.sending.provider_trouble.throttle import Throttle
from newsletter.sending.records.ledger import DeliveryResult

_LOSES = 5  # answers of a run, and a hundredth: a server that is ill refuses wrongly as well
_LOSES_SHARE = 0.01


class ProviderState:
    """The doubts of a run, and what raised them. Any thread may set `lost`."""

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
    def is_blocking(self) -> bool:
        """Whether the run must not begin another mail for now."""
        in_doubt = self.probing.doubt is not None or self.throttle.is_on
        return (self.lost or self.is_open or in_doubt) and not self.probing.is_on

    @property
    def is_doubtful(self) -> bool:
        """Whether the run must send a single mail and wait for its answer."""
        return self.probing.doubt is not None or self.lost_answers.are_too_many

    @property
    def asks_first(self) -> bool:
        """Whether a single mail must tell first whether sending may go on."""
        return self.is_doubtful or self.throttle.is_on

    @property
    def asks_anybody(self) -> bool:
        """Whether a reader who was refused before may be asked, where no other is left."""
        return self.probing.doubt is Doubt.LOST or not self._somebody_got_it

    @property
    def _somebody_got_it(self) -> bool:
        """Whether any reader got this issue, in this run or an earlier one."""
        return self.waiting.earlier.sent or self.accepted > 0

    @property
    def provider_down(self) -> bool:
        """Whether the provider says that it takes no mail now."""
        takes_none = self._troubles.has_provider_trouble and not self._any
        return self.throttle.is_on or takes_none

    @property
    def ends_round(self) -> bool:
        """Whether no other batch can change anything."""
        return self.is_open or (self.provider_down and not self.probing.is_undecided)

    @property
    def cannot_judge(self) -> bool:
        """Whether the provider is so ill that a single refusal proves little about its reader."""
        own = self._troubles.has_provider_trouble or self.probing.doubt is Doubt.MIXED
        return own or self._trouble_rate.is_high

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

    def spares(self, answer: DeliveryResult) -> bool:
        """Whether so many are refused alike that this refusal must not count."""
        return (
            (self.is_open and are_alike(answer.result.detail, self.words))
            or self.refused_share.spares(answer)
            or self.lost_answers.number >= max(_LOSES, _LOSES_SHARE * self.accepted)
            or self.domains.refuses_all(answer.domain)
        )

    def advice(self) -> str:
        """The server's words, and what to do."""
        doubt = Doubt.LOST if self.lost_answers.in_a_row else self.probing.doubt
        return advice(doubt or Doubt.REFUSED, self.words or self.waiting.words)

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

    def _weigh_probe(self, *, deferred: bool) -> None:
        """A probe was refused: where that does not confirm the doubt, go on for a while."""
        if self.probing.doubt is Doubt.LOST:  # an answer is an answer
            self.probing.doubt, self.lost_answers.in_a_row = None, 0
        elif self.probing.doubt is Doubt.REFUSED and deferred:
            self.probing.doubt = None
            self.held.refused.needed *= 2
            self._troubles.needed = self.held.refused.needed

    def _are_too_many_refused(self) -> bool:
        return self.held.refused.is_long(self._number_of_domains)

    def _is_greylisting(self) -> bool:
        return self._greylists or self.held.deferred.is_greylisting
