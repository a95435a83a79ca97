"""An issue whole, at an address that stays, and its papers as files for reference managers."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from flask import Blueprint, Response, abort
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from newsletter.interests.day_topics import Topic
from newsletter.interests.issue_picks import IssuePick
from newsletter.issues import issue_store, late_papers
from newsletter.models import IssueRow
from newsletter.rendering.citations import FORMATS
from newsletter.rendering.fragments.block_anchors import block_anchors
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import Block, IssueEntry
from newsletter.rendering.markup.paper_text import is_category
from newsletter.rendering.size_budget import DetailLevel
from newsletter.sources.base import Paper
from newsletter.web.issue_archive.kept_pages import A_WHILE, kept_file, kept_page
from newsletter.web.pages import pages

blueprint = Blueprint("issue_pages", __name__)

_MOST_CHIPS = 8
_BY_EXTENSION = {cited.extension: cited for cited in FORMATS.values()}
_EXTENSION = f"any({', '.join(_BY_EXTENSION)})"
_other = aliased(IssueRow)
_beside = _other.newsletter == bindparam("slug")
_ISSUE_STATE = select(
    IssueRow.id,
    IssueRow.frozen_at,
    select(func.max(_other.day)).where(_beside, _other.day < bindparam("day")).scalar_subquery(),
    select(func.min(_other.day)).where(_beside, _other.day > bindparam("day")).scalar_subquery(),
    select(func.max(_other.id)).where(_beside, _other.day > bindparam("day")).scalar_subquery(),
).where(IssueRow.newsletter == bindparam("slug"), IssueRow.day == bindparam("day"))


class _KnownIssue(NamedTuple):
    """All that an issue's page depends on: the issue, the days beside it, and later issues."""

    id: int
    frozen_at: datetime
    earlier: date | None
    later: date | None
    newest_later: int | None  # which may bring papers of this one's day


@blueprint.get("/<slug>/<day:day>")
def issue(slug: str, day: date) -> Response:
    state = _get_state(slug, day)
    return kept_page(
        state, lambda: _issue_page(state.id, state.earlier, state.later), has_script=True
    )


@blueprint.get(f"/<slug>/<day:day>/papers.<{_EXTENSION}:extension>")
def all_cited(slug: str, day: date, extension: str) -> Response:
    """The whole issue for a reference manager or a spreadsheet."""
    cited = _BY_EXTENSION[extension]
    state = _get_state(slug, day)
    made = kept_file(
        (state.id, state.frozen_at),
        lambda: cited.write(_load_issue(state.id).entries).encode(),
        cited.mimetype,
    )
    return _named(made, f"{slug}-{day}.{extension}")


@blueprint.get(f"/<slug>/<day:day>/<path:arxiv_id>.<{_EXTENSION}:extension>")
def cited(slug: str, day: date, arxiv_id: str, extension: str) -> Response:
    """One of its papers; made anew, since hardly anybody asks for one twice."""
    state = _get_state(slug, day)
    with pages.database.read() as session:
        entry = issue_store.find_entry(session, state.id, arxiv_id) or abort(404)
    asked = _BY_EXTENSION[extension]
    made = Response(asked.write([entry]), content_type=f"{asked.mimetype}; charset=utf-8")
    made.headers["Cache-Control"] = A_WHILE
    return _named(made, f"{arxiv_id.replace('/', '-')}.{extension}")


def _get_state(slug: str, day: date) -> _KnownIssue:
    with pages.database.read() as session:
        row = session.execute(_ISSUE_STATE, {"slug": slug, "day": day}).first() or abort(404)
    return _KnownIssue(*row)


def _load_issue(issue_id: int) -> IssueContent:
    with pages.database.read() as session:
        return issue_store.load_issue(session, session.get_one(IssueRow, issue_id))


def _issue_page(issue_id: int, earlier: date | None, later: date | None) -> str:
    with pages.database.read() as session:
        row = session.get_one(IssueRow, issue_id)
        content = issue_store.load_issue(session, row)
        found_later = late_papers.found_later(session, row)
    blocks = _filled_blocks(content)
    return pages.render(
        "web/issue.html",
        digest=content,
        levels=DetailLevel,
        blocks=blocks,
        categories=_categories(blocks) if content.by_category else [],
        first=_first(content),
        topics=_topics(content),
        found_later=found_later,
        chips=_chips(content),
        formats=FORMATS.values(),
        earlier=earlier,
        later=later,
        is_open=pages.settings.signup.open,
    )


class _FilledBlock(NamedTuple):
    """The entries under one label."""

    block: Block
    anchor: str
    entries: list[IssueEntry]


def _filled_blocks(content: IssueContent) -> list[_FilledBlock]:
    """The labels in their order, with the papers under each."""
    entries: dict[Block, list[IssueEntry]] = {block: [] for block in content.blocks}
    for entry in content.entries:
        entries[content.block(entry)].append(entry)
    names = block_anchors(content)
    return [_FilledBlock(block, names[block], papers) for block, papers in entries.items()]


def _categories(blocks: Sequence[_FilledBlock]) -> list[tuple[str, str, int]]:
    """Each category that has papers, where it begins, and how many it has."""
    papers = Counter[str]()
    begins: dict[str, str] = {}
    for block, anchor, entries in sorted(blocks, key=lambda filled: filled.block.is_first):
        papers[block.category] += len(entries)
        begins.setdefault(block.category, anchor)
    return [(category, anchor, papers[category]) for category, anchor in begins.items()]


def _first(content: IssueContent) -> list[tuple[IssueEntry, IssuePick]]:
    """The picks for the newsletter's group; each stands below in its place, too."""
    entries = {entry.paper.id.arxiv_id: entry for entry in content.entries}
    return [
        (entries[pick.arxiv_id], pick) for pick in content.picks or () if pick.arxiv_id in entries
    ]


def _topics(content: IssueContent) -> list[tuple[str, Topic, list[Paper]]]:
    """The topics of a large day, with their papers."""
    papers = {paper.id.arxiv_id: paper for paper in content.papers}
    return [
        (content.topic_anchor(topic), topic, [papers[name] for name in topic.on if name in papers])
        for topic in sorted(content.topics, key=lambda topic: -topic.papers)
        if content.topic_anchor(topic)
    ]


def _chips(content: IssueContent) -> list[tuple[str, int]]:
    """Which of arXiv's categories to choose from: ours first, then the most frequent.

    One that all papers have is no choice.
    """
    papers = Counter(
        category
        for entry in content.entries
        for category in entry.paper.categories
        if is_category(category)
    )
    ours = [category for category in content.categories if papers[category]]
    others = [category for category, _ in papers.most_common() if category not in ours]
    chosen = [category for category in [*ours, *others] if papers[category] < len(content.entries)]
    return [(category, papers[category]) for category in chosen[:_MOST_CHIPS]]


def _named(made: Response, name: str) -> Response:
    """Kept by a browser under that name; no search engine needs it beside the page."""
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    made.headers["X-Robots-Tag"] = "noindex"
    return made
