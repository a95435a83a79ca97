"""Preferences, by signed link: newsletters, how much of each, language, a pause.

The link stands in every issue, and issues are forwarded. So it can do what its owner can undo, and
shows of the address only enough to know it by. One's data go to the mailbox and nowhere else, and a
change of address is told to the old one.
"""

from dataclasses import replace
from datetime import date, timedelta

from flask import Blueprint, abort, request
from sqlalchemy.orm import Session

from newsletter.config import DETAILS, LANGUAGES
from newsletter.models import Rhythm, Standing, SubscriberRow
from newsletter.reader_locks import lock_reader
from newsletter.rendering.issue_entry import IssueSection
from newsletter.subscribers import lifecycle, preferences
from newsletter.subscribers.link_claims import ALL, PreferencesClaim, UnsubscribeClaim
from newsletter.subscribers.preferences import PreferenceChanges
from newsletter.web.pages import gettext, pages

blueprint = Blueprint("preferences", __name__)

_OPTIONAL = (IssueSection.CROSS, IssueSection.REPLACE)
_LONGEST_PAUSE = timedelta(days=366)


@blueprint.get("/preferences/<token>")
def show_preferences(token: str) -> str:
    claim = pages.claim(PreferencesClaim, token)
    with pages.database.read() as session:
        subscriber = find_owner(session, claim)
        return _preferences_page(session, subscriber, token) if subscriber else pages.expired_page()


@blueprint.post("/preferences/<token>")
def save_preferences(token: str) -> tuple[str, int]:
    claim = pages.claim(PreferencesClaim, token)
    press = pages.press()  # before the transaction: it keeps a doubt in one of its own
    today = pages.clock().date()
    with pages.database.row_locked.begin() as session:
        subscriber = lock_owner(session, claim)
        if subscriber is None:
            return pages.expired_page(), 200
        if not press.counts and not press.doubt:
            return _preferences_page(session, subscriber, token), 200
        choice, at_fault, trouble = _parse_form(today)
        if not press.counts:
            again = gettext("Machines press buttons too. Press it once more.")
            at_fault, trouble = "", pages.once_more(again)
        if trouble:
            slip = (choice, at_fault, trouble)
            return _preferences_page(session, subscriber, token, slip=slip), 400
        _save(session, subscriber, choice)
        return _preferences_page(session, subscriber, token, saved=True), 200


def find_owner(session: Session, claim: PreferencesClaim) -> SubscriberRow | None:
    """The reader whose preferences these are; None where they left, moved or were erased."""
    subscriber = session.get(SubscriberRow, claim.subscriber_id)
    if subscriber is None or subscriber.standing != Standing.CONFIRMED:
        return None
    return subscriber if pages.links.is_to(subscriber.email, subscriber.moves, claim) else None


def lock_owner(session: Session, claim: PreferencesClaim) -> SubscriberRow | None:
    """The same reader, locked for a change."""
    lock_reader(session, claim.subscriber_id)
    return find_owner(session, claim)


def has_owner(token: str) -> bool:
    """Whether a preferences link still has an owner; 400 for one that is none of ours."""
    claim = pages.claim(PreferencesClaim, token)
    with pages.database.read() as session:
        return find_owner(session, claim) is not None


def mask_address(address: str) -> str:
    """Enough to know one's own address by, too little to learn another's."""
    local, _, domain = address.rpartition("@")
    return f"{local[0]}•••@{domain}"


def _parse_form(today: date) -> tuple[PreferenceChanges, str, str]:
    """The choices in the form, the faulty field, and the fault."""
    form = request.form
    slugs = [slug for slug in pages.newsletters if slug in form.getlist("newsletter")]
    details = {slug: form.get(f"detail-{slug}", "") for slug in slugs}
    language = form.get("language", "")
    if language not in LANGUAGES or not set(details.values()) <= set(DETAILS):
        abort(400)
    left_out = {
        slug: " ".join(
            section for section in _OPTIONAL if section in form.getlist(f"without-{slug}")
        )
        for slug in slugs
    }
    rhythms = {slug: form[f"rhythm-{slug}"] for slug in slugs if form.get(f"rhythm-{slug}")}
    if not set(rhythms.values()) <= set(Rhythm):
        abort(400)
    choice = PreferenceChanges(details, language, None, left_out, rhythms)
    if not slugs:
        return choice, "newsletter", gettext("No newsletter is chosen. To leave, press Leave.")
    try:
        pause = date.fromisoformat(form["pause"]) if form.get("pause") else None
    except ValueError:
        return choice, "pause", gettext("This is no day; write it 2025-07-11.")
    if pause is not None and pause > today + _LONGEST_PAUSE:
        return choice, "pause", gettext("A pause can last a year at most.")
    return replace(choice, paused_until=pause if pause and pause >= today else None), "", ""


def rhythm_name(rhythm: Rhythm) -> str:
    """A rhythm as its reader chooses it."""
    if rhythm is Rhythm.DAILY:
        return gettext("Every day")
    if rhythm is Rhythm.PICKS:
        return gettext("Only when something is for me")
    weekday = pages.language().weekday(rhythm.weekday or 0)
    return gettext("Once a week, on %(weekday)s") % {"weekday": weekday}


def _save(session: Session, subscriber: SubscriberRow, choice: PreferenceChanges) -> None:
    offered = {slug: newsletter.detail for slug, newsletter in pages.newsletters.items()}
    evidence = pages.evidence(gettext("Save"))
    preferences.change_preferences(session, subscriber, choice, offered, evidence, pages.clock())


def _preferences_page(
    session: Session,
    subscriber: SubscriberRow,
    token: str,
    *,
    saved: bool = False,
    slip: tuple[PreferenceChanges, str, str] | None = None,
) -> str:
    """The page with the saved preferences; after a slip, with the choices just made."""
    active = lifecycle.active_subscriptions(session, subscriber)
    today = pages.clock().date()
    details = {slug: subscription.detail for slug, subscription in active.items()}
    tried, at_fault, trouble = slip or (None, "", "")
    wanted = details if tried is None else tried.details
    left_out = (
        {slug: subscription.left_out for slug, subscription in active.items()}
        if tried is None
        else tried.left_out
    )
    rhythms = {slug: subscription.rhythm for slug, subscription in active.items()}
    if tried is not None:
        rhythms |= tried.rhythms
    pause = preferences.paused_until(session, subscriber, today)
    return pages.render(
        "web/preferences.html",
        address=mask_address(subscriber.email),
        newsletters=[
            (
                newsletter,
                {slug: newsletter.detail, **details, **wanted}[slug],
                left_out.get(slug, "").split(),
                slug in wanted,
                rhythms.get(slug, Rhythm.DAILY),
            )
            for slug, newsletter in pages.newsletters.items()
        ],
        chosen_language=subscriber.language if tried is None else tried.language,
        pause=pause if tried is None else request.form.get("pause"),
        rhythms=[(value, rhythm_name(value)) for value in Rhythm],
        today=today,
        furthest=today + _LONGEST_PAUSE,
        token=token,
        leave_token=pages.links.token(UnsubscribeClaim(subscriber.id, ALL)),
        saved=saved,
        at_fault=at_fault,
        trouble=trouble,
    )
