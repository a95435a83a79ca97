"""More or less like one paper, from its card in a mail: GET shows, POST acts and offers an undo."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, abort, request
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from newsletter import papers, slugs
from newsletter.interests import interest_store
from newsletter.interests.authors import is_among
from newsletter.interests.named_interest import MOST, Interest, InterestType
from newsletter.issues import issue_store
from newsletter.models import (
    DeliveryRow,
    InterestRow,
    IssueEntryRow,
    IssueRow,
    Standing,
    SubscriberRow,
)
from newsletter.reader_locks import lock_reader
from newsletter.rendering.markup.paper_text import plain
from newsletter.sources.base import Paper
from newsletter.subscribers import address_change, lifecycle
from newsletter.subscribers.link_claims import TuneClaim
from newsletter.web.pages import gettext, pages

blueprint = Blueprint("tune", __name__)

_MOST_ISSUES = 31
_MORE, _LESS, _NEITHER = "more", "less", "neither"
_WAY_OF = {True: _MORE, False: _LESS, None: _NEITHER}


@blueprint.get("/tune/<token>/<path:arxiv_id>/<any(more, less, neither):way>")
def ask_to_tune(token: str, arxiv_id: str, way: str) -> str:
    claim = pages.claim(TuneClaim, token)
    with pages.database.read() as session:
        refused = refusal(session, claim)
        if refused:
            return refused
        paper = _paper(session, claim, arxiv_id)
        return _asking(paper, way, _namesakes(session, claim.subscriber_id, paper, token))


@blueprint.get("/tune/<token>/<newsletter>/<day:first>/<day:last>")
def tune_days(token: str, newsletter: str, first: date, last: date) -> str:
    """All papers of these days with both links, where a mail has no room for them in each card."""
    claim = pages.claim(TuneClaim, token)
    with pages.database.read() as session:
        refused = refusal(session, claim)
        if refused:
            return refused
        slug, *_ = slugs.of_today(session, [newsletter])
        days = session.scalars(
            select(IssueRow)
            .where(
                IssueRow.newsletter == slug,
                IssueRow.day.between(first, last),
                _is_theirs(session, claim),
            )
            .order_by(IssueRow.day.desc())
            .limit(_MOST_ISSUES)
        ).all()
        contents = [issue_store.load_issue(session, issue) for issue in days] or abort(404)
    return pages.render("web/tune_days.html", token=token, contents=contents)


@blueprint.post("/tune/<token>/<path:arxiv_id>/<any(more, less, neither):way>")
def tune(token: str, arxiv_id: str, way: str) -> str:
    claim = pages.claim(TuneClaim, token)
    counts = pages.press().counts
    way = request.form.get("way", way)
    if way not in _WAY_OF.values():
        abort(404)
    with pages.database.row_locked.begin() as session:
        lock_reader(session, claim.subscriber_id)
        refused = refusal(session, claim)
        if refused:
            return refused
        paper = _paper(session, claim, arxiv_id)
        if not counts:
            further = _namesakes(session, claim.subscriber_id, paper, token)
            return _asking(paper, way, further)
        before = _change(session, claim.subscriber_id, paper, way)
    if before is None:
        most = {"most": MOST[InterestType.PAPER]}
        return pages.message_page(
            gettext("There is no room"),
            gettext("%(most)s papers are the most; take some back in your preferences.") % most,
        )
    return _done(token, paper, way, before)


def refusal(session: Session, claim: TuneClaim) -> str | None:
    """Refuse people who no longer read; after a change of address just say that the link ended."""
    subscriber = session.get(SubscriberRow, claim.subscriber_id)
    home = (pages.path("home"), gettext("To the newsletters"))
    if subscriber is None:
        return pages.message_page(
            gettext("Nobody is here by this link"),
            gettext("Who it was for is erased, and what they liked with them."),
            onward=home,
        )
    has_moved = len(address_change.resolve_subscriber_ids(session, subscriber.id)) > 1
    if has_moved or not pages.links.is_to(subscriber.email, subscriber.moves, claim):
        return pages.expired_page()
    if subscriber.standing != Standing.CONFIRMED:
        return pages.message_page(
            gettext("You have left"),
            gettext("No mail comes any more, so nothing can come first in it."),
            onward=home,
        )
    return None


def _paper(session: Session, claim: TuneClaim, arxiv_id: str) -> Paper:
    """The paper as their newsletters had it; 404 for one that none of their issues holds."""
    version = session.scalar(
        select(IssueEntryRow.version)
        .join(IssueRow, IssueRow.id == IssueEntryRow.issue_id)
        .where(IssueEntryRow.arxiv_id == arxiv_id, _is_theirs(session, claim))
        .order_by(IssueEntryRow.version.desc())
        .limit(1)
    )
    paper = None if version is None else papers.newest(session, arxiv_id, version)
    return paper or abort(404)


def _is_theirs(session: Session, claim: TuneClaim) -> ColumnElement[bool]:
    """Whether they got an issue, or are readers of its newsletter."""
    subscriber = session.get_one(SubscriberRow, claim.subscriber_id)
    got_it = exists().where(
        DeliveryRow.issue_id == IssueRow.id, DeliveryRow.subscriber_id == subscriber.id
    )
    had = lifecycle.subscriptions(session, subscriber)  # also ended ones: old mails keep working
    gets_it = IssueRow.newsletter.in_([subscription.newsletter for subscription in had])
    return or_(got_it, gets_it)


def _change(session: Session, subscriber_id: int, paper: Paper, way: str) -> str | None:
    """Note a "more" or "less"; returns the earlier one, or None where there is no room."""
    name = paper.id.arxiv_id
    row = session.get(InterestRow, (subscriber_id, InterestType.PAPER, name))
    before = _WAY_OF[row.wanted if row else None]
    if way == _NEITHER:
        interest_store.take_back(session, [row] if row else [])
    elif way != before:
        interest = Interest(InterestType.PAPER, name, way == _MORE)
        if interest_store.add(session, subscriber_id, [interest], "mail", pages.clock()):
            return None
    return before


def _namesakes(
    session: Session, subscriber_id: int, paper: Paper, token: str
) -> list[tuple[str, str]]:
    """For each followed author of that name, the page to say that this is a namesake."""
    return [
        (
            pages.path(
                "ask_which_of_card", token=token, arxiv_id=paper.id.arxiv_id, author=row.value
            ),
            gettext("Not this %(author)s?") % {"author": row.value},
        )
        for row in interest_store.rows_of(session, subscriber_id)
        if row.kind == InterestType.AUTHOR and row.wanted and is_among(row.value, paper.authors)
    ]


def _asking(paper: Paper, way: str, further: Sequence[tuple[str, str]]) -> str:
    more, less = gettext("More like this"), gettext("Less like this")
    headings = {
        _MORE: gettext("More like this?"),
        _LESS: gettext("Less like this?"),
        _NEITHER: gettext("Take it back?"),
    }
    return pages.confirm_page(
        headings[way],
        plain(paper.title),
        button={_MORE: more, _LESS: less, _NEITHER: gettext("Take it back")}[way],
        second=("way", _LESS, less) if way == _MORE else ("way", _MORE, more),
        further=further,
    )


def _done(token: str, paper: Paper, way: str, before: str) -> str:
    headings = {
        _MORE: gettext("More like this: noted"),
        _LESS: gettext("Less like this: noted"),
        _NEITHER: gettext("Taken back"),
    }
    texts = {
        _MORE: gettext("From the next mail on, what is close to it comes first."),
        _LESS: gettext(
            "From the next mail on, it does not come first. What is closer to it than to what you"
            " like comes first only for an author, a word or a category that you named. It all"
            " stands below, as always."
        ),
        _NEITHER: gettext("It plays no part any more in what comes first."),
    }
    # Whoever presses twice, or loads the page again, can still take it back.
    way_back = _NEITHER if before == way else before
    undo = pages.path("tune", token=token, arxiv_id=paper.id.arxiv_id, way=way_back)
    more = {"form": (undo, gettext("Undo"))} if way_back != way else {}
    return pages.message_page(headings[way], plain(paper.title), texts[way], **more)
