"""Sign up, and confirm from one's own mailbox.

The answer to the form says nothing about the address, and takes the same work whatever it is: one
row is written, and the outbox worker looks at it afterwards.
"""

import math
from datetime import timedelta

from flask import Blueprint, redirect, request
from sqlalchemy.orm import Session
from werkzeug import Response

from newsletter import outbox
from newsletter.errors import WrongUseError
from newsletter.issues import issue_queries
from newsletter.models import Standing, SubscriberRow
from newsletter.outbox import EmailType
from newsletter.reader_locks import lock_reader
from newsletter.subscribers import consent_log, form_limits, lifecycle, signups, suppression
from newsletter.subscribers.addresses import normalize_address
from newsletter.subscribers.consent_log import ConsentAction
from newsletter.subscribers.form_limits import LimitKey
from newsletter.subscribers.link_claims import ConfirmClaim
from newsletter.subscribers.signups import SignupLimits, SignupRequest
from newsletter.web.issue_archive.archive import home_page
from newsletter.web.pages import gettext, pages

blueprint = Blueprint("signup", __name__)

HONEYPOT = "website"  # a field that no person sees

Answer = str | tuple[str, int] | tuple[str, int, dict[str, str]]
_AN_HOUR = timedelta(hours=1)


@blueprint.post("/")
def sign_up() -> Answer:
    if not pages.settings.signup.open:
        return pages.message_page(gettext("The list is closed for now")), 403
    if request.form.get(HONEYPOT):
        return _inbox_page()
    slugs = [slug for slug in pages.newsletters if slug in request.form.getlist("newsletter")]
    entered = request.form.get("email", "")[:320]
    try:
        address = normalize_address(entered)
    except WrongUseError:
        trouble = gettext("This is no e-mail address that we can write to.")
        return home_page(trouble, "email", entered, slugs), 400
    if not slugs:
        trouble = gettext("Choose at least one newsletter.")
        return home_page(trouble, "newsletter", entered, slugs), 400
    return _queue_signup(address, slugs)


# Only who was asked and has not answered yet is confirmed, for what the link names.
@blueprint.get("/confirm/<token>")
def ask_to_confirm(token: str) -> str:
    claim = pages.claim(ConfirmClaim, token)
    if claim.has_ended(pages.clock()):
        return _expired_page(token)
    return pages.confirm_page(
        gettext("One click, and you are in"),
        _titles_text(claim),
        button=gettext("Confirm"),
    )


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> str:
    claim = pages.claim(ConfirmClaim, token)
    if claim.has_ended(pages.clock()) or not pages.press().counts:
        return ask_to_confirm(token)
    with pages.database.row_locked.begin() as session:
        subscriber = lock_reader(session, claim.subscriber_id)
        confirmed = subscriber is not None and _confirm(session, subscriber, claim)
        named = [slug for slug in claim.newsletters if slug in pages.newsletters]
        newest = issue_queries.newest_days(session, named)
    if not confirmed:
        return pages.expired_page()
    pages.wake()
    latest = max(newest, key=lambda slug: newest[slug], default=None)
    return pages.message_page(
        gettext("You are in"),
        gettext("The next issue comes to you. A welcome is on its way."),
        onward=(
            pages.path("issue", slug=latest, day=newest[latest]) if latest else pages.path("home"),
            gettext("Read the latest issue"),
        ),
    )


@blueprint.get("/confirm/<token>/again")
def look_again(token: str) -> Response:
    pages.claim(ConfirmClaim, token)
    return redirect(pages.path("ask_to_confirm", token=token))


@blueprint.post("/confirm/<token>/again")
def send_another(token: str) -> Answer:
    claim = pages.claim(ConfirmClaim, token)
    with pages.database.read() as session:
        subscriber = session.get(SubscriberRow, claim.subscriber_id)
    slugs = [slug for slug in claim.newsletters if slug in pages.newsletters]
    if subscriber is None or not slugs:
        return _inbox_page()
    return _queue_signup(subscriber.email, slugs)


def _queue_signup(address: str, slugs: list[str]) -> Answer:
    """Put it into the queue, within what one network may do."""
    now, settings, network = pages.clock(), pages.settings.signup, pages.network()
    with pages.database.row_locked.begin() as session:
        exhausted = form_limits.consume(
            session, [LimitKey(SignupLimits(settings).network, network)], now
        )
        request_ = SignupRequest(
            address, slugs, pages.language().language, _consent_text(), network
        )
        open_again = exhausted and form_limits.opens_again(session, exhausted)
        is_queued = exhausted is None and signups.request_signup(session, request_, settings, now)
    if exhausted is not None:
        why = gettext("Too many sign-ups came from your network")
        return _busy_page(429, why, (open_again or now + _AN_HOUR) - now)
    if not is_queued:
        return _busy_page(503, gettext("Too many people sign up just now"), _AN_HOUR)
    pages.wake()
    return _inbox_page()


def _busy_page(status: int, why: str, wait: timedelta) -> Answer:
    page = pages.message_page(gettext("Please try again in an hour"), f"{why}.")
    return page, status, {"Retry-After": str(math.ceil(wait.total_seconds()))}


def _inbox_page() -> str:
    return pages.message_page(
        gettext("Look into your inbox"),
        gettext("If this address can be signed up, a mail to it is on its way. Press its button."),
        gettext("Nothing there in ten minutes? Look into the spam folder. One mail a day is all."),
    )


def _expired_page(token: str) -> str:
    return pages.message_page(
        gettext("This link has had its day"),
        gettext("Nothing is lost: a new one can be on its way in a moment."),
        form=(pages.path("send_another", token=token), gettext("Send me a new one")),
    )


def _confirm(session: Session, subscriber: SubscriberRow, claim: ConfirmClaim) -> bool:
    """Make them a reader of what their link names; whether they are one now."""
    now = pages.clock()
    newsletters = pages.newsletters
    wanted = {slug: newsletters[slug].detail for slug in claim.newsletters if slug in newsletters}
    if subscriber.standing == Standing.LEFT or not wanted:
        return False  # they left after this link was made: an old yes is none
    reason = suppression.suppression_reason(session, subscriber.email)
    if reason is not None and not suppression.lifted_by_consent(reason):
        return False
    before = (
        set(lifecycle.active_subscriptions(session, subscriber))
        if subscriber.confirmed_at
        else set()
    )
    if subscriber.standing == Standing.CONFIRMED and before >= wanted.keys():
        return True
    lifecycle.confirm_subscriptions(session, subscriber, wanted, now)
    signups.reset_limits(session, pages.settings.signup, subscriber.email)
    evidence = pages.evidence(_titles_text(claim))
    consent_log.record_consent(
        session, subscriber, ConsentAction.CONFIRMED, list(wanted), evidence, now
    )
    outbox.enqueue(session, EmailType.WELCOME, subscriber, now)
    return True


def _titles_text(claim: ConfirmClaim) -> str:
    titles = [pages.title_of(slug) for slug in claim.newsletters]
    return gettext("You will get: %(titles)s.") % {"titles": ", ".join(titles)}


def _consent_text() -> str:
    """The words beside the button of the form."""
    return gettext("We ask by mail first; leaving takes one click.")
