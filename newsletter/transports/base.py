"""One vocabulary for what became of a mail, whoever carried it."""

import re
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from newsletter.errors import NewsletterError
from newsletter.finding import Finding, Severity

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.rendering.message import Message


class SendStatus(StrEnum):
    """What became of a mail; after each stands the state that the ledger gives its delivery."""

    ACCEPTED = "accepted"  # taken over by the server: sent
    TRY_LATER = "try later"  # surely not sent: pending again
    UNCERTAIN = "uncertain"  # handed over, and no answer: uncertain, never sent again by itself
    REJECTED = "rejected"  # for this address: failed


@dataclass(frozen=True)
class SendResult:
    """The status of one mail, and what the server or the provider said about it."""

    status: SendStatus
    detail: str = ""
    provider_id: str | None = None
    permanent: bool = False  # a rejected address will be rejected for ever
    unasked: bool = False  # refused before anybody was asked: it says nothing of the provider
    of_sender: bool = False  # a rejection in words about us: our quota, account, reputation ...
    # A TRY_LATER that is about this reader alone: counted as an attempt, and tried again later and
    # later. Any other is about the provider, and costs nobody an attempt. A REJECTED after which
    # others of the same request were taken: it tells nothing of the provider.
    of_reader: bool = False
    # A TRY_LATER that ended the connection in answer to this reader, or a request for this reader
    # alone: about the provider, unless others are accepted; then about the reader, or the domain.
    maybe_of_domain: bool = False
    # Somebody said when: the reader's server where it is `of_reader`, else the provider, for which
    # the whole sender waits.
    wait_s: float | None = None
    # Which connection refused it that has taken no mail yet: one machine of many may be ill.
    idle_connection: int | None = None

    @property
    def about_us(self) -> bool:
        """Whether it was refused for our sake, so that nobody's address is worth less for it."""
        return self.status is SendStatus.REJECTED and self.of_sender


@dataclass(frozen=True)
class WireLimits:
    """How many mails may be on the wire, so that no more are in doubt when answers are lost."""

    in_request: int  # where one answer is for several
    altogether: int


class TransportDownError(NewsletterError):
    """Nothing can be sent at all; what has no outcome yet was surely not sent."""


class ProviderRefusalError(TransportDownError):
    """The provider answers, and takes nothing from anybody: it is left alone for a while."""


class RecordUnreadableError(NewsletterError):
    """There is a record of what was taken, and it cannot be asked now."""


class SendObserver(Protocol):
    """Who looks on while mails leave. The first three may be called from any thread."""

    meanwhile: Callable[[float], None]
    """Called between the steps of a claim, so that what is on the wire goes on; set by who sends.

    Waits so many seconds at most where nothing can go on. It calls none but the first four here.
    """

    def announce(self, mail: "Message") -> None:
        """Call before its envelope leaves, where that is some time before `begin`."""

    def begin(self, mail: "Message") -> bool:
        """Call just before a mail can be taken: it is noted. Where False, it must not leave."""

    def answered(self, mail: "Message", result: SendResult) -> None:
        """Call as soon as the answer is there, before anything else can go wrong."""

    def wanted(self) -> bool:
        """Whether more mails shall leave at all."""

    def refused_before(self, mail: "Message") -> bool:
        """Whether this mail was tried before, and refused or put off for its reader's sake."""

    def wire_limits(self) -> WireLimits:
        """How many may be on the wire now, for who sends several in a request."""

    def heartbeat(self) -> bool:
        """Call every second or so from the thread that iterates. Where False, cut what hangs."""


def only_wait(wait_s: float) -> None:
    """There is nothing on the wire that could go on meanwhile."""
    if wait_s:
        time.sleep(wait_s)


class NoObserver:
    """For mails that no ledger knows."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[float], None] = only_wait

    def announce(self, mail: "Message") -> None:
        """Nobody asks."""

    def begin(self, mail: "Message") -> bool:
        del mail
        return True

    def answered(self, mail: "Message", result: SendResult) -> None:
        """Nobody asks."""

    def wanted(self) -> bool:
        return True

    def refused_before(self, mail: "Message") -> bool:
        del mail
        return False

    def wire_limits(self) -> WireLimits:
        return WireLimits(sys.maxsize, sys.maxsize)

    def heartbeat(self) -> bool:
        return True


@dataclass(frozen=True)
class SenderProof:
    """How receivers find out that mails by a transport are the sender's own.

    A relay hands them on under our domain, whose SPF record must let it; [dkim] signs them. A
    provider has a domain of its own in the envelope, and keys for the sender's domain.
    """

    relay: str = ""
    is_encrypted: bool = True  # the way to the relay
    provider: str = ""
    selectors: tuple[str, ...] = ()  # any of the provider's keys
    place: str = ""  # where the provider shows them


class Transport:
    """Carries mails: one of `send` and `stream` is a transport's own, and gives the other.

    Registered as a `newsletter.transports` entry point. What is asked of the class is asked before
    there is a transport, of the one that the entry point's factory says it returns.
    """

    at_once: int  # how many mails are claimed together, and so uncertain after a power cut
    connections: int | None = None  # which carry single mails beside one another, where it has such
    stays_here: ClassVar[bool] = False  # mails do not leave this machine
    shares_requests: ClassVar[bool] = False  # one request is for all who get the same words

    @classmethod
    def writes_to(cls, settings: "Settings") -> Path | None:
        """The folder that mails become files in."""
        del settings
        return None

    @classmethod
    def sender_proof(cls, settings: "Settings") -> SenderProof | None:
        """None where nothing is known of it."""
        del settings
        return None

    @classmethod
    def unheard(cls, settings: "Settings") -> str:
        """What comes back that nobody here hears, and what to do; empty where all is heard."""
        hearing = settings.feedback
        if hearing.sendgrid_public_key or hearing.imap_host or hearing.maildir:
            return ""
        return "nobody here hears what comes back: see [feedback] (docs/feedback.md)"

    def send(self, mails: Sequence["Message"]) -> Iterator[tuple["Message", SendResult]]:
        """Send at most `at_once` mails and yield the outcome of each as soon as it is known.

        Raises:
            TransportDownError: refused login, revoked key, no such server, no room.
        """
        return self.stream([mails], NoObserver())

    def stream(
        self, chunks: Iterable[Sequence["Message"]], watch: SendObserver
    ) -> Generator[tuple["Message", SendResult]]:
        """Send all mails; the next chunk is asked for when there is room on the wire.

        A mail that `watch.begin` refused has no outcome. What only sends has a whole chunk on the
        wire at a time.

        Raises:
            TransportDownError: as in `send`, after the outcomes of what was on the wire.
        """
        for chunk in chunks:
            for mail, result in self.send([mail for mail in chunk if watch.begin(mail)]):
                watch.answered(mail, result)
                yield mail, result

    def taken(self, campaign: str, day: date) -> int | None:
        """How many mails of an issue of that day were taken, by the other side's own record.

        None where there is no such record. Never more than were sent.

        Raises:
            RecordUnreadableError: there is one, and it does not answer, or not to us.
        """
        del campaign, day
        return None

    def check_health(self, settings: "Settings", now: datetime) -> Iterable[Finding]:
        """What `newsletter check` can say of it; no mail leaves."""
        del now
        text = f"{settings.transport.use!r} is an installed part; `newsletter send-test` tries it"
        yield Finding("transport", Severity.OK, text)

    def close(self) -> None:
        """Let go of connections."""


def refuse_unmailable(mail: "Message") -> SendResult | None:
    """A refusal of addresses that neither a header nor an SMTP command can carry as they are.

    Before the @ may stand what is not ASCII, where a transport finds a way for it (RFC 6531).
    """
    if re.fullmatch(r"[!-~]+@[!-~]+", mail.recipient):
        return None
    if re.fullmatch(r"[^ @]+@[!-~]+", mail.recipient) and mail.recipient.isprintable():
        return None
    return SendResult(SendStatus.REJECTED, "the address holds what no mail can bear", unasked=True)
