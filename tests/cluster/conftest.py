"""Workers that run within a test."""

from collections.abc import Iterator

import pytest

from newsletter.cluster.watchdog import Watchdog


@pytest.fixture(autouse=True)
def _no_watchdog_outlives_its_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of a worker that fails it stays until the process ends, and would speak in another test."""
    started: list[Watchdog] = []
    start = Watchdog.start

    def note_and_start(watchdog: Watchdog) -> None:
        started.append(watchdog)
        start(watchdog)

    monkeypatch.setattr(Watchdog, "start", note_and_start)
    yield
    for watchdog in started:
        watchdog.stop()
