"""The browser, started once for all the gates of a process."""

from collections.abc import Iterator

import pytest

from tests.gates.browser import Eyes, opened_eyes


@pytest.fixture(scope="session")
def eyes() -> Iterator[Eyes]:
    with opened_eyes() as opened:
        yield opened
