"""Carries mails over several connections at once, all of them in the thread that iterates.

One thread, because several would hand the interpreter to each other at every call to the system,
and that costs more than a mail does. So a connection is a task that goes on step by step, whenever
the server has something to say or takes more. Connecting blocks (names, TLS, login), so connector
threads do it and wake the loop through a pair of sockets.

Not asyncio: measured, it costs 1.2 to 1.5 times the processor's time of this loop, and smtplib's
STARTTLS and AUTH, which connector threads use, would have to be written anew.
"""

import selectors
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from newsletter.transports.base import SendObserver, SendResult, only_wait, refuse_unmailable
from newsletter.transports.smtp.connection import Awaited, SmtpConnection
from newsletter.transports.smtp.connection_pool import ConnectionPool
from newsletter.transports.smtp.connection_task import ConnectionTask
from newsletter.transports.smtp.connector import ConnectorThreads

if TYPE_CHECKING:
    from newsletter.rendering.message import Message

_TICK_S = 0.5
_RESERVE = 2  # of so many mails one has no connection yet when the next ones are asked for
_PATIENCES = 4  # so many time-outs of the socket may one mail take, trickling replies included
_EVENTS: dict[Awaited | None, int] = {
    Awaited.READ: selectors.EVENT_READ,
    Awaited.WRITE: selectors.EVENT_WRITE,
    Awaited.MAIL: selectors.EVENT_READ,  # to hear that the server hangs up
}


class SmtpEventLoop:
    """Carries the mails of one stream."""

    def __init__(self, pool: ConnectionPool, watch: SendObserver) -> None:
        self._pool = pool
        self._watch = watch
        self._mails: deque[Message] = deque()
        self._reserve = 0  # mails that leave while the next ones are claimed
        self._outcomes: list[tuple[Message, SendResult]] = []
        self._tasks: list[ConnectionTask] = []
        self._listened: dict[ConnectionTask, tuple[SmtpConnection, int]] = {}
        self._connector = ConnectorThreads(pool)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._connector, selectors.EVENT_READ)
        self._tick_s = min(_TICK_S, pool.timeout_s / 2)
        self._look_s = time.monotonic() + self._tick_s
        self._unreachable: SendResult | None = None
        self._failure: BaseException | None = None  # the first one that stops everybody
        self.halted = False
        watch.meanwhile = self.go_on

    def carry(
        self, chunks: Iterable[Sequence["Message"]]
    ) -> Iterator[tuple["Message", SendResult]]:
        """Hand the mails out as there is room, and tell what became of them."""
        try:
            for chunk in chunks:
                yield from self._take_in(chunk)
                yield from self._make_room(len(chunk))
                if self.halted:
                    break
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001 - told after what is on the wire
            self._stop_all(error)
        # What the last task gives back, since it got no connection, is for those that have one.
        while self._is_busy() or self._outcomes or (self._mails and not self.halted):
            yield from self._turn(self._watch.heartbeat)
        if self._failure is not None:
            raise self._failure
        if self._unreachable is not None:
            for mail in self._mails:
                yield mail, self._unreachable

    def shutdown(self) -> None:
        """Let everybody finish the mail in hand, and leave."""
        self._watch.meanwhile = only_wait
        self.halted = True
        while self._is_busy():
            for _ in self._turn(lambda: True):
                pass  # whoever asked for outcomes has gone
        for task in self._tasks:
            connection = task.end()
            if connection is not None:
                self._pool.release(connection)
        self._connector.close()
        self._selector.close()

    def go_on(self, wait_s: float = 0.0) -> None:
        """Every task goes on that can; wait so long where none can."""
        for key, _ in self._selector.select(wait_s):
            task: ConnectionTask | None = key.data
            if task is None:
                self._connected(*self._connector.answer())
            elif task.waits is Awaited.MAIL:  # the server takes its leave
                task.cut()
                self._listen(task)
            else:
                self._step(task)

    def next(self) -> "Message | None":
        if not self._watch.wanted():
            self.halted = True
        if self.halted or not self._mails:
            return None
        return self._mails.popleft()

    def may_begin(self, mail: "Message") -> bool:
        if not self.halted and self._watch.begin(mail):
            return True
        self.halted = True
        return False

    def report_result(self, mail: "Message", result: SendResult) -> None:
        self._watch.answered(mail, result)
        self._outcomes.append((mail, result))

    def return_mail(self, mail: "Message") -> None:
        self._mails.appendleft(mail)

    def no_connection(self, mail: "Message", result: SendResult) -> None:
        self._unreachable = result
        self.report_result(mail, result)
        self.halted = True

    def connect(self, task: ConnectionTask, instead_of: SmtpConnection | None) -> None:
        self._connector.connect(task, instead_of)

    def is_alone(self, task: ConnectionTask) -> bool:
        return all(other is task or other.retired for other in self._tasks)

    def _take_in(self, chunk: Sequence["Message"]) -> Iterator[tuple["Message", SendResult]]:
        for mail in chunk:
            refusal = refuse_unmailable(mail)
            if refusal is None:
                self._mails.append(mail)
            else:
                self._watch.answered(mail, refusal)
                yield mail, refusal

    def _make_room(self, number: int) -> Iterator[tuple["Message", SendResult]]:
        """Go on until the next mails are wanted behind so many new ones."""
        self._add_connections()  # they are made while the next mails are claimed
        self._reserve = number // _RESERVE
        yield from self._take_outcomes()  # of what went on while these were claimed
        if not number:
            yield from self._turn(self._watch.heartbeat)
        while self._is_full() and not self.halted:
            yield from self._turn(self._watch.heartbeat)

    def _turn(self, tick: Callable[[], bool]) -> Iterator[tuple["Message", SendResult]]:
        """Give the tasks mails, let them go on, look after those that take too long."""
        if self._mails:
            self._add_connections()
        self.go_on(0.0 if self._outcomes else self._tick_s)
        now_s = time.monotonic()
        if now_s >= self._look_s:
            self._look_s = now_s + self._tick_s
            self.halted = self.halted or not self._watch.wanted()
            self._look_after(now_s, patient=tick())
        yield from self._take_outcomes()

    def _take_outcomes(self) -> Iterator[tuple["Message", SendResult]]:
        results, self._outcomes = self._outcomes, []
        yield from results

    def _add_connections(self) -> None:
        """Open connections until there is one for each mail, or the limit is reached."""
        for task in self._tasks:
            if task.waits is Awaited.MAIL and self._mails:
                self._step(task)
        while self._mails and len(self._tasks) < self._pool.connections and not self.halted:
            self._tasks.append(ConnectionTask(self, self._pool, self._watch))
            self._step(self._tasks[-1])

    def _step(self, task: ConnectionTask, error: Exception | None = None) -> None:
        try:
            task.go_on(error)
        except BaseException as failure:  # noqa: BLE001 - told by the thread that iterates
            self._stop_all(failure)
            task.break_off()
        patience = _PATIENCES if task.waits is Awaited.CONNECTION else 1
        task.until_s = time.monotonic() + patience * self._pool.timeout_s
        self._listen(task)

    def _listen(self, task: ConnectionTask) -> None:
        """Have the selector tell when the task can go on."""
        connection, events = task.connection, _EVENTS.get(task.waits, 0)
        listens = (connection, events) if connection and connection.usable and events else None
        before = self._listened.get(task)
        if listens == before:
            return
        if before is not None:
            self._selector.unregister(before[0].socket)
            del self._listened[task]
        if listens is not None:
            self._selector.register(listens[0].socket, events, task)
            self._listened[task] = listens

    def _connected(self, task: ConnectionTask, connection: SmtpConnection | Exception) -> None:
        if isinstance(connection, SmtpConnection):
            task.connection = connection
            self._step(task)
        else:
            self._step(task, connection)

    def _look_after(self, now_s: float, *, patient: bool) -> None:
        """End what takes too long."""
        longest_s = _PATIENCES * self._pool.timeout_s
        for task in self._tasks:
            late = now_s > task.until_s or task.busy_s(now_s) > longest_s
            if task.carries and (late or not patient):
                self._step(task, TimeoutError("timed out"))
            elif task.waits is Awaited.CONNECTION and late:
                self._connector.forget(task)
                self._step(task, TimeoutError("timed out"))

    def _is_full(self) -> bool:
        """Whether the mails suffice while the next ones are claimed.

        A connection without a mail to announce behind a content needs one more round trip.
        """
        return len(self._mails) > self._reserve

    def _is_busy(self) -> bool:
        """Whether there is something to wait for."""
        return any(
            task.carries or (task.waits is Awaited.CONNECTION and not self.halted)
            for task in self._tasks
        )

    def _stop_all(self, failure: BaseException) -> None:
        self._failure, self.halted = self._failure or failure, True
