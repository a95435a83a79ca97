"""What readers do while an issue is being sent counts for whoever has not had their turn."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event

from sqlalchemy import select

from newsletter import bootstrap
from newsletter.cli.printing import output
from newsletter.daily_run import daily
from newsletter.daily_run.day_report import DayReport
from newsletter.models import DeliveryRow
from newsletter.rendering.message import Message
from newsletter.subscribers import suppression
from newsletter.subscribers.link_claims import EraseClaim
from newsletter.transports.base import SendResult
from newsletter.transports.memory import Memory
from tests.web.conftest import Site

PATIENCE_S = 60


class HeldUp(Memory):
    """Takes some mails, then none until it is let go."""

    at_once = 2

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after
        self.reached, self.go_on = Event(), Event()

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        for mail in mails:
            if len(self.sent) == self.after:
                self.reached.set()
                assert self.go_on.wait(PATIENCE_S)
            yield from super().send([mail])


def run(site: Site, transport: HeldUp) -> DayReport:
    settings = site.settings
    with bootstrap.open_services(settings, site.clock, output.progress_bar, lambda: False) as parts:
        return daily.run_day(replace(parts, transport=transport), settings.newsletters[0], None)


def test_who_leaves_pauses_complains_or_is_erased_in_the_middle_of_it_gets_nothing(
    site: Site,
) -> None:
    readers = [site.confirmed(f"reader{number}@reader.example") for number in range(10)]
    left, paused, complained, erased = readers[6:]
    links = bootstrap.signed_links(site.settings)
    transport = HeldUp(after=3)
    with ThreadPoolExecutor(1) as pool:
        report = pool.submit(run, site, transport)
        try:
            assert transport.reached.wait(PATIENCE_S)
            site.post(links.unsubscribe(left.id, "audio"))
            saved = site.post(
                links.preferences(paused.id, paused.email),
                newsletter=["audio"],
                language="en",
                pause="2025-08-01",
                **{"detail-audio": "brief"},
            )
            assert "Saved." in saved.text
            with site.database.write.begin() as session:
                suppression.suppress(session, complained.email, "complained", site.clock.now)
            site.post(links.url(EraseClaim(erased.id, site.clock.now + timedelta(days=1))))
        finally:
            transport.go_on.set()
        result = report.result(PATIENCE_S).result
    assert result is not None
    assert [mail.recipient for mail in transport.sent] == [each.email for each in readers[:6]]
    assert (result.account.audience, result.account.sent, result.account.skipped) == (10, 6, 4)
    with site.database.read() as session:
        skipped = select(DeliveryRow.reason).where(DeliveryRow.state == "skipped")
        assert set(session.scalars(skipped)) == {
            "left",
            "paused until 2025-08-01",
            "suppressed: complained",
            "erased",
        }
