"""The claims of signed links: the subscriber, the purpose, and how long they hold."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, Self

ALL = "-"  # every newsletter; no slug begins so
_LARGEST_ID = 2**63 - 1  # what a database can look for
_NEVER = datetime.max.replace(tzinfo=UTC)


class Purpose(StrEnum):
    """The purpose of a link; a token of one purpose is worthless for another."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    UNDO = "undo"
    PREFERENCES = "preferences"
    CHANGE = "change"  # to a new address, from that address
    CHANGE_BACK = "change-back"  # from the old one, where it was not they
    DATA = "data"
    ERASE = "erase"
    TUNE = "tune"  # more or less like one paper
    PICKS = "picks"  # the feed of one's own


@dataclass(frozen=True)
class Claim(ABC):
    """The content of a good token: the subscriber, and by its class what they may do.

    Its value is `<subscriber>.<subject>[.<until>]`. Mails that are out hold such values, so their
    form must stay.
    """

    purpose: ClassVar[Purpose]
    row_ids: ClassVar[int] = 1  # so many of its first parts are row numbers
    subscriber_id: int

    @property
    @abstractmethod
    def subject(self) -> str:
        """The subject of the link."""

    @property
    def value(self) -> str:
        """The text that is signed."""
        return f"{self.subscriber_id}.{self.subject}"

    @classmethod
    @abstractmethod
    def parse(cls, subscriber_id: int, subject: str, *until: str) -> Self:
        """The claim of a value; ValueError or TypeError where this purpose cannot have it."""


@dataclass(frozen=True)
class EndingClaim(Claim):
    """A claim whose link works until a moment."""

    until: datetime

    def has_ended(self, now: datetime) -> bool:
        return self.until < now

    @property
    def value(self) -> str:
        return f"{super().value}.{int(self.until.timestamp()):x}"


@dataclass(frozen=True)
class ConfirmClaim(EndingClaim):
    """A yes to just these newsletters, whatever else is asked for meanwhile."""

    purpose = Purpose.CONFIRM
    newsletters: tuple[str, ...]

    @property
    def subject(self) -> str:
        return "_".join(self.newsletters)

    @classmethod
    def parse(cls, subscriber_id: int, subject: str, *until: str) -> Self:
        return cls(subscriber_id, _moment(*until), tuple(subject.split("_")))


@dataclass(frozen=True)
class UnsubscribeClaim(Claim):
    """Away from one newsletter, or from `ALL`, for ever."""

    purpose = Purpose.UNSUBSCRIBE
    newsletter: str

    @property
    def subject(self) -> str:
        return self.newsletter

    @classmethod
    def parse(cls, subscriber_id: int, subject: str, *_until: str) -> Self:
        return cls(subscriber_id, subject)


@dataclass(frozen=True)
class UndoClaim(EndingClaim):
    """Back to the newsletter, or to `ALL`, that was just left."""

    purpose = Purpose.UNDO
    newsletter: str

    @property
    def subject(self) -> str:
        return self.newsletter

    @classmethod
    def parse(cls, subscriber_id: int, subject: str, *until: str) -> Self:
        return cls(subscriber_id, _moment(*until), subject)


@dataclass(frozen=True)
class AddressClaim(Claim):
    """A claim with an address's digest; it ends with a change of that (`SignedLinks.is_to`)."""

    address_digest: str

    @property
    def subject(self) -> str:
        return self.address_digest

    @classmethod
    def parse(cls, subscriber_id: int, subject: str, *_until: str) -> Self:
        return cls(subscriber_id, subject)


@dataclass(frozen=True)
class PreferencesClaim(AddressClaim):
    """To the preferences, from the mailbox."""

    purpose = Purpose.PREFERENCES


@dataclass(frozen=True)
class TuneClaim(AddressClaim):
    """To say more or less of one's papers, from the cards of one's mails."""

    purpose = Purpose.TUNE


@dataclass(frozen=True)
class PicksClaim(AddressClaim):
    """To the feed of one's picks; feed readers keep it with others' addresses."""

    purpose = Purpose.PICKS


@dataclass(frozen=True)
class ChangeClaim(EndingClaim):
    """The new address says yes to a change of address."""

    purpose = Purpose.CHANGE
    row_ids = 2
    change_id: int

    @property
    def subject(self) -> str:
        return str(self.change_id)

    @classmethod
    def parse(cls, subscriber_id: int, subject: str, *until: str) -> Self:
        return cls(subscriber_id, _moment(*until), row_id(subject))


@dataclass(frozen=True)
class ChangeBackClaim(ChangeClaim):
    """The old address takes a change back."""

    purpose = Purpose.CHANGE_BACK


@dataclass(frozen=True)
class DataClaim(EndingClaim):
    """To everything that is known of them."""

    purpose = Purpose.DATA

    @property
    def subject(self) -> str:
        return ALL

    @classmethod
    def parse(cls, subscriber_id: int, _subject: str, *until: str) -> Self:
        return cls(subscriber_id, _moment(*until))


@dataclass(frozen=True)
class EraseClaim(DataClaim):
    """To the button that erases them."""

    purpose = Purpose.ERASE


def row_id(digits: str) -> int:
    if not digits.isdecimal() or int(digits) > _LARGEST_ID:
        raise ValueError(digits)
    return int(digits)


def _moment(until: str = "") -> datetime:
    return datetime.fromtimestamp(int(until, 16), UTC) if until else _NEVER
