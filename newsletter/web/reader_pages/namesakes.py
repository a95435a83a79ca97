"""A followed author's namesakes: of a paper by that name a reader says that it is not theirs."""

from flask import Blueprint, abort, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from newsletter import papers, taxonomy
from newsletter.errors import WrongUseError
from newsletter.interests import interest_store
from newsletter.interests.authors import co_authors, is_among, same_name
from newsletter.interests.named_interest import Interest, InterestType
from newsletter.reader_locks import lock_reader
from newsletter.rendering.wording.author_list import read_authors
from newsletter.sources.base import Paper
from newsletter.subscribers.link_claims import PreferencesClaim, TuneClaim
from newsletter.text import one_line
from newsletter.web.pages import gettext, pages
from newsletter.web.reader_pages.preferences import find_owner, lock_owner
from newsletter.web.reader_pages.tune import refusal

blueprint = Blueprint("namesakes", __name__)

_MOST = 20  # names at once
_LONGEST_NAME = 200  # characters


@blueprint.get("/preferences/<token>/namesake/<path:arxiv_id>")
def ask_which(token: str, arxiv_id: str) -> str:
    claim = pages.claim(PreferencesClaim, token)
    with pages.database.read() as session:
        subscriber = find_owner(session, claim)
        if subscriber is None:
            return pages.expired_page()
        return _page(*_paper_and_author(session, subscriber.id, arxiv_id), _to_interests(token))


@blueprint.post("/preferences/<token>/namesake/<path:arxiv_id>")
def tell_apart(token: str, arxiv_id: str) -> str:
    claim = pages.claim(PreferencesClaim, token)
    counts = pages.press().counts
    with pages.database.row_locked.begin() as session:
        subscriber = lock_owner(session, claim)
        if subscriber is None:
            return pages.expired_page()
        return _tell_apart(session, subscriber.id, arxiv_id, _to_interests(token), counts=counts)


@blueprint.get("/tune/<token>/<path:arxiv_id>/namesake")
def ask_which_of_card(token: str, arxiv_id: str) -> str:
    """The same from the card of a mail, of whatever day."""
    claim = pages.claim(TuneClaim, token)
    with pages.database.read() as session:
        refused = refusal(session, claim)
        if refused:
            return refused
        paper, author = _paper_and_author(session, claim.subscriber_id, arxiv_id)
        return _page(paper, author, _to_card(token, arxiv_id))


@blueprint.post("/tune/<token>/<path:arxiv_id>/namesake")
def tell_apart_of_card(token: str, arxiv_id: str) -> str:
    claim = pages.claim(TuneClaim, token)
    counts = pages.press().counts
    with pages.database.row_locked.begin() as session:
        lock_reader(session, claim.subscriber_id)
        return refusal(session, claim) or _tell_apart(
            session, claim.subscriber_id, arxiv_id, _to_card(token, arxiv_id), counts=counts
        )


def _tell_apart(
    session: Session, subscriber_id: int, arxiv_id: str, back: tuple[str, str], *, counts: bool
) -> str:
    paper, author = _paper_and_author(session, subscriber_id, arxiv_id)
    detail = _detail(request.form)
    if not counts or not detail:
        return _page(paper, author, back)
    told = Interest(InterestType.AUTHOR, author, detail=detail)
    interest_store.add(session, subscriber_id, [told], "page", pages.clock())
    return pages.message_page(
        gettext("Told apart"),
        gettext(
            "From the next mail on, only papers by the one you follow come first under that name."
        ),
        onward=back,
    )


def _to_interests(token: str) -> tuple[str, str]:
    address = pages.path("show_interests", token=token)
    return address, gettext("Back to what comes first for you")


def _to_card(token: str, arxiv_id: str) -> tuple[str, str]:
    address = pages.path("ask_to_tune", token=token, arxiv_id=arxiv_id, way="more")
    return address, gettext("More like this")


def _paper_and_author(session: Session, subscriber_id: int, arxiv_id: str) -> tuple[Paper, str]:
    """The paper, and which followed author its pick was for; 404 where there is none."""
    paper = papers.newest(session, arxiv_id) or abort(404)
    asked = request.args.get("author", "")
    followed = (
        row.value
        for row in interest_store.rows_of(session, subscriber_id)
        if row.kind == InterestType.AUTHOR and row.wanted and same_name(row.value, asked)
        if is_among(row.value, paper.authors)
    )
    return paper, next(followed, None) or abort(404)


def _detail(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Co-authors and categories of the namesake; with `only`, those of the right person."""
    if "only" not in form:
        detail = {name: form.getlist(name)[:_MOST] for name in ("not_with", "not_in")}
    else:
        detail = {"with": [], "in": []}
        for name in filter(None, map(str.strip, form.get("names", "").split(";")[:_MOST])):
            try:
                detail["in"].append(taxonomy.category(name))
            except WrongUseError:
                detail["with"].append(one_line(name)[:_LONGEST_NAME])
    return {name: values for name, values in detail.items() if values}


def _page(paper: Paper, author: str, back: tuple[str, str]) -> str:
    return pages.render(
        "web/namesake.html",
        back=back,
        paper=paper,
        author=author,
        others=co_authors(author, [other.name for other in read_authors(paper.authors)])[:_MOST],
        category=next(iter(paper.categories), None),
    )
