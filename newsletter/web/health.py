"""/healthz: what a monitor asks. 503 only where somebody has to act.

What is trouble, `health.watched` says, as for `newsletter check`. Strangers hear ok or trouble: how
many letters wait would tell them who got one. Who bears the token of [metrics] hears why.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from newsletter import health, issues, outbox, schema
from newsletter.finding import Finding, Severity
from newsletter.web.metrics import has_token
from newsletter.web.pages import pages

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """The database is only read: no write lock is taken, so none is waited for."""
    now = pages.clock()
    found = health.watched(pages.settings, pages.database, now)
    figures: dict[str, Any] = {}
    if health.is_readable(found):
        found += health.asked("database", lambda: _read_into(figures, now))
    ill = any(finding.level is Severity.TROUBLE for finding in found)
    status: dict[str, Any] = {"status": "trouble" if ill else "ok"}
    if has_token():
        status["findings"] = [vars(each) for each in found if each.level is not Severity.OK]
        status |= figures
    return jsonify(status), 503 if ill else 200


def _read_into(figures: dict[str, Any], now: datetime) -> Iterable[Finding]:
    with pages.database.read() as session:
        newest = issues.newest_days(session, list(pages.newsletters))
        letters, _ = outbox.backlog(session)
    figures |= {
        "tables": schema.head(),
        "newest_issue": {slug: str(day) for slug, day in newest.items()},
        "newest_issue_age_days": {slug: (now.date() - day).days for slug, day in newest.items()},
        "letters_waiting": letters,
    }
    return ()
