"""Write people out so that `import` reads them back: CSV for spreadsheets, JSON for programs."""

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from typing import TextIO

from newsletter.subscribers.queries import Member
from newsletter.text import escape_cell

COLUMNS = (
    *("email", "standing", "newsletters", "paused", "rhythm", "left_out", "language"),
    *("created", "confirmed", "left", "consent", "interests"),
)


def to_csv(members: Iterable[Member], stream: TextIO) -> int:
    """A header and a line a person; no cell is a formula. Returns how many."""
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    number = 0
    for member in members:
        writer.writerow([escape_cell(_cell(value)) for value in _values(member).values()])
        number += 1
    return number


def to_jsonl(members: Iterable[Member], stream: TextIO) -> int:
    """An object a line. Returns how many."""
    number = 0
    for member in members:
        stream.write(f"{_object(member)}\n")
        number += 1
    return number


def to_json(members: Iterable[Member], stream: TextIO) -> int:
    """One list, still an object a line. Returns how many."""
    number = 0
    for member in members:
        stream.write(f"{',' if number else '['}\n{_object(member)}")
        number += 1
    stream.write("\n]\n" if number else "[]\n")
    return number


def write_export(form: str, members: Iterable[Member], stream: TextIO) -> int:
    """As `csv`, `json` or `jsonl`; returns how many."""
    if form == "csv":
        return to_csv(members, stream)
    return to_json(members, stream) if form == "json" else to_jsonl(members, stream)


def _values(member: Member) -> dict[str, object]:
    return {
        "email": member.email,
        "standing": str(member.standing),
        "newsletters": dict(member.details),
        "paused": dict(member.paused),
        "rhythm": dict(member.rhythms),
        "left_out": dict(member.left_out),
        "language": member.language,
        "created": _moment(member.created_at),
        "confirmed": _moment(member.confirmed_at),
        "left": _moment(member.left_at),
        "consent": member.consent,
        "interests": member.interests,
    }


def _object(member: Member) -> str:
    return json.dumps(_values(member), ensure_ascii=False)


def _cell(value: object) -> str:
    if isinstance(value, dict) and any(isinstance(item, list) for item in value.values()):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return " ".join(f"{name}={item}" for name, item in value.items())
    return "" if value is None else " ".join(str(value).split())  # one line a person


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="seconds")
