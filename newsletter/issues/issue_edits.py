"""The operator's edits of an issue before it is frozen: a note, papers first, papers left out.

They are kept by newsletter and day, also for a day that was not fetched yet. Those that apply are
frozen with the issue, and told to its readers as the editor's word.
"""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from newsletter.errors import WrongUseError, did_you_mean
from newsletter.models import IssueEditRow
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import EditorNote, IssueSection, Omission
from newsletter.sources.base import PaperId
from newsletter.text import visible

ALL_LEFT_OUT = "the editor left out all papers"  # why there is no issue

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class IssueEdit:
    """The wishes for one issue; reasons by the papers' identifiers."""

    note: str = ""
    first: Mapping[str, str] = field(default_factory=dict)  # in the order of their places
    omitted: Mapping[str, str] = field(default_factory=dict)  # a reason may be empty


@dataclass(frozen=True)
class EditChanges:
    """Changes to the edits of an issue; papers by their identifiers."""

    note: str | None = None  # None leaves it as it is, and nothing takes it away
    first: Mapping[str, str] = field(default_factory=dict)  # with their reasons
    not_first: Collection[str] = ()
    omit: Mapping[str, str] = field(default_factory=dict)
    keep: Collection[str] = ()


def change(edit: IssueEdit, changes: EditChanges) -> IssueEdit:
    """The wishes after these changes. A paper is first or left out, as was said last.

    Raises:
        WrongUseError: what is to be undone was not wished.
    """
    _check_wished(changes.not_first, edit.first, "put first")
    _check_wished(changes.keep, edit.omitted, "left out")
    return IssueEdit(
        edit.note if changes.note is None else changes.note,
        _without(edit.first, {*changes.not_first, *changes.omit}) | dict(changes.first),
        _without(edit.omitted, {*changes.keep, *changes.first}) | dict(changes.omit),
    )


def _check_wished(names: Collection[str], wished: Mapping[str, str], how: str) -> None:
    for name in names:
        if name not in wished:
            raise WrongUseError(f"{name} is not {how}{did_you_mean(name, wished)}")


def _without(wished: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: reason for name, reason in wished.items() if name not in names}


def load(session: Session, newsletter: str, day: date) -> IssueEdit:
    row = session.get(IssueEditRow, (newsletter, day))
    return IssueEdit() if row is None else IssueEdit(row.note, row.first, row.omitted)


def store(session: Session, newsletter: str, day: date, edit: IssueEdit) -> None:
    """Keep these edits in place of the earlier ones."""
    row = session.get(IssueEditRow, (newsletter, day))
    if row is not None:
        session.delete(row)
        session.flush()
    shown = IssueEdit(
        visible(edit.note).strip(),
        {name: visible(reason) for name, reason in edit.first.items()},
        {name: visible(reason) for name, reason in edit.omitted.items()},
    )
    if shown != IssueEdit():
        session.add(IssueEditRow(newsletter=newsletter, day=day, **vars(shown)))


def apply(content: IssueContent, edit: IssueEdit) -> IssueContent:
    """One day's content as the editor wants it; of papers that it has not a warning tells."""
    by_name = {entry.paper.id.arxiv_id: entry for entry in content.entries}
    absent = [name for name in (*edit.first, *edit.omitted) if name not in by_name]
    if absent:
        _log.warning(
            "%s, %s: not announced, so neither put first nor left out: %s",
            content.slug,
            content.day,
            ", ".join(absent),
        )
    first = [
        replace(by_name.pop(name), put_first=reason)
        for name, reason in edit.first.items()
        if name in by_name
    ]
    left = [
        Omission(content.day, entry.paper.id, entry.paper.title, reason, entry.section)
        for name, reason in edit.omitted.items()
        if name in by_name
        for entry in [by_name.pop(name)]
    ]
    return replace(
        content,
        entries=tuple(sorted([*first, *by_name.values()], key=lambda entry: entry.order)),
        editor_notes=(EditorNote(content.day, edit.note),) if edit.note else (),
        omissions=tuple(left),
    )


def forget(session: Session, content: IssueContent) -> None:
    """Drop the wishes for the days of an issue that is frozen with them."""
    days = IssueEditRow.day.between(content.first_day or content.day, content.day)
    session.execute(delete(IssueEditRow).where(IssueEditRow.newsletter == content.slug, days))


def to_json(content: IssueContent) -> dict[str, Any]:
    """An issue's edits as they are kept with it; empty without edits."""
    edits = {
        "notes": [{"day": str(note.day), "text": note.text} for note in content.editor_notes],
        "first": {
            entry.paper.id.arxiv_id: entry.put_first for entry in content.entries if entry.put_first
        },
        "left_out": [
            {
                "day": str(left.day),
                "id": left.paper_id.arxiv_id,
                "version": left.paper_id.version,
                "title": left.title,
                "reason": left.reason,
                "section": left.section,
            }
            for left in content.omissions
        ],
    }
    return {name: kept for name, kept in edits.items() if kept}


def from_json(content: IssueContent, edits: Mapping[str, Any]) -> IssueContent:
    """The content with the edits that were kept with its issue."""
    if not edits:
        return content
    first = edits.get("first", {})
    return replace(
        content,
        entries=tuple(
            replace(entry, put_first=first.get(entry.paper.id.arxiv_id, ""))
            for entry in content.entries
        ),
        editor_notes=tuple(
            EditorNote(date.fromisoformat(note["day"]), note["text"])
            for note in edits.get("notes", ())
        ),
        omissions=tuple(
            Omission(
                date.fromisoformat(left["day"]),
                PaperId(left["id"], left["version"]),
                left["title"],
                left["reason"],
                IssueSection(left["section"]) if left.get("section") else None,
            )
            for left in edits.get("left_out", ())
        ),
    )
