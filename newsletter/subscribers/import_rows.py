"""What a line of a list asks for: one person, or nothing, and then why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from newsletter.config import DETAILS, LANGUAGES
from newsletter.errors import WrongUseError
from newsletter.interests.interest_store import Interest
from newsletter.interests.portable import from_portable
from newsletter.models import Rhythm
from newsletter.subscribers.addresses import normalize_address
from newsletter.subscribers.csv_format import RowError
from newsletter.subscribers.import_files import ImportEntry

_IN_THERE = ("", "confirmed", "subscribed", "active", "enabled", "verified", "opted-in", "yes")
_OUT_THERE = (
    *("left", "unsubscribed", "suppressed", "blocklisted", "blacklisted"),
    *("complained", "bounced", "cleaned"),
)


class ImportStatus(StrEnum):
    """What became of a line that could be read; the others end in a `Flaw`."""

    ADDED = "added"
    SUBSCRIBED = "subscribed"  # was here, got another newsletter
    ALREADY = "already-in"
    DUPLICATE = "duplicate"  # of an earlier line
    LEFT = "left"
    ERASED = "erased"
    SUPPRESSED = "suppressed"
    NOT_SUBSCRIBED = "not-subscribed"  # so says the list itself
    BAD_ADDRESS = "bad-address"
    UNKNOWN_NEWSLETTER = "unknown-newsletter"


TAKEN = (ImportStatus.ADDED, ImportStatus.SUBSCRIBED, ImportStatus.ALREADY, ImportStatus.DUPLICATE)
UNREADABLE = (*RowError, ImportStatus.BAD_ADDRESS, ImportStatus.UNKNOWN_NEWSLETTER)


@dataclass(frozen=True)
class ImportOptions:
    """What the operator says about the list."""

    consent: str
    details: Mapping[str, str]  # every configured newsletter, with the detail new readers get
    newsletters: Sequence[str]  # for lines that name none
    language: str  # for lines that name none
    only: bool = False  # `newsletters` for every line, whatever it names
    guessed: bool = False  # the list's encoding: what is not ASCII may be somebody else's address


@dataclass(frozen=True, slots=True)
class RowReport:
    """A line of the report."""

    line: int
    address: str  # as it was written
    fate: ImportStatus | RowError
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A line that asks for somebody to be taken in."""

    address: str
    details: Mapping[str, str]  # newsletter -> detail
    paused: Mapping[str, date]
    rhythms: Mapping[str, Rhythm]
    language: str
    consent: str
    confirmed_at: datetime
    interests: Sequence[Interest] = ()
    interests_lost: int = 0  # not understood, or beyond the limits


def is_rejected(report: RowReport) -> bool:
    return report.fate is ImportStatus.NOT_SUBSCRIBED and report.detail in _OUT_THERE


def address_of(row: Person | RowReport) -> str:
    return row.address if isinstance(row, Person) else normalize_address(row.address)


def read_row(entry: ImportEntry, plan: ImportOptions, now: datetime) -> Person | RowReport:
    """What a line asks for, or why it asks for nothing."""
    cells = entry.cells
    written = cells.get("email", "")
    if entry.flaw is not None:
        return RowReport(entry.line, written, entry.flaw)
    try:
        address = _address(written, plan)
    except WrongUseError as error:
        return RowReport(
            entry.line, written, ImportStatus.BAD_ADDRESS, str(error).partition(": ")[2]
        )
    standing = cells.get("standing", "").strip().lower()
    if standing not in _IN_THERE:
        return RowReport(entry.line, written, ImportStatus.NOT_SUBSCRIBED, standing)
    named = _pairs(cells.get("newsletters", ""))
    if plan.only or not named:
        named = dict.fromkeys(plan.newsletters, "")
    unknown = [slug for slug in named if slug not in plan.details]
    if unknown:
        return RowReport(entry.line, written, ImportStatus.UNKNOWN_NEWSLETTER, " ".join(unknown))
    usual = cells.get("detail", "").strip().lower()
    details = {
        slug: next((level for level in (detail, usual) if level in DETAILS), plan.details[slug])
        for slug, detail in named.items()
    }
    language = cells.get("language", "").strip().lower()[:2]
    own = cells.get("consent", "").strip()
    interests, lost = from_portable(cells["interests"]) if cells.get("interests") else ([], 0)
    return Person(
        address,
        details,
        _days(cells.get("paused", "")),
        _rhythms(cells.get("rhythm", "")),
        language if language in LANGUAGES else plan.language,
        f"{plan.consent}; there: {own}" if own else plan.consent,
        _moment(cells.get("confirmed", ""), now),
        interests,
        lost,
    )


def _address(written: str, plan: ImportOptions) -> str:
    address = normalize_address(written)
    if plan.guessed and not address.isascii():
        raise WrongUseError(
            f"{written!r}: the list's encoding is only guessed; name it (--encoding)"
        )
    return address


def _pairs(cell: str) -> dict[str, str]:
    """`audio=full text` as newsletters and their details."""
    words = cell.replace(",", " ").replace(";", " ").split()
    return {slug: detail for slug, _, detail in (word.partition("=") for word in words)}


def _days(cell: str) -> dict[str, date]:
    days = {}
    for slug, text in _pairs(cell).items():
        try:
            days[slug] = date.fromisoformat(text)
        except ValueError:
            continue
    return days


def _rhythms(cell: str) -> dict[str, Rhythm]:
    known = list(Rhythm)
    return {slug: Rhythm(name) for slug, name in _pairs(cell.lower()).items() if name in known}


def _moment(cell: str, now: datetime) -> datetime:
    """When they confirmed, where the list says so; never later than now."""
    try:
        moment = datetime.fromisoformat(cell.strip())
    except ValueError:
        return now
    return min(moment if moment.tzinfo else moment.replace(tzinfo=UTC), now)
