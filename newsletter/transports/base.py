"""The contract of transports: how a mail is handed over, and what may become of it."""

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
    """The outcome of a mail; behind each stands the state that the ledger gives its delivery."""

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
    # TRY_LATER: it concerns only this reader, counts as an attempt, and each wait is longer. A
    # TRY_LATER without it is about the provider and counts none. REJECTED: other mails of the same
    # request were taken, so it does not tell of the provider.
    of_reader: bool = False
    # A TRY_LATER that ended the connection in answer to this reader, or a request for this reader
    # alone. It is about the provider; if other mails are accepted, about the reader or the domain.
    maybe_of_domain: bool = False
    # Somebody said when: the reader's server where it is `of_reader`, else the provider, for which
    # the whole sender waits.
    wait_s: float | None = None
    # The connection that refused it, if that has taken no mail yet: one machine may be ill.
    idle_connection: int | None = None

    @property
    def about_us(self) -> bool:
        """Whether it was refused because of us, so that it must not count against the address."""
        return self.status is SendStatus.REJECTED and self.of_sender


@dataclass(frozen=True)
class WireLimits:
    """How many mails may be on the wire, so that no more are in doubt when answers are lost."""

    in_request: int  # where one answer is for several
    altogether: int


class TransportDownError(NewsletterError):
    """No mail can be sent at all; mails without an outcome were surely not sent."""


class ProviderRefusalError(TransportDownError):
    """The provider answers, and takes nothing from anybody: it is left alone for a while."""


class RecordUnreadableError(NewsletterError):
    """There is a record of what was taken, and it cannot be asked now."""


class SendObserver(Protocol):
    """Looks on while mails leave. Any thread may call the first three."""

    meanwhile: Callable[[float], None]
    """Set by the transport, called between the steps of a claim, so that the network goes on.

    It does pending network work, waiting at most so many seconds, and calls only the first four
    methods here.
    """

    def announce(self, mail: "Message") -> None:
        """Call before its envelope leaves, where that is some time before `begin`."""

    def begin(self, mail: "Message") -> bool:
        """Call just before a server can take a mail, to note it. Where False, it must not leave."""

    def answered(self, mail: "Message", result: SendResult) -> None:
        """Call as soon as the answer is there, before anything else can go wrong."""

    def wanted(self) -> bool:
        """Whether more mails shall leave at all."""

    def refused_before(self, mail: "Message") -> bool:
        """Whether this mail was tried before, and refused or put off for its reader's sake."""

    def wire_limits(self) -> WireLimits:
        """How many mails may be on the wire now, for a transport with several in a request."""

    def heartbeat(self) -> bool:
        """Call every second or so from the thread that iterates. Where False, cut what hangs."""


def only_wait(wait_s: float) -> None:
    """The `meanwhile` of a transport that has no network work to do between."""
    if wait_s:
        time.sleep(wait_s)


class NoObserver:
    """For mails that no ledger knows."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[float], None] = only_wait

    def announce(self, mail: "Message") -> None:
        """Do not note it."""

    def begin(self, mail: "Message") -> bool:
        del mail
        return True

    def answered(self, mail: "Message", result: SendResult) -> None:
        """Do not note it."""

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

    A relay hands them on under our domain, so our SPF record must allow the relay; [dkim] signs
    them. A provider has a domain of its own in the envelope, and keys for the sender's domain.
    """

    relay: str = ""
    is_encrypted: bool = True  # the way to the relay
    provider: str = ""
    selectors: tuple[str, ...] = ()  # any of the provider's keys
    place: str = ""  # where the provider shows them


class Transport:
    """Carries mails. A transport has its own `send` or `stream`, from which the other one follows.

    Registered as a `newsletter.transports` entry point. Class attributes and class methods are
    looked up before there is an instance, on the return type of the entry point's factory.
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
        """None where the transport does not say."""
        del settings
        return None

    @classmethod
    def unheard(cls, settings: "Settings") -> str:
        """A warning where bounces and complaints go unread; empty where they are read."""
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

    def send_one(self, mail: "Message") -> SendResult:
        """Send a mail outside of a batch.

        Raises:
            TransportDownError: as in `send`.
        """
        for _, result in self.send([mail]):
            return result
        return SendResult(SendStatus.UNCERTAIN, "the transport said nothing")

    def stream(
        self, chunks: Iterable[Sequence["Message"]], watch: SendObserver
    ) -> Generator[tuple["Message", SendResult]]:
        """Send all mails; the next chunk is asked for when there is room on the wire.

        A chunk without mails asks for outcomes: as many mails are in hand as may be. A mail that
        `watch.begin` refused has no outcome. A transport with nothing but `send` has a whole chunk
        on the wire at a time.

        Raises:
            TransportDownError: as in `send`, after the outcomes of what was on the wire.
        """
        for chunk in chunks:
            for mail, result in self.send([mail for mail in chunk if watch.begin(mail)]):
                watch.answered(mail, result)
                yield mail, result

    def taken(self, campaign: str, day: date) -> int | None:
        """How many mails of an issue of that day were taken, by the other side's own record.

        None where it keeps no such record. It may count too few, and never too many.

        Raises:
            RecordUnreadableError: it keeps one that we cannot read now.
        """
        del campaign, day
        return None

    def check_health(self, settings: "Settings", now: datetime) -> Iterable[Finding]:
        """The findings of `newsletter check`; it sends no mail."""
        del now
        text = f"{settings.transport.use!r} is an installed part; `newsletter send-test` tries it"
        yield Finding("transport", Severity.OK, text)

    def close(self) -> None:
        """Let go of connections."""


def refuse_unmailable(mail: "Message") -> SendResult | None:
    """A refusal of addresses that neither a header nor an SMTP command can carry as they are.

    The part before the @ may be other than ASCII, if the transport finds a way (RFC 6531).
    """
    if re.fullmatch(r"[!-~]+@[!-~]+", mail.recipient):
        return None
    if re.fullmatch(r"[^ @]+@[!-~]+", mail.recipient) and mail.recipient.isprintable():
        return None
    return SendResult(SendStatus.REJECTED, "the address holds what no mail can bear", unasked=True)
