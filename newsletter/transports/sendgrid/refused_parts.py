"""Finds the readers whom a refused request is about, by sending as few parts of it as possible."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsletter.transports.base import SendResult, SendStatus

if TYPE_CHECKING:
    from newsletter.rendering.message import Message

# How many refused requests may go into the search. After this many, stop searching: something else
# is wrong, and the other mails wait.
_MOST_SEARCHES = 100
_REFUSED_ALONE = 12  # single readers, and none of the request was taken: the same
_IN_A_ROW = 12  # refused parts after one that was taken: then it is about everybody since

Results = Iterator[tuple["Message", SendResult]]


@dataclass(frozen=True)
class RequestPart:
    """Mails of one request, and what refusals said of the larger ones that they come from."""

    mails: Sequence["Message"]
    named: bool = False  # each of them was named by one
    halved: bool = False  # one left these unnamed; if they are refused too, it names few at a time

    def is_confirmed(self, places: Sequence[int]) -> bool:
        """Whether a refusal that names these places is about each of the mails.

        One naming is not enough: the named readers are sent once more, alone or together, and must
        be named again.
        """
        return len(self.mails) == 1 or (self.named and len(set(places)) == len(self.mails))

    def divided(self, places: Sequence[int] = ()) -> list["RequestPart"]:
        """Smaller parts: the named mails, then the others; without names, halves."""
        known = {place for place in places if place < len(self.mails)}
        named = [mail for place, mail in enumerate(self.mails) if place in known]
        others = [mail for place, mail in enumerate(self.mails) if place not in known]
        if not named:
            return self.divided_at(len(self.mails) // 2)
        rest = _halves(others) if self.halved else [others]
        return [
            RequestPart(named, named=True),
            *(RequestPart(some, halved=True) for some in rest if some),
        ]

    def divided_at(self, place: int) -> list["RequestPart"]:
        """The mails before that place, and the others; an empty part is left out."""
        both = (self.mails[:place], self.mails[place:])
        return [replace(self, mails=some) for some in both if some]


class RequestParts:
    """The parts of a request that have no outcome yet."""

    def __init__(self, mails: Sequence["Message"]) -> None:
        self._waiting = deque([RequestPart(mails)])
        # Asked alone and refused as everybody may be, and no part was taken since.
        self._alone: list[tuple[Message, SendResult]] = []
        self._searches_left, self._refused_alone, self._in_a_row = _MOST_SEARCHES, 0, 0
        self._largest_taken = 0
        self._blames = self._was_refused_between = False

    def next(self, most: int) -> RequestPart | None:
        """The part to send now, of so many mails at most."""
        while self._waiting and len(self._waiting[0].mails) > most:
            self.put_back(self._waiting.popleft().divided())
        return self._waiting.popleft() if self._waiting else None

    @property
    def largest_size(self) -> int | None:
        """How many readers a request may be for, where it was refused for being of too many."""
        is_size = self._was_refused_between and not self._blames
        return self._largest_taken if is_size else None

    def take(self, part: RequestPart, result: SendResult) -> Results:
        """The part was accepted: readers refused alone before were refused for their own sake."""
        self._largest_taken = max(self._largest_taken, len(part.mails))
        self._in_a_row = 0
        yield from self.blame()
        yield from ((mail, result) for mail in part.mails)

    def reject(self, part: RequestPart, result: SendResult, places: Sequence[int]) -> Results:
        """The part was refused for some readers: reject the named ones, or search on."""
        self._searches_left -= 1
        if part.is_confirmed(places):
            self._refused_alone += len(part.mails) == 1
            yield from ((mail, result) for mail in part.mails)
        elif self._searches_left > 0 and (
            self._largest_taken or self._refused_alone < _REFUSED_ALONE
        ):
            self.put_back(part.divided(places))
        else:
            later = SendResult(SendStatus.TRY_LATER, result.detail, of_reader=True)
            yield from ((mail, later) for mail in part.mails)

    def look_into(self, part: RequestPart, result: SendResult) -> bool:
        """The part was refused, perhaps for all readers: whether further parts can tell.

        First one reader is sent alone, and another. If neither is taken, it is about everybody.
        """
        self._searches_left -= 1
        self._in_a_row += 1
        if len(part.mails) == 1:
            self._alone.append((part.mails[0], refused_alone(result)))
        if self._largest_taken:
            self._was_refused_between = True
            self.put_back(part.divided() if len(part.mails) > 1 else [])
            return self._searches_left > 0 and self._in_a_row < _IN_A_ROW
        if len(part.mails) > 1:
            self.put_back(part.divided_at(1))
            return not self._alone
        if len(self._alone) > 1 or not self._waiting:
            return False
        others = self._waiting.popleft()
        self.put_back(reversed(others.divided_at(len(others.mails) - 1)))
        return True

    def blame(self) -> Results:
        """The readers who were refused alone, while other mails of the request were taken."""
        alone, self._alone = self._alone, []
        self._blames |= bool(alone)
        yield from alone

    def put_back(self, parts: Iterable[RequestPart]) -> None:
        self._waiting.extendleft(reversed(list(parts)))

    def take_all(self) -> list["Message"]:
        """The mails without an outcome."""
        alone = [mail for mail, _ in self._alone]
        self._alone = []
        waiting, self._waiting = self._waiting, deque()
        return alone + [mail for part in waiting for mail in part.mails]


def refused_alone(result: SendResult) -> SendResult:
    """A refusal that may meet any reader, as that of one reader: it never suppresses."""
    return SendResult(SendStatus.REJECTED, result.detail, of_sender=True, of_reader=True)


def references(mails: Iterable["Message"]) -> frozenset[str]:
    return frozenset(mail.reference for mail in mails)


def _halves(mails: Sequence["Message"]) -> list[Sequence["Message"]]:
    middle = len(mails) // 2
    return [mails[:middle], mails[middle:]]
