"""Killed with SIGKILL in the middle of sending, then run again: nobody lost, nobody twice."""

from pathlib import Path

import pytest

from tests.sending.killing import killed_until_done

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("senders", "kills"), [(1, 5), (2, 4), (4, 4)])
def test_killed_again_and_again_everybody_gets_theirs_once(
    tmp_path: Path, senders: int, kills: int
) -> None:
    found = killed_until_done(tmp_path, readers=200, kills=kills, senders=senders, seed=senders)
    assert found.kills >= kills
    assert found.complaints() == []
    assert sum(found.taken.values()) + found.account.uncertain >= found.account.audience
