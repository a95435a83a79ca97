"""One vocabulary for what became of a mail, whoever carried it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from newsletter.errors import NewsletterError
from newsletter.rendering.mail import Mail


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    TRY_LATER = "try later"  # surely not sent
    UNCERTAIN = "uncertain"  # handed over, and no answer
    REJECTED = "rejected"  # this address


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    detail: str = ""
    provider_id: str | None = None
    permanent: bool = False  # a rejected address will be rejected for ever
    # A TRY_LATER that is about this reader alone: counted as an attempt, and tried again later and
    # later. Any other is about the provider, and costs nobody an attempt.
    of_reader: bool = False
    wait_s: float | None = None  # the provider said when: the whole sender waits so long


class TransportDownError(NewsletterError):
    """Nothing can be sent at all; what has no outcome yet was surely not sent."""


class Transport(Protocol):
    """Carries mails. Registered as a `newsletter.transports` entry point."""

    at_once: int  # how many mails are on the wire together, and so uncertain after a crash

    def send(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        """Send at most `at_once` mails and yield the outcome of each as soon as it is known.

        Raises:
            TransportDownError: refused login, revoked key, no such server, no room.
        """

    def close(self) -> None:
        """Let go of connections."""


def unmailable(mail: Mail) -> Outcome | None:
    """A refusal of addresses that neither a header nor an SMTP command can carry as they are."""
    if re.fullmatch(r"[!-~]+@[!-~]+", mail.recipient):
        return None
    return Outcome(Verdict.REJECTED, "the address is not in printable ASCII")


def one_line(told: object) -> str:
    """What a server or an exception said, short enough for a ledger and a terminal."""
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    printable = re.sub(r"[\x00-\x1f\x7f]", " ", text)
    return " ".join(printable.split())[:300] or type(told).__name__
