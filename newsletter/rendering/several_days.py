"""Several days in one issue, each paper once."""

from collections.abc import Sequence
from dataclasses import replace

from newsletter.interests.issue_picks import best_of
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import ListingNote
from newsletter.sources.base import ListingState

_WORST_FIRST = (
    ListingState.UNREACHABLE,
    ListingState.STALE,
    ListingState.PARTIAL,
    ListingState.SAMPLE,
    ListingState.RECONSTRUCTED,
    ListingState.UNCHECKED,
    ListingState.COMPLETE,
    ListingState.NONE,
)


def combine_days(days: Sequence[IssueContent]) -> IssueContent:
    """Several days in one issue; each paper once. It is of the days that had any.

    A paper stands where it was announced most strongly, in its newest version.
    """
    told = [content for content in days if content.entries] or days[-1:]
    newest = {entry.paper.id.arxiv_id: entry for content in told for entry in content.entries}
    for entry in (entry for content in told for entry in content.entries if entry.put_first):
        name = entry.paper.id.arxiv_id
        newest[name] = replace(newest[name], put_first=entry.put_first)
    return replace(
        told[-1],
        first_day=told[0].day if len(told) > 1 else None,
        entries=tuple(newest.values()),
        listings=tuple(_sum_notes([note for content in days for note in content.listings])),
        sections_by_day={content.day: content.sections for content in told},
        picks=best_of(content.picks for content in told),
        editor_notes=tuple(note for content in days for note in content.editor_notes),
        omissions=tuple(
            left
            for content in days
            for left in content.omissions
            if left.paper_id.arxiv_id not in newest
        ),
    ).since(told[0].day)


def combine_week(issue: IssueContent, others: Sequence[IssueContent]) -> IssueContent:
    """An issue with those that its reader has not had yet, each paper under its issue's day."""
    if not others:
        return issue
    days = sorted([*others, issue], key=lambda content: content.day)
    return replace(
        combine_days(days),
        first_day=min(content.first_day or content.day for content in days),
        frozen_at=issue.frozen_at,
        by_category=False,
        by_day=True,
    )


def _sum_notes(notes: Sequence[ListingNote]) -> list[ListingNote]:
    """The listings of several days as one a category: as good as the worst of them."""
    sums: dict[str, ListingNote] = {}
    for note in notes:
        before = sums.get(note.category)
        sums[note.category] = note if before is None else _add_notes(before, note)
    return list(sums.values())


def _add_notes(one: ListingNote, other: ListingNote) -> ListingNote:
    counted = one.expected is not None and other.expected is not None
    return ListingNote(
        one.category,
        min(one.state, other.state, key=_WORST_FIRST.index),
        one.found + other.found,
        (one.expected or 0) + (other.expected or 0) if counted else None,
        one.missing + other.missing,
        one.lacks_replacements or other.lacks_replacements,
    )
