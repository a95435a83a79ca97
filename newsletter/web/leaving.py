"""Confirm and unsubscribe, by signed link.

Scanners and mail programs follow links, so a GET only shows a button. The POST needs no cookie, no
login and no redirect (RFC 8058), and may come as often as it likes.
"""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, abort
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.models import Standing, SubscriberRow
from newsletter.subscribers import life
from newsletter.subscribers.links import Claim, Links, Purpose
from newsletter.web.pages import Pages

Clock = Callable[[], datetime]


def add_leaving(app: Flask, site: Pages, database: Database, links: Links, clock: Clock) -> None:
    """From one newsletter, for ever, and with the same kind answer for somebody long gone."""

    @app.get("/u/<token>")
    def ask_to_leave(token: str) -> str:
        claim = _claim(links, Purpose.UNSUBSCRIBE, token)
        say = site.language().gettext
        return site.asked(
            say("Leave %(title)s?") % {"title": site.title_of(claim.newsletter)},
            say("One click, and no more issues will come."),
            say("Unsubscribe"),
        )

    @app.post("/u/<token>")
    def leave(token: str) -> str:
        claim = _claim(links, Purpose.UNSUBSCRIBE, token)
        with database.write.begin() as session:
            subscriber = session.get(SubscriberRow, claim.subscriber_id)
            if subscriber is not None:
                life.leave(session, subscriber, claim.newsletter, clock())
        say = site.language().gettext
        return site.said(say("You are out"), say("Nothing more will come."))


def add_confirming(app: Flask, site: Pages, database: Database, links: Links, clock: Clock) -> None:
    """Only who was asked and has not answered yet is confirmed."""

    @app.get("/confirm/<token>")
    def ask_to_confirm(token: str) -> str:
        claim = _claim(links, Purpose.CONFIRM, token)
        titles = [site.title_of(slug) for slug in claim.newsletter.split("_")]
        say = site.language().gettext
        return site.asked(
            say("One click, and you are in"),
            say("You will get: %(titles)s.") % {"titles": ", ".join(titles)},
            say("Confirm"),
        )

    @app.post("/confirm/<token>")
    def confirm(token: str) -> str:
        claim = _claim(links, Purpose.CONFIRM, token)
        with database.write.begin() as session:
            confirmed = _confirm(session, claim, clock())
        say = site.language().gettext
        if not confirmed:
            return site.said(say("This link has had its day"), say("Please sign up again."))
        return site.said(say("You are in"), say("The next issue comes to you."))


def _claim(links: Links, purpose: Purpose, token: str) -> Claim:
    claim = links.read(purpose, token)
    if claim is None:
        abort(400)
    return claim


def _confirm(session: Session, claim: Claim, now: datetime) -> bool:
    """Whether they are confirmed now."""
    subscriber = session.get(SubscriberRow, claim.subscriber_id)
    if subscriber is None or claim.has_ended(now):
        return False
    if subscriber.standing == Standing.PENDING:
        life.confirm(session, subscriber, now)
    return subscriber.standing == Standing.CONFIRMED
