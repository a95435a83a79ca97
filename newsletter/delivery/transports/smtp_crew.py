"""Threads that carry mails, a connection each; the thread that hands out owns everything else."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Protocol

from newsletter.delivery.transports.outcomes import (
    Outcome,
    TransportDownError,
    Verdict,
    Watch,
    unmailable,
)
from newsletter.delivery.transports.smtp_connecting import said
from newsletter.delivery.transports.smtp_session import Session
from newsletter.rendering.mail import Mail

_TICK_S = 0.5
_PATIENCES = 4  # so many time-outs of the socket may one mail take, trickling replies included


class Host(Protocol):
    """Where sessions come from and rest between mails."""

    timeout_s: float
    connections: int
    per_connection: int

    def session(self) -> Session:
        """A resting session, or a new one.

        Raises:
            OSError: not now.
            TransportDownError: never with these settings.
        """

    def rest(self, session: Session) -> None: ...

    def content(self, mail: Mail) -> Sequence[bytes]: ...


class Crew:
    """Carries the mails of one stream."""

    def __init__(self, host: Host, watch: Watch) -> None:
        self._host = host
        self._watch = watch
        self._mails: SimpleQueue[Mail | None] = SimpleQueue()
        self._outcomes: SimpleQueue[tuple[Mail, Outcome] | None] = SimpleQueue()
        self._hands: list[_Hand] = []
        self._returned: deque[Mail] = deque()  # by hands that found no connection
        self._ended = 0
        self.unreachable: Outcome | None = None
        self.failure: BaseException | None = None  # the first one that stops everybody
        self.halted = False

    def carry(self, chunks: Iterable[Sequence[Mail]]) -> Iterator[tuple[Mail, Outcome]]:
        """Hand the mails out as there is room, and tell what became of them."""
        try:
            for chunk in chunks:
                yield from self._hand_out(chunk)
                while not self.halted and self._mails.qsize() > self._low_water:
                    yield from self._heard()
                if self.halted:
                    break
        except GeneratorExit:
            self.halted = True
            raise
        except BaseException as error:  # noqa: BLE001 - told after what is on the wire
            self.failure, self.halted = self.failure or error, True
        self._mails.put(None)
        while self._ended < len(self._hands):
            yield from self._heard()
        if self.failure is not None:
            raise self.failure
        if self.unreachable is not None:
            for mail in self._left_over():
                yield mail, self.unreachable

    def disband(self) -> None:
        """Let everybody finish the mail in hand, and leave."""
        self.halted = True
        self._mails.put(None)
        for hand in self._hands:
            while hand.is_alive():
                hand.join(_TICK_S)
                if hand.busy_s() > self._host.timeout_s:
                    hand.cut()

    def next(self, *, wait: bool) -> Mail | None:
        """The next mail for a hand; None when it can leave, or need not wait for one."""
        if self.halted or not self._watch.wanted():
            return None
        with suppress(IndexError):
            return self._returned.popleft()
        try:
            mail = self._mails.get(block=wait)
        except Empty:
            return None
        if mail is None:
            self._mails.put(None)  # for the others, too
            with suppress(IndexError):
                return self._returned.popleft()
        return mail

    def give_back(self, mail: Mail) -> None:
        self._returned.append(mail)

    def no_connection(self, mail: Mail, outcome: Outcome) -> None:
        """There is not one; then there is none for the other mails, either."""
        self.unreachable = outcome
        self.tell(mail, outcome)
        self.halted = True

    def tell(self, mail: Mail, outcome: Outcome) -> None:
        self._watch.answered(mail, outcome)
        self._outcomes.put((mail, outcome))

    def may_begin(self, mail: Mail) -> bool:
        if not self.halted and self._watch.begin(mail):
            return True
        self.halted = True
        return False

    def stop_all(self, failure: BaseException) -> None:
        self.failure, self.halted = self.failure or failure, True

    def leave(self) -> None:
        self._outcomes.put(None)

    def is_alone(self) -> bool:
        """Whether no other hand is at work."""
        return sum(hand.working for hand in self._hands) <= 1

    @property
    def _low_water(self) -> int:
        return len(self._hands)

    def _hand_out(self, chunk: Sequence[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        for mail in chunk:
            refusal = unmailable(mail)
            if refusal is not None:
                self._watch.answered(mail, refusal)
                yield mail, refusal
                continue
            self._mails.put(mail)
            if len(self._hands) < self._host.connections:
                self._hands.append(_Hand(self, self._host))
                self._hands[-1].start()

    def _heard(self) -> Iterator[tuple[Mail, Outcome]]:
        """Wait for news, and look after those who take too long."""
        try:
            news = self._outcomes.get(timeout=_TICK_S)
        except Empty:
            self._look_after()
            return
        while True:
            if news is None:
                self._ended += 1
            else:
                yield news
            try:
                news = self._outcomes.get_nowait()
            except Empty:
                return

    def _left_over(self) -> Iterator[Mail]:
        yield from self._returned
        with suppress(Empty):
            while True:
                mail = self._mails.get_nowait()
                if mail is not None:
                    yield mail

    def _look_after(self) -> None:
        patient = self._watch.tick()
        for hand in self._hands:
            if not patient or hand.busy_s() > _PATIENCES * self._host.timeout_s:
                hand.cut()


class _Hand(threading.Thread):
    """One connection at a time, one mail after the other."""

    def __init__(self, crew: Crew, host: Host) -> None:
        super().__init__(name="smtp", daemon=True)
        self._crew = crew
        self._host = host
        self._session: Session | None = None
        self._since_s: float | None = None
        self.working = True

    def run(self) -> None:
        try:
            mail = self._crew.next(wait=True)
            while mail is not None:
                self._since_s = time.monotonic()
                following = self._carry(mail)
                self._since_s = None
                mail = following or (self._crew.next(wait=True) if self.working else None)
        except BaseException as error:  # noqa: BLE001 - told by the thread that iterates
            self._crew.stop_all(error)
            if self._session is not None:
                self._session.drop()
        finally:
            self.working = False
            if self._session is not None:
                self._host.rest(self._session)
            self._crew.leave()

    def busy_s(self) -> float:
        since_s = self._since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    def cut(self) -> None:
        session = self._session
        if session is not None:
            session.cut()

    def _carry(self, mail: Mail) -> Mail | None:
        """Send one mail. Returns the one whose envelope is on the wire already, if any."""
        session = self._connected(mail)
        if session is None:
            return None
        kept = session.carried > 0
        try:
            refusal = session.announce(mail)
        except OSError as error:
            session.drop()
            return self._broken(mail, error, kept=kept)
        if refusal is not None:
            if kept and not session.usable and refusal.verdict is Verdict.TRY_LATER:
                return mail  # a connection that the server grew tired of; a new one is as good
            self._crew.tell(mail, refusal)
            return None
        return self._hand_over(session, mail, kept=kept)

    def _hand_over(self, session: Session, mail: Mail, *, kept: bool) -> Mail | None:
        content = self._host.content(mail)
        following = None
        if session.pipelining and session.carried + 1 < self._host.per_connection:
            following = self._crew.next(wait=False)
        if not self._crew.may_begin(mail):
            session.drop()  # it waits for a content; hanging up is how to take the mail back
            return None
        try:
            self._crew.tell(mail, session.hand_over(content, following))
        except OSError as error:
            again = self._broken(mail, error, kept=kept)
            if again is not None and following is not None:
                self._crew.give_back(following)
                return again
        return following

    def _broken(self, mail: Mail, error: OSError, *, kept: bool) -> Mail | None:
        """The mail again where a new connection may be all it needs."""
        if kept:
            return mail
        words = f"before the mail was handed over: {said(error)}"
        self._crew.tell(mail, Outcome(Verdict.TRY_LATER, words))
        return None

    def _connected(self, mail: Mail) -> Session | None:
        session = self._session
        if session is not None and session.carried >= self._host.per_connection:
            session.bye()
        if session is not None and session.usable:
            return session
        self._session = None
        try:
            self._session = self._host.session()
        except TransportDownError as error:
            self._crew.stop_all(error)
        except OSError as error:
            if not self._crew.is_alone():  # fewer connections do; others carry this mail
                self.working = False
                self._crew.give_back(mail)
                return None
            words = f"before the mail was handed over: {said(error)}"
            self._crew.no_connection(mail, Outcome(Verdict.TRY_LATER, words))
        return self._session
