"""Signed links: who holds one may do the one thing it is for, without a password."""

from abc import ABC, abstractmethod
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hmac import compare_digest, digest, new
from typing import ClassVar, Self, TypeVar

from itsdangerous import Signer

from newsletter.subscribers import opaque_ids

ALL = "-"  # every newsletter; no slug begins so
_LARGEST_ID = 2**63 - 1  # what a database can look for
_NEVER = datetime.max.replace(tzinfo=UTC)
_LONGEST_TOKEN = 2000
_MARK_CHARACTERS = 8  # 48 bits: nobody can ask faster than the pages answer


class Purpose(StrEnum):
    """What a link is for; a token of one purpose is worthless for another."""

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
    """What a good token says: whom it names, and by its class what it lets them do.

    Its value is `<subscriber>.<subject>[.<until>]`. Mails that are out hold such values, so none
    may change.
    """

    purpose: ClassVar[Purpose]
    row_ids: ClassVar[int] = 1  # so many of its first parts are row numbers
    subscriber_id: int

    @property
    @abstractmethod
    def value(self) -> str:
        """What is signed."""

    @classmethod
    @abstractmethod
    def parse(cls, subscriber_id: int, subject: str, *until: str) -> Self:
        """The claim of a value; ValueError or TypeError for what this purpose never signs."""


@dataclass(frozen=True)
class EndingClaim(Claim):
    """One whose link works until a moment."""

    until: datetime

    def has_ended(self, now: datetime) -> bool:
        return self.until < now

    @property
    @abstractmethod
    def subject(self) -> str:
        """What the link is about."""

    @property
    def value(self) -> str:
        return f"{self.subscriber_id}.{self.subject}.{int(self.until.timestamp()):x}"


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
    def value(self) -> str:
        return f"{self.subscriber_id}.{self.newsletter}"

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
    """One whose link ends when the address changes: it bears its mark (`SignedLinks.is_to`)."""

    address_mark: str

    @property
    def value(self) -> str:
        return f"{self.subscriber_id}.{self.address_mark}"

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
        return cls(subscriber_id, _moment(*until), _row_id(subject))


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


_C = TypeVar("_C", bound=Claim)


class SignedLinks:
    """Makes and reads links. The first secret key signs, all of them verify.

    A token is `<subscriber>.<subject>[.<until>].<signature>`: short, so that the header that
    carries it (RFC 8058) needs no folding, and free of anything personal. Row numbers in it are
    hidden (`opaque_ids`); those of mails from before stand there plainly, and are still read.
    """

    def __init__(self, site_url: str, secret_keys: Sequence[str]) -> None:
        self._site_url = site_url
        self._keys = list(secret_keys)

    @property
    def home(self) -> str:
        return f"{self._site_url}/"

    def unsubscribe(self, subscriber_id: int, newsletter: str) -> str:
        """`/u/`, since `<url>` must stay below 78 characters in the header of an issue."""
        return f"{self._site_url}/u/{self.token(UnsubscribeClaim(subscriber_id, newsletter))}"

    def confirm(self, subscriber_id: int, newsletters: Sequence[str], until: datetime) -> str:
        return self.url(ConfirmClaim(subscriber_id, until, tuple(newsletters)))

    def preferences(self, subscriber_id: int, address: str, moves: int = 0) -> str:
        """Ends when the address changes: an old mailbox may be in other hands."""
        token = self.preferences_token(subscriber_id, address, moves)
        return f"{self._site_url}/preferences/{token}"

    def preferences_token(self, subscriber_id: int, address: str, moves: int = 0) -> str:
        return self.token_to(PreferencesClaim, subscriber_id, address, moves)

    def tune(self, subscriber_id: int, address: str, moves: int = 0) -> str:
        """What the links of all cards begin with: an identifier and "more" or "less" follow."""
        return f"{self._site_url}/tune/{self.token_to(TuneClaim, subscriber_id, address, moves)}"

    def token_to(
        self, kind: type[AddressClaim], subscriber_id: int, address: str, moves: int = 0
    ) -> str:
        """Of somebody who left this address so many times for another, and is back."""
        return self.token(kind(subscriber_id, _mark(self._keys[0], address, moves)))

    def url(self, claim: Claim) -> str:
        """The page that bears its purpose's name."""
        return f"{self._site_url}/{claim.purpose}/{self.token(claim)}"

    def issue(self, newsletter: str, day: str) -> str:
        return f"{self._site_url}/{newsletter}/{day}"

    def archive(self, newsletter: str) -> str:
        return f"{self._site_url}/{newsletter}"

    def token(self, claim: Claim) -> str:
        seal = _seal(self._keys[0], claim.purpose)
        parts = claim.value.split(".")
        for place in range(claim.row_ids):
            parts[place] = opaque_ids.encode_id(seal.key, int(parts[place]))
        return seal.signed(".".join(parts))

    def sign(self, purpose: Purpose, value: str) -> str:
        return _seal(self._keys[0], purpose).signed(value)

    def read(self, kind: type[_C], token: str) -> _C | None:
        """What the token claims, or None for one that is not ours or not for this purpose.

        Compared with what we would have signed, character by character: base64 alone would let
        several spellings of one signature pass. Whether it has ended is for the caller to ask.
        """
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            return None
        value = token.rpartition(".")[0]
        for key in self._keys:
            seal = _seal(key, kind.purpose)
            if compare_digest(seal.signed(value).encode(), token.encode()):
                return _parse(kind, value, seal.key)
        return None

    def is_to(self, address: str, moves: int, claim: AddressClaim) -> bool:
        """Whether a link was made for this address, since the last of these moves."""
        return any(claim.address_mark == _mark(key, address, moves) for key in self._keys)


@lru_cache(maxsize=64)  # several links of one mail bear it
def _mark(key: str, address: str, moves: int) -> str:
    """What changes with the address and with each move away, and tells nobody which it is."""
    whose = f"{address} {moves}" if moves else address
    mac = digest(key.encode(), whose.encode(), "sha256")
    return urlsafe_b64encode(mac).decode()[:_MARK_CHARACTERS]


def _parse(kind: type[_C], value: str, key: bytes) -> _C | None:
    parts = value.split(".")
    try:
        shown = [opaque_ids.decode_id(key, part) for part in parts[: kind.row_ids]]
        subscriber_id, subject, *until = shown + parts[kind.row_ids :]
        return kind.parse(_row_id(subscriber_id), subject, *until)
    except (ValueError, TypeError):
        return None


def _row_id(digits: str) -> int:
    if not digits.isdecimal() or int(digits) > _LARGEST_ID:
        raise ValueError(digits)
    return int(digits)


def _moment(until: str = "") -> datetime:
    return datetime.fromtimestamp(int(until, 16), UTC) if until else _NEVER


class _Seal:
    """What signs for one purpose as itsdangerous' Signer does, at a quarter of its price.

    An issue signs two or three links a reader.
    """

    def __init__(self, key: str, purpose: Purpose) -> None:
        self.key: bytes = Signer(key, salt=f"newsletter.{purpose}").derive_key()
        self._mac = new(self.key, digestmod="sha1")

    def signed(self, value: str) -> str:
        mac = self._mac.copy()
        mac.update(value.encode())
        return f"{value}.{urlsafe_b64encode(mac.digest()).decode().rstrip('=')}"


_seal = lru_cache(maxsize=64)(_Seal)
