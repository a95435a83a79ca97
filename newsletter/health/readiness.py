"""Is this installation ready? `newsletter check` asks, and nobody else.

Each check stays in the layer that it looks after; here are the lists. `DEEP_CHECKS` read more of
the database than the quick ones do. `LIVE_CHECKS` need no database, and most ask other machines.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from functools import partial

from newsletter import bootstrap
from newsletter.config import Settings, check_environment
from newsletter.feedback import mailbox_health
from newsletter.finding import Finding, Severity
from newsletter.health import deliverability, ping, public_address, quick_checks, storage
from newsletter.interests import health as interests_health
from newsletter.rendering import health as rendering_health
from newsletter.sending import health as sending_health
from newsletter.summaries import llm_budget
from newsletter.summaries.language_model.reply import LONGEST_WAIT_S
from newsletter.text import brief

LiveCheck = Callable[[Settings, datetime], Iterable[Finding]]

_WITHIN_S = 90.0  # all live checks together; most take a second
_SAID_AFTER_S = 5.0  # what takes longer than that is named
Waiting = Callable[[str], None]  # hears what is waited for


def check(
    settings: Settings, now: datetime, waiting: Waiting = lambda _: None
) -> Iterator[Finding]:
    """Ask every part; a check that fails is a finding, not the end.

    The live checks run at the same time, each in a thread; one not over in 90 s is a finding too,
    but a model has the time that a run leaves it.
    """
    started_s = time.monotonic()
    running_checks = [
        _Running(name, live_check, settings, now) for name, live_check in LIVE_CHECKS.items()
    ]
    for running in running_checks:
        running.start()
    yield from quick_checks.asked("database", partial(_ask_database, settings, now))
    for running in running_checks:
        running.wait(started_s, waiting)
        yield from running.findings or [running.endless]


def _ask_database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The checks that need the database; if it cannot be opened, that is the one finding."""
    with bootstrap.open_database(settings) as database:
        watched = {
            name: ask for name, ask in quick_checks.QUICK_CHECKS.items() if name not in LIVE_CHECKS
        }
        yield from quick_checks.findings(DEEP_CHECKS | watched, settings, database, now)


class _Running(threading.Thread):
    """A live check in a thread; `wait` waits for it within its time."""

    def __init__(self, name: str, check: LiveCheck, settings: Settings, now: datetime) -> None:
        super().__init__(name=name, daemon=True)
        self._ask = partial(check, settings, now)
        self.findings: tuple[Finding, ...] | None = None
        self._within_s = _patience_s(settings) if name == "summarizer" else _WITHIN_S
        self.endless = Finding(name, Severity.TROUBLE, f"no end within {self._within_s:.0f} s")

    def wait(self, started_s: float, waiting: Waiting) -> None:
        self.join(max(0.0, started_s + min(_SAID_AFTER_S, self._within_s) - time.monotonic()))
        if self.is_alive():
            waiting(f"waiting for {self.name}, at most {self._within_s:.0f} s")
            self.join(max(0.0, started_s + self._within_s - time.monotonic()))

    def run(self) -> None:
        try:
            self.findings = tuple(quick_checks.asked(self.name, self._ask)) or (
                Finding(self.name, Severity.OK, "nothing to try"),
            )
        except Exception as error:  # noqa: BLE001 - a stranger's part, or a bug of ours
            text = f"cannot be tried: {type(error).__name__}: {brief(error)}"
            self.findings = (Finding(self.name, Severity.TROUBLE, text),)


def _patience_s(settings: Settings) -> float:
    """Two tries to their end, and the wait between them."""
    return max(_WITHIN_S, 2 * settings.summarizer.timeout_s + LONGEST_WAIT_S)


def _check_transport(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check the transport; if it cannot be built, the reason is the finding. So below."""
    with closing(bootstrap.load_transport(settings)) as transport:
        yield from transport.check_health(settings, now)


def _check_source(settings: Settings, now: datetime) -> Iterable[Finding]:
    return bootstrap.load_source(settings).check_health(settings, now)


def _check_summarizer(settings: Settings, now: datetime) -> Iterator[Finding]:
    with closing(bootstrap.load_summarizer(settings)) as summarizer:
        if not summarizer.quotes:
            llm_budget.from_settings(settings.summarizer)
        yield from summarizer.check_health(settings, now)


DEEP_CHECKS: dict[str, quick_checks.Check] = {
    "database": storage.check_writable,
    "counters": sending_health.audit,
    "interests": interests_health.audit,
}
LIVE_CHECKS: dict[str, LiveCheck] = {
    "environment": check_environment,
    "disk": storage.check_room,
    "secrets": storage.check_secrets,
    "templates": rendering_health.check_templates,
    "site": public_address.check,
    "transport": _check_transport,
    "alarm": ping.check_ping,
    "domain": deliverability.check,
    "mailbox": mailbox_health.check,
    "source": _check_source,
    "summarizer": _check_summarizer,
}
