"""A server that sends a byte now and then keeps nobody for ever."""

from pathlib import Path
from typing import Literal

import pytest

from newsletter.config import SourceSettings
from newsletter.sources.base import SourceError
from newsletter.sources.http.adapter import PoliteAdapter
from newsletter.sources.http.session import PoliteSession
from tests.sources.recorder import Given, recording
from tests.sources.standin import Clock


@pytest.mark.parametrize("fault", ["dripping head", "dripping body", "stalled body"])
def test_what_drips_or_stalls_for_ever_is_no_answer_in_time_and_the_next_one_is_heard(
    fault: Literal["dripping head", "dripping body", "stalled body"], tmp_path: Path
) -> None:
    clock = Clock()
    settings = SourceSettings(timeout_s=0.03)
    with (
        recording() as arxiv_org,
        PoliteSession(PoliteAdapter(settings, "nobody", clock.sleep, clock, tmp_path)) as session,
    ):
        arxiv_org.answer = lambda _seen: Given(fault=fault)
        with pytest.raises(SourceError, match=r"127\.0\.0\.1: no answer in time \(4 tries\)"):
            session.fetch(arxiv_org.url)
        arxiv_org.answer = lambda _seen: Given(b"here")
        assert session.fetch(arxiv_org.url).content == b"here"
    assert len(arxiv_org.seen) == 5
