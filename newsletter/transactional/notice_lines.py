"""Words for mails to the operator on readers who came and left; in English, as commands are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import SubscriberRow
from newsletter.rendering.transactional_email import NoticeLine

MOST_LINES = 50  # of one mail; of what is more, it tells the number
_ONE = {
    "confirmed": "subscribed to {titles}",
    "came_back": "took leaving {titles} back",
    "left": "left {titles}",
    "moved": "is the new address of {old} ({titles})",
    "erased": "was erased here; please forget them, too ({titles})",
}
_MANY = {
    "confirmed": "subscribed",
    "came_back": "came back",
    "left": "left",
    "moved": "moved to another address",
    "erased": "erased",
}
_WAYS = {
    "page": "on the page",
    "one-click": "by one click",
    "mail": "by mail",
    "provider": "by word of their provider",
    "complaint": "by a complaint",
    "operator": "by the operator",
    "api": "by a program",
}


def heading_of(events: Sequence[Mapping[str, Any]], lines: Sequence[NoticeLine]) -> str:
    """The subject: the single event, or how often each kind happened."""
    if len(events) == 1:
        return f"{lines[0].who} {lines[0].what}"
    counts = Counter(event["kind"] for event in events)
    return ", ".join(f"{counts[kind]} {words}" for kind, words in _MANY.items() if counts[kind])


def lines_of(
    session: Session, events: Sequence[Mapping[str, Any]], titles: Mapping[str, str]
) -> list[NoticeLine]:
    """A line for each event: who, what, how and when; an erased reader has no address here."""
    shown = events[:MOST_LINES]
    numbers = {event[name] for event in shown for name in ("subscriber", "old") if event[name]}
    rows = session.scalars(select(SubscriberRow).where(SubscriberRow.id.in_(numbers)))
    emails = {row.id: row.email for row in rows}
    return [_line(event, emails, titles) for event in shown]


def _line(
    event: Mapping[str, Any], emails: Mapping[int, str], titles: Mapping[str, str]
) -> NoticeLine:
    number = event["subscriber"]
    named = ", ".join(titles.get(slug, slug) for slug in event["newsletters"])
    old = emails.get(event["old"] or 0, "somebody who is erased")
    facts = [f"{datetime.fromisoformat(event['at']):%F %H:%M} UTC"]
    facts += [_WAYS.get(event["way"], event["way"])] if event["way"] else []
    facts += [f"perhaps a machine ({event['doubt']})"] if event["doubt"] else []
    return NoticeLine(
        emails.get(number) or event.get("email", f"Subscriber {number}"),
        _ONE[event["kind"]].format(titles=named, old=old),
        " · ".join(facts),
    )
