"""Checks whether the targets of [notify] take their notices."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from newsletter import notice_queue
from newsletter.config import NotifySettings, Settings
from newsletter.database.db import Database
from newsletter.finding import Finding, Severity
from newsletter.network.hosts import is_this_machine
from newsletter.notice_queue import Backlog
from newsletter.text import counted

_PART = "notify"


def check(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """The state of each target; empty without targets."""
    with database.read() as session:
        backlogs = notice_queue.backlogs(session, list(settings.notify))
    for backlog in backlogs:
        target = settings.notify.get(backlog.name)
        if target is None:
            number = counted(backlog.waiting + backlog.given_up, "notice")
            text = f"{number} for {backlog.name}, which [notify] does not name any more"
            yield Finding(_PART, Severity.WARNING, f"{text}; they are forgotten after a month")
            continue
        yield _state(backlog, now, settings.alarm.notices_h)
        if _goes_in_the_clear(target):
            text = f"{backlog.name} is told over plain http, which others can read; give it https"
            yield Finding(_PART, Severity.WARNING, text)


def _state(backlog: Backlog, now: datetime, alarm_h: float) -> Finding:
    again = f"`newsletter notify retry {backlog.name}`"
    if backlog.trouble is not None:
        trouble = backlog.trouble
        is_long = alarm_h > 0 and backlog.waiting and now - trouble.since > timedelta(hours=alarm_h)
        text = (
            f"{backlog.name} takes nothing since {trouble.since:%F %R} UTC ({trouble.words});"
            f" {backlog.waiting} wait, {backlog.given_up} were given up. Mend it, then {again}"
        )
        return Finding(_PART, Severity.TROUBLE if is_long else Severity.WARNING, text)
    if backlog.given_up:
        text = f"{counted(backlog.given_up, 'notice')} for {backlog.name} were given up; {again}"
        return Finding(_PART, Severity.WARNING, text)
    return Finding(_PART, Severity.OK, f"{backlog.name}: {backlog.waiting} waiting")


def _goes_in_the_clear(target: NotifySettings) -> bool:
    """Whether addresses leave for a machine beyond the operator's own network unencrypted."""
    parts = urlsplit(target.url.get_secret_value())
    host = parts.hostname or ""
    try:
        is_near = ip_address(host).is_private
    except ValueError:
        is_near = "." not in host or host.endswith((".local", ".internal"))
    return parts.scheme == "http" and not (is_near or is_this_machine(host))
