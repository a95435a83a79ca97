"""Sending is tried with a short day: what matters is who gets it."""

import pytest


@pytest.fixture(autouse=True)
def _of_a_short_day(short_day: None) -> None:
    """See `short_day`."""
