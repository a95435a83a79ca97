"""One connection at a time, and one mail after the other over it."""

import ssl
import time
from typing import TYPE_CHECKING, Protocol

from newsletter.transports.base import SendObserver, SendResult, SendStatus, TransportDownError
from newsletter.transports.smtp.connect import describe_error
from newsletter.transports.smtp.connection import Awaited, Coroutine, SmtpConnection
from newsletter.transports.smtp.connection_pool import ConnectionPool

if TYPE_CHECKING:
    from newsletter.rendering.message import Message


class Scheduler(Protocol):
    """The event loop, as a task sees it."""

    halted: bool  # nothing more may begin

    def next(self) -> "Message | None":
        """The next mail; None where none is there now, or mails shall stop."""

    def may_begin(self, mail: "Message") -> bool:
        """Ask just before the content leaves."""

    def report_result(self, mail: "Message", result: SendResult) -> None: ...

    def return_mail(self, mail: "Message") -> None:
        """Another task, or a later moment, shall carry it."""

    def no_connection(self, mail: "Message", result: SendResult) -> None:
        """There is not one; then there is none for the other mails, either."""

    def connect(self, task: "ConnectionTask", instead_of: SmtpConnection | None) -> None:
        """Have `task.connection` made and the old one closed, without making anyone wait."""

    def is_alone(self, task: "ConnectionTask") -> bool:
        """Whether no other task is at work."""


class ConnectionTask:
    """Carries mails as long as there are any. Its scheduler says when to go on."""

    def __init__(self, scheduler: Scheduler, pool: ConnectionPool, watch: SendObserver) -> None:
        self._scheduler = scheduler
        self._pool = pool
        self._watch = watch
        self._steps = self._work()
        self._since_s: float | None = None  # the mail in hand was begun
        self.connection: SmtpConnection | None = None
        self.waits: Awaited | None = Awaited.MAIL  # for what; None when it has ended
        self.until_s = 0.0  # how long it may wait
        self.retired = False

    @property
    def carries(self) -> bool:
        """Whether something of a mail is on the wire."""
        return self.waits is Awaited.READ or self.waits is Awaited.WRITE

    def go_on(self, error: Exception | None = None) -> None:
        """Do what can be done without waiting, after what was waited for came, or failed.

        Raises:
            TransportDownError: nothing can be sent at all.
        """
        try:
            self.waits = next(self._steps) if error is None else self._steps.throw(error)
        except StopIteration:
            self.waits = None

    def break_off(self) -> None:
        """Its last step failed as no task should."""
        self.waits, self.retired = None, True
        self.cut()

    def cut(self) -> None:
        if self.connection is not None:
            self.connection.drop()

    def end(self) -> SmtpConnection | None:
        """Never go on. Returns the connection, if there is one."""
        self._steps.close()
        return self.connection

    def busy_s(self, now_s: float) -> float:
        """How long it has had the mail in hand."""
        return 0.0 if self._since_s is None else now_s - self._since_s

    def _work(self) -> Coroutine[None]:
        mail: Message | None = None
        while not self.retired:
            mail = mail or self._scheduler.next()
            if mail is None or self._scheduler.halted:
                mail = self._since_s = None
                yield Awaited.MAIL
                continue
            self._since_s = time.monotonic()
            mail = yield from self._carry(mail)

    def _carry(self, mail: "Message") -> Coroutine["Message | None"]:
        """Send one mail. Returns the one to go on with, whose envelope may be on the wire."""
        connection = yield from self._connected(mail)
        if connection is None:
            return None
        was_used = connection.carried > 0
        if connection.announced is not mail:
            self._watch.announce(mail)
        try:
            refusal = yield from connection.announce(mail)
        except OSError as error:
            connection.drop()
            return self._broken(mail, error, was_used=was_used)
        except TransportDownError:
            if not self._pool.may_take_sender():
                raise
            connection.drop()
            return mail
        if refusal is None:
            self._pool.accept_sender()
            return (yield from self._hand_over(connection, mail, was_used=was_used))
        if was_used and not connection.usable and refusal.status is SendStatus.TRY_LATER:
            return mail  # a connection that the server grew tired of; a new one is as good
        self._scheduler.report_result(mail, refusal)
        return None

    def _hand_over(
        self, connection: SmtpConnection, mail: "Message", *, was_used: bool
    ) -> Coroutine["Message | None"]:
        content = self._pool.content(mail)
        following = None
        if connection.pipelining and connection.carried + 1 < self._pool.per_connection:
            following = self._scheduler.next()
        if not self._scheduler.may_begin(mail):
            connection.drop()  # it waits for a content; hanging up is how to take the mail back
            return None
        if following is not None:
            self._watch.announce(following)
        try:
            self._scheduler.report_result(
                mail, (yield from connection.hand_over(content, following))
            )
        except OSError as error:
            again = self._broken(mail, error, was_used=was_used)
            if again is not None and following is not None:
                self._scheduler.return_mail(following)
                return again
        return following

    def _broken(self, mail: "Message", error: OSError, *, was_used: bool) -> "Message | None":
        """The mail again where a new connection may be all it needs."""
        if was_used:
            return mail
        words = f"before the mail was handed over: {describe_error(error)}"
        result = SendResult(SendStatus.TRY_LATER, words, maybe_of_domain=True)
        self._scheduler.report_result(mail, result)
        return None

    def _connected(self, mail: "Message") -> Coroutine[SmtpConnection | None]:
        connection, most = self.connection, self._pool.per_connection
        if connection is not None and connection.usable and connection.carried < most:
            return connection
        self.connection = None
        try:
            self._scheduler.connect(self, connection)
            yield Awaited.CONNECTION
        except OSError as error:
            self._unconnected(mail, error)
        except TransportDownError as error:
            # A server that bears fewer may say so in plain text, or break the handshake off.
            if self._scheduler.is_alone(self) or not isinstance(error.__cause__, ssl.SSLError):
                raise
            self._retire(mail)
        return self.connection

    def _retire(self, mail: "Message") -> None:
        """Fewer connections do; others carry this mail."""
        self.retired = True
        self._scheduler.return_mail(mail)

    def _unconnected(self, mail: "Message", error: OSError) -> None:
        if not self._scheduler.is_alone(self):
            self._retire(mail)
            return
        words = f"before the mail was handed over: {describe_error(error)}"
        self._scheduler.no_connection(mail, SendResult(SendStatus.TRY_LATER, words))
