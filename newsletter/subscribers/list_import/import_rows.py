"""Reads a line of a list: one person to import, or the reason why not."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from newsletter.config import DETAILS, LANGUAGES
from newsletter.errors import WrongUseError
from newsletter.interests.named_interest import Interest
from newsletter.interests.portable import from_portable
from newsletter.models import Rhythm
from newsletter.subscribers.addresses import normalize_address, unwrap_address
from newsletter.subscribers.list_import.csv_format import RowError
from newsletter.subscribers.list_import.import_files import ImportEntry
from newsletter.subscribers.list_import.opt_out_columns import (
    Answer,
    ColumnRules,
    OptOut,
    answer_of,
    find_opt_out,
    says_yes_or_no,
)

_DAY_FORMATS = ("%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S %z")
_SECONDS = 10  # digits of a Unix time; a longer one counts milliseconds


class ImportStatus(StrEnum):
    """What became of a line that could be read; the others end in a `RowError`."""

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
    """The operator's options for a list."""

    consent: str
    details: Mapping[str, str]  # every configured newsletter, with the detail new readers get
    newsletters: Sequence[str]  # for lines that name none
    language: str  # for lines that name none
    only: bool = False  # `newsletters` for every line, whatever it names
    guessed: bool = False  # the list's encoding: what is not ASCII may be somebody else's address
    rules: ColumnRules = field(default_factory=ColumnRules)
    refused: AbstractSet[str] = frozenset()  # addresses that said no, in whichever line


@dataclass(frozen=True, slots=True)
class RowReport:
    """A line of the report."""

    line: int
    address: str  # as it was written
    status: ImportStatus | RowError
    detail: str = ""
    own_no: bool = False  # their own word elsewhere: kept here, by a hash
    refused_at: datetime | None = None  # when they said it, where the list tells
    reads_on: bool = False  # here, by a yes that is newer for all we know


@dataclass(frozen=True, slots=True)
class Person:
    """A person to import, as their line says."""

    address: str
    details: Mapping[str, str]  # newsletter -> detail
    paused: Mapping[str, date]
    rhythms: Mapping[str, Rhythm]
    left_out: Mapping[str, str]  # newsletter -> `cross replace`
    language: str
    consent: str
    confirmed_at: datetime
    interests: Sequence[Interest] = ()
    interests_lost: int = 0  # not understood, or beyond the limits
    note: str = ""  # what could not be read, and was not needed


def address_of(row: Person | RowReport) -> str:
    if isinstance(row, Person):
        return row.address
    return normalize_address(unwrap_address(row.address))


def read_row(entry: ImportEntry, plan: ImportOptions, now: datetime) -> Person | RowReport:
    """The person of a line, or the reason to leave them out."""
    address = read_address(entry, plan)
    if isinstance(address, RowReport):
        return address
    cells, written = entry.cells, entry.cells["email"]
    opt_out = find_opt_out(entry.others, plan.rules)
    if opt_out is None and address in plan.refused:
        opt_out = OptOut("by another line", own=False)  # that line's no is kept
    if opt_out is not None:
        status = ImportStatus.NOT_SUBSCRIBED
        said_at = _refused_at(entry, plan) if opt_out.own else None
        return RowReport(entry.line, written, status, opt_out.words, opt_out.own, said_at)
    named = _pairs(cells.get("newsletters", ""))
    if plan.only or not named or (says_yes_or_no(cells["newsletters"]) and len(named) == 1):
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
    confirmed_at, note = _moment(cells.get("confirmed", ""), now)
    return Person(
        address,
        details,
        _days(cells.get("paused", "")),
        _rhythms(cells.get("rhythm", "")),
        _left_out(cells.get("left_out", "")),
        language if language in LANGUAGES else plan.language,
        f"{plan.consent}; there: {own}" if own else plan.consent,
        confirmed_at,
        interests,
        lost,
        note,
    )


def _refused_at(entry: ImportEntry, plan: ImportOptions) -> datetime | None:
    """The latest moment of their own no in a line."""
    moments = [
        read_moment(cell)
        for name, cell in entry.others.items()
        if answer_of(name, cell, plan.rules) is Answer.OWN_NO
    ]
    return max(filter(None, moments), default=None)


def read_address(entry: ImportEntry, plan: ImportOptions) -> str | RowReport:
    """The address of a line, or why it has none."""
    written = entry.cells.get("email", "")
    if entry.flaw is not None:
        return RowReport(entry.line, written, entry.flaw)
    try:
        return _address(written, plan)
    except WrongUseError as error:
        reason = str(error).partition(" address: ")[2]
        return RowReport(entry.line, written, ImportStatus.BAD_ADDRESS, reason)


def _address(written: str, plan: ImportOptions) -> str:
    address = normalize_address(unwrap_address(written))
    if plan.guessed and not address.isascii():
        raise WrongUseError(
            f"{written!r} is perhaps no address: the list's encoding is only guessed; name it"
            " (--encoding)"
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


def _left_out(cell: str) -> dict[str, str]:
    """`audio=cross+replace` as newsletters and their sections; unknown sections are ignored."""
    return {
        slug: " ".join(section for section in ("cross", "replace") if section in names.split("+"))
        for slug, names in _pairs(cell.lower()).items()
    }


def _moment(cell: str, now: datetime) -> tuple[datetime, str]:
    """When they confirmed, where the list says so, never later than now; what cannot be read."""
    moment = read_moment(cell)
    if moment is not None:
        return min(moment, now), ""
    if says_yes_or_no(cell):
        return now, ""
    return now, f"{cell.strip()!r} cannot be read as a date: confirmed as of this import"


def read_moment(cell: str) -> datetime | None:
    """A date in a form in which day and month cannot be confused; UTC where it has no zone."""
    text = cell.strip()
    if text.isascii() and text.isdigit() and len(text) in {9, _SECONDS, 13}:
        return datetime.fromtimestamp(int(text[:_SECONDS]), UTC)
    moment = None
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
    for form in _DAY_FORMATS if moment is None else ():
        with suppress(ValueError):
            moment = datetime.strptime(text, form)  # noqa: DTZ007 - given its zone below
    if moment is None or moment.tzinfo:
        return moment
    return moment.replace(tzinfo=UTC)
