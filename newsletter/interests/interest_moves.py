"""Moves interests along with a change of address, and back with its undo."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from newsletter.interests.interest_store import MOVED, count_by_kind, forget_profiles, rows_of
from newsletter.interests.named_interest import MOST, InterestType
from newsletter.models import InterestRow

_DETAILS = ("with", "in", "not_with", "not_in")


def join_interests(session: Session, old_id: int, new_id: int, now: datetime) -> None:
    """Add one subscriber's interests to another's, who keeps their own where both named the same.

    Where both follow an author, the details that tell namesakes apart are joined.
    """
    there = {(row.kind, row.value): row for row in rows_of(session, new_id)}
    numbers = count_by_kind(session, new_id)
    for row in rows_of(session, old_id):
        held = there.get((row.kind, row.value))
        if held is not None:
            if held.wanted and row.wanted:
                _join_detail(held, row, now)
            continue
        if numbers[row.kind] >= MOST[InterestType(row.kind)]:
            continue
        numbers[row.kind] += 1
        detail = {name: values for name, values in row.detail.items() if name in _DETAILS}
        session.add(
            InterestRow(
                subscriber_id=new_id,
                kind=row.kind,
                value=row.value,
                wanted=row.wanted,
                detail=detail,
                origin=MOVED,
                since=now,
            )
        )
    session.flush()
    forget_profiles(session, [new_id])


def undo_move(session: Session, new_id: int, moved_at: datetime) -> None:
    """It was not they: what came with that move, or with one behind it, goes."""
    session.execute(
        delete(InterestRow).where(
            InterestRow.subscriber_id == new_id,
            InterestRow.origin == MOVED,
            InterestRow.since >= moved_at,
        )
    )
    for row in rows_of(session, new_id):
        if row.detail.get(MOVED):
            _part_detail(row, moved_at)
    session.flush()
    forget_profiles(session, [new_id])


def _join_detail(held: InterestRow, row: InterestRow, now: datetime) -> None:
    """Each that is new is marked with the moment and the name of its list, to be found again."""
    detail = {name: list(values) for name, values in held.detail.items()}
    for name in _DETAILS:
        for value in row.detail.get(name, ()):
            if value not in detail.get(name, ()):
                detail.setdefault(name, []).append(value)
                detail.setdefault(MOVED, []).append(f"{now.isoformat()} {name} {value}")
    held.detail = detail


def _part_detail(row: InterestRow, moved_at: datetime) -> None:
    detail = {name: list(values) for name, values in row.detail.items()}
    for mark in row.detail[MOVED]:
        moment, name, value = mark.split(" ", 2)
        if datetime.fromisoformat(moment) >= moved_at:
            detail[MOVED].remove(mark)
            detail[name].remove(value)
    row.detail = {name: values for name, values in detail.items() if values}
