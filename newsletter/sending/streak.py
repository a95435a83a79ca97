"""Refusals and other troubles in a row, and how many of them are no accident."""

from dataclasses import dataclass, field

from newsletter.sending.ledger import DeliveryResult
from newsletter.transports.base import SendStatus

_IN_A_ROW = 12  # refusals that make doubt
_IN_A_ROW_OF_SENDER = 5  # the same in words about us
MOST_DOMAINS = 3  # or as many as the list has


@dataclass
class Streak:
    """Answers that were no success, with no accepted mail since."""

    answers: list[DeliveryResult] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)
    of_sender: int = 0
    needed: int = 1  # so many times as many as usual, after a probe that told nothing

    def add(self, answer: DeliveryResult) -> None:
        self.answers.append(answer)
        self.domains.add(answer.domain)
        self.of_sender += answer.result.of_sender

    @property
    def is_mixed(self) -> bool:
        """Whether they differ: refused, deferred for the reader's sake, not now at all."""
        return len({(answer.result.status, answer.result.of_reader) for answer in self.answers}) > 1

    @property
    def has_provider_trouble(self) -> bool:
        """Whether the provider itself took nothing for a moment, whoever the mail was for."""
        return any(
            answer.result.status is SendStatus.TRY_LATER and not answer.result.of_reader
            for answer in self.answers
        )

    def settle(self, begun: int) -> list[DeliveryResult]:
        """Take out what was refused before a mail was begun that was accepted.

        One that was on the wire at the same time tells nothing: the trouble may have come between.
        """
        settled = [answer for answer in self.answers if answer.answered < begun]
        answers = [answer for answer in self.answers if answer.answered >= begun]
        self.answers, self.domains, self.of_sender, self.needed = [], set(), 0, 1
        for answer in answers:
            self.add(answer)
        return settled

    def is_long(self, domains: int) -> bool:
        """Whether it is no accident any more, over readers of at least so many domains."""
        about_us = self.of_sender == len(self.answers)
        most = (_IN_A_ROW_OF_SENDER if about_us else _IN_A_ROW) * self.needed
        return len(self.answers) >= most and len(self.domains) >= domains
