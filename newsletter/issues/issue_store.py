"""Issues: composed from what was announced, frozen once, the same for every reader ever after."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import papers, slugs
from newsletter.config import NewsletterSettings
from newsletter.interests.day_topics import Topic
from newsletter.interests.issue_picks import from_json, newsletter_picks, to_json
from newsletter.issues import issue_days, issue_edits, late_papers
from newsletter.models import IssueEntryRow, IssueRow, IssueState, ListingRow
from newsletter.papers import AnnouncedPaper
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import SECTION_OF, IssueEntry, IssueSection, ListingNote
from newsletter.rendering.several_days import combine_week
from newsletter.sources.base import NO_REPLACEMENTS, RECENT_PAPERS, ListingState, Paper, PaperId
from newsletter.summaries import extractive_summarizer, store
from newsletter.summaries.base import Sentence, Summarizer
from newsletter.summaries.store import Author

_LONGEST_SPAN = timedelta(weeks=5)


def compose_issue(
    session: Session,
    newsletter: NewsletterSettings,
    day: date,
    summarizer: Summarizer,
    now: datetime,
) -> IssueContent:
    """The issue as it would be frozen now, from what is kept."""
    announced = papers.announced_papers(session, day, newsletter.categories)
    late = late_papers.find_late(session, newsletter.slug, day) if announced else []
    told = late_papers.with_late(announced, late)
    ids = [announcement.paper.id for announcement, _ in told]
    sentences = store.best_summaries(session, ids, Author.of(summarizer, newsletter.language))
    entries = [
        IssueEntry(
            SECTION_OF[announcement.kind],
            announcement.paper,
            sentences.get(announcement.paper.id)
            or extractive_summarizer.sentence(announcement.paper),
            announced_on=earlier_day,
        )
        for announcement, earlier_day in told
    ]
    content = IssueContent(
        slug=newsletter.slug,
        title=newsletter.title,
        day=day,
        language=newsletter.language,
        categories=newsletter.categories,
        entries=tuple(sorted(entries, key=attrgetter("order"))),
        listings=tuple(_notes(session, day, newsletter.categories)),
        frozen_at=now,
        by_category=newsletter.group == "category",
        sections_by_day={day: _sections(announced)} if late else {},
    )
    edited = issue_edits.apply(content, issue_edits.load(session, newsletter.slug, day))
    picks = newsletter_picks(session, newsletter.slug, edited.papers)
    return replace(edited, picks=picks).with_topics()


def freeze_issue(session: Session, content: IssueContent) -> IssueRow | None:
    """Write the issue down for good; None where another process was first."""
    if issue_days.find_issue(session, content.slug, content.day) is not None:
        return None
    issue = IssueRow(
        newsletter=content.slug,
        day=content.day,
        first_day=content.first_day,
        title=content.title,
        language=content.language,
        categories=list(content.categories),
        by_category=content.by_category,
        notes={listing.category: asdict(listing) for listing in content.listings},
        picks=None if content.picks is None else to_json(content.picks),
        topics={words: on or papers for words, papers, on in content.topics} or None,
        state=IssueState.FROZEN,
        frozen_at=content.frozen_at,
        edits=issue_edits.to_json(content) or None,
    )
    issue_edits.forget(session, content)
    session.add(issue)
    session.flush()
    session.add_all(
        IssueEntryRow(
            issue_id=issue.id,
            position=position,
            section=entry.section,
            arxiv_id=entry.paper.id.arxiv_id,
            version=entry.paper.id.version,
            summary=entry.summary.text,
            summarizer=entry.summary.made_by,
            summary_language=entry.summary.language,
            announced_on=entry.announced_on,
        )
        for position, entry in enumerate(content.entries, start=1)
    )
    return issue


def load_issue(session: Session, issue: IssueRow) -> IssueContent:
    """A frozen issue, as it was frozen."""
    rows = session.scalars(
        select(IssueEntryRow)
        .where(IssueEntryRow.issue_id == issue.id)
        .order_by(IssueEntryRow.position)
    ).all()
    papers_by_id = papers.by_id(session, [PaperId(row.arxiv_id, row.version) for row in rows])
    content = IssueContent(
        slug=issue.newsletter,
        title=issue.title,
        day=issue.day,
        first_day=issue.first_day,
        language=issue.language,
        categories=tuple(issue.categories),
        entries=tuple(_entry(row, papers_by_id) for row in rows),
        listings=tuple(_note(note) for note in issue.notes.values()),
        frozen_at=issue.frozen_at,
        by_category=issue.by_category,
        picks=None if issue.picks is None else from_json(issue.picks),
        topics=tuple(_topic(words, on) for words, on in (issue.topics or {}).items()),
        sections_by_day=(
            _sections_by_day(session, issue)
            if issue.first_day or any(row.announced_on for row in rows)
            else {}
        ),
    )
    return issue_edits.from_json(content, issue.edits or {})


def find_entry(session: Session, issue_id: int, arxiv_id: str) -> IssueEntry | None:
    """One paper of a frozen issue, by its identifier without a version."""
    row = session.scalar(
        select(IssueEntryRow).where(
            IssueEntryRow.issue_id == issue_id, IssueEntryRow.arxiv_id == arxiv_id
        )
    )
    if row is None:
        return None
    return _entry(row, papers.by_id(session, [PaperId(row.arxiv_id, row.version)]))


def _topic(words: str, on: Sequence[str] | int) -> Topic:
    """As it was frozen; by earlier versions with the number of its papers alone."""
    return Topic(words, on) if isinstance(on, int) else Topic(words, len(on), tuple(on))


def _entry(row: IssueEntryRow, papers_by_id: Mapping[PaperId, Paper]) -> IssueEntry:
    return IssueEntry(
        IssueSection(row.section),
        papers_by_id[PaperId(row.arxiv_id, row.version)],
        Sentence(row.summary, row.summary_language, row.summarizer),
        announced_on=row.announced_on,
    )


def load_since(
    session: Session, content: IssueContent, had_issue: int, issue_id: int | None
) -> IssueContent:
    """An issue together with those frozen after the last one that its reader had.

    `issue_id` is its own, or None where it is not frozen. Issues of more than five weeks before are
    left to the archive: that is a pause, not a week.
    """
    table = IssueRow
    chosen = select(table).where(
        table.newsletter.in_(slugs.of_today(session, [content.slug])),
        table.id > had_issue,
        table.day > content.day - _LONGEST_SPAN,
    )
    if issue_id is not None:
        chosen = chosen.where(table.id < issue_id)
    others = [load_issue(session, row) for row in session.scalars(chosen.order_by(table.day))]
    return combine_week(content, others)


def _sections_by_day(session: Session, issue: IssueRow) -> dict[date, dict[str, IssueSection]]:
    """Of several days in one issue, or of one beside late papers: which announced what, where."""
    first = issue.first_day or issue.day
    days = [first + timedelta(days=number) for number in range((issue.day - first).days + 1)]
    announced = {day: papers.announced_papers(session, day, issue.categories) for day in days}
    return {day: _sections(announced[day]) for day in days if announced[day]}


def _sections(announced: Sequence[AnnouncedPaper]) -> dict[str, IssueSection]:
    return {paper.paper.id.arxiv_id: SECTION_OF[paper.kind] for paper in announced}


def _notes(session: Session, day: date, categories: Sequence[str]) -> list[ListingNote]:
    """The state of each category that day; one without a listing could not be read."""
    known = {row.category: row for row in papers.listings(session, day, categories)}
    return [
        ListingNote(
            category=category,
            state=_told_state(row),
            found=row.found,
            expected=row.expected,
            missing=tuple(row.missing),
            lacks_replacements=row.state != ListingState.NONE and NO_REPLACEMENTS in row.source,
        )
        if (row := known.get(category))
        else ListingNote(category, ListingState.UNREACHABLE, 0)
        for category in categories
    ]


def _told_state(row: ListingRow) -> ListingState:
    """The state to tell: a listing by arXiv's recent papers is unchecked, not rebuilt by date."""
    state = ListingState(row.state)
    by_recent = row.source.startswith(RECENT_PAPERS)
    is_listed = by_recent and state is ListingState.RECONSTRUCTED
    return ListingState.UNCHECKED if is_listed else state


def _note(kept_note: dict[str, Any]) -> ListingNote:
    return ListingNote(
        category=kept_note["category"],
        state=ListingState(kept_note["state"]),
        found=kept_note["found"],
        expected=kept_note["expected"],
        missing=tuple(kept_note["missing"]),
        lacks_replacements=kept_note.get("lacks_replacements", False),  # of older issues unknown
    )
