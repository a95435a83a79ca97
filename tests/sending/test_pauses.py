"""How long nobody is sent to while the provider is in trouble."""

from datetime import timedelta

from newsletter.database.db import Database
from newsletter.sending import pauses
from tests.conftest import NOW


def test_pauses_for_the_provider_grow_up_to_a_bound_and_end_with_success(
    database: Database,
) -> None:
    with database.write.begin() as session:
        waits = [pauses.pause_sending(session, "HTTP 503", None, NOW) - NOW for _ in range(12)]
        assert [wait.total_seconds() / 60 for wait in waits[:6]] == [1, 2, 4, 8, 16, 30]
        assert max(waits) == timedelta(minutes=30)
        assert pauses.sending_pause(session, NOW) is not None
        assert pauses.sending_pause(session, NOW + timedelta(hours=1)) is None
        assert (
            pauses.sending_pause(session, NOW - timedelta(days=1)) is None
        )  # the clock was set back
        pauses.resume_sending(session, NOW)
        assert pauses.sending_pause(session, NOW) is None
        assert pauses.pause_sending(session, "HTTP 503", None, NOW) - NOW == timedelta(minutes=1)
