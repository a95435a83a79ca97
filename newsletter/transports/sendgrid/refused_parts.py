"""Whom a refused request is about: it is sent again in parts, as few as possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.rendering.message import Message


@dataclass(frozen=True)
class RequestPart:
    """Mails of one request, and what refusals said of the larger ones that they come from."""

    mails: Sequence["Message"]
    named: bool = False  # each of them was named by one
    halved: bool = False  # one left these unnamed; if they are refused too, it names few at a time

    def is_confirmed(self, places: Sequence[int]) -> bool:
        """Whether a refusal that names these places is about each of the mails.

        A single number never rejects anybody: who is named is asked about once more, alone or with
        others who were named, and is named again.
        """
        return len(self.mails) == 1 or (self.named and len(set(places)) == len(self.mails))

    def divided(self, places: Sequence[int]) -> list["RequestPart"]:
        """Smaller ones: those that are named, then the others; else halves."""
        known = {place for place in places if place < len(self.mails)}
        named = [mail for place, mail in enumerate(self.mails) if place in known]
        others = [mail for place, mail in enumerate(self.mails) if place not in known]
        if not named:
            return [RequestPart(half, self.named, self.halved) for half in _halves(self.mails)]
        rest = _halves(others) if self.halved else [others]
        return [
            RequestPart(named, named=True),
            *(RequestPart(some, halved=True) for some in rest if some),
        ]


def _halves(mails: Sequence["Message"]) -> list[Sequence["Message"]]:
    middle = len(mails) // 2
    return [mails[:middle], mails[middle:]]
