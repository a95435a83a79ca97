"""A reader's page for interests: authors, words, categories and papers, with the picks they make.

"Show" shows what would come first today, without saving; "Save" saves. Papers from a file go from
one step to the next in the form itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import flask
from flask import Blueprint, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug import Response

from newsletter.interests import interest_store, named_papers
from newsletter.interests.named_interest import MOST, InterestType
from newsletter.models import InterestRow, SubscriberRow
from newsletter.subscribers.link_claims import PicksClaim, PreferencesClaim, TuneClaim
from newsletter.web.day_picks import IssueRanking, NamedInterests
from newsletter.web.pages import gettext, pages
from newsletter.web.reader_pages.interest_form import (
    LISTS,
    FormError,
    InterestForm,
    read_form,
    typed,
)
from newsletter.web.reader_pages.preferences import find_owner, has_owner, lock_owner
from newsletter.web.reader_pages.refused_papers import name_of, why_refused

blueprint = Blueprint("interests", __name__)

_RANKING = "newsletter.issue_ranking"
_REFUSED_SHOWN = 20  # entries of a file


@dataclass(frozen=True)
class _Said:
    """The page's words on the step before."""

    form: InterestForm = field(default_factory=InterestForm)
    trouble: str = ""
    at_fault: str = ""
    lists: Mapping[str, str] = field(default_factory=dict)  # as they were typed, after a slip
    saved: bool = False
    unsaved: bool = False


@blueprint.record
def _prepare_ranking(state: BlueprintSetupState) -> None:
    state.app.extensions[_RANKING] = IssueRanking()


def issue_ranking() -> IssueRanking:
    return cast("IssueRanking", current_app.extensions[_RANKING])


@blueprint.get("/preferences/<token>/interests")
def show_interests(token: str) -> str:
    return _page(token, _Said(saved="saved" in request.args))


@blueprint.post("/preferences/<token>/interests")
def change_interests(token: str) -> Response | tuple[str, int]:
    if not has_owner(token):
        return pages.expired_page(), 200
    try:
        form = read_form()
    except FormError as error:
        lists, kept = typed()
        return _page(token, _Said(kept, str(error), error.at_fault, lists)), 400
    if "save" not in request.form:
        return _page(token, _Said(form, unsaved=True)), 200
    press = pages.press()
    if not press.counts:
        again = gettext("Machines press buttons too. Press it once more.") if press.doubt else ""
        return _page(token, _Said(form, again and pages.once_more(again), unsaved=True)), 400
    with pages.database.row_locked.begin() as session:
        subscriber = lock_owner(session, pages.claim(PreferencesClaim, token))
        left_over = 0 if subscriber is None else _save(session, subscriber, form)
    if not left_over and not form.reading_lists:  # so that the way back is no form once more
        return flask.redirect(pages.path("show_interests", token=token, saved=1), 303)
    emptied = InterestForm(reading_lists=form.reading_lists)
    return _page(token, _Said(emptied, _no_room(left_over), saved=True)), 200


def _no_room(papers: int) -> str:
    limits = {"most": MOST[InterestType.PAPER], "num": papers}
    count = pages.language().ngettext
    told = count(
        "%(most)s papers are the most; %(num)s found no room.",
        "%(most)s papers are the most; %(num)s found no room.",
        papers,
    )
    return told % limits if papers else ""


def _save(session: Session, subscriber: SubscriberRow, form: InterestForm) -> int:
    """The form's lists are all that holds; returns for how many papers there was no room."""
    held = {(row.kind, row.value): row for row in interest_store.rows_of(session, subscriber.id)}
    named = {(interest.kind.value, interest.value): interest for interest in form.named}
    interest_store.take_back(session, (row for row in held.values() if _is_gone(row, form, named)))
    interest_store.forget_namesakes(session, subscriber.id, form.mixed_up)
    changed = [
        interest
        for key, interest in named.items()
        if key not in held or held[key].wanted is not interest.wanted
    ]
    now = pages.clock()
    interest_store.add(session, subscriber.id, changed, "page", now)
    left_over = interest_store.add(session, subscriber.id, form.new_papers(), "file", now)
    return len(left_over) + form.beyond


def _is_gone(row: InterestRow, form: InterestForm, named: Mapping[tuple[str, str], object]) -> bool:
    if row.kind == InterestType.PAPER:
        return row.value in form.taken_back
    return (row.kind, row.value) not in named


def _beyond(held: NamedInterests, form: InterestForm) -> int:
    """How many papers are too many, beside those that are saved."""
    kept = {row.value for row in held.rows if row.kind == InterestType.PAPER} - form.taken_back
    new = {named_papers.name_of(paper) for paper in form.papers} - kept
    return max(0, len(kept) + len(new) - MOST[InterestType.PAPER]) + form.beyond


def _as_written(session: Session, held: NamedInterests, form: InterestForm) -> NamedInterests:
    """The interests as they would be if the form were saved."""
    details = {row.value: row.detail for row in held.rows if row.kind == InterestType.AUTHOR}
    rows = [
        row
        for row in held.rows
        if row.kind == InterestType.PAPER and row.value not in form.taken_back
    ]
    rows += [
        InterestRow(
            kind=interest.kind,
            value=interest.value,
            wanted=interest.wanted,
            detail={} if interest.value in form.mixed_up else details.get(interest.value, {}),
        )
        for interest in form.named
    ]
    texts = dict(held.texts)
    there = {row.value for row in rows}
    room = MOST[InterestType.PAPER] - sum(row.kind == InterestType.PAPER for row in rows)
    for paper in form.papers:
        name = named_papers.name_of(paper)
        if name not in there and room <= 0:
            continue
        texts[name] = named_papers.text_so_far(session, name, paper, pages.clock())
        if name not in there:
            room -= 1
            rows.append(
                InterestRow(
                    kind=InterestType.PAPER, value=name, wanted=form.likes_papers, detail={}
                )
            )
    return NamedInterests(rows, texts)


def _page(token: str, said: _Said) -> str:
    """The form with what holds, or what was written; and the picks that come of it."""
    with pages.database.read() as session:
        subscriber = find_owner(session, pages.claim(PreferencesClaim, token))
        if subscriber is None:
            return pages.expired_page()
        held = NamedInterests.of(session, subscriber)
        chosen = _as_written(session, held, said.form) if said.unsaved else held
        if said.unsaved and not said.trouble:
            said = replace(said, trouble=_no_room(_beyond(held, said.form)))
        whose = subscriber.id, subscriber.email, subscriber.moves
        return pages.render(
            "web/interests.html",
            token=token,
            tune=pages.links.token_to(TuneClaim, *whose),
            feed=pages.links.token_to(PicksClaim, *whose),
            lists=said.lists or _lists(chosen.rows),
            papers=[
                (row, held.texts[row.value])
                for row in reversed(held.rows)
                if row.kind == InterestType.PAPER
            ],
            untold=sum(not (text.title or text.told_at) for text in chosen.texts.values()),
            unknown=sum(bool(text.told_at and not text.title) for text in chosen.texts.values()),
            told_apart=[row for row in chosen.rows if row.detail],
            days=issue_ranking().newest(session, subscriber, chosen),
            has_any=bool(chosen.rows),
            why=why_refused,
            entry_name=name_of,
            refused_shown=_REFUSED_SHOWN,
            form=said.form,
            said=said,
        )


def _lists(rows: Sequence[InterestRow]) -> dict[str, str]:
    """The text of each list, as it stands in its field."""
    return {
        name: "\n".join(row.value for row in rows if (row.kind, row.wanted) == (kind, wanted))
        for name, (kind, wanted) in LISTS.items()
    }
