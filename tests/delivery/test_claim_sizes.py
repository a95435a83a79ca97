"""How many mails are claimed together, by how long the last ones took."""

import pytest

from newsletter.sending.claim_sizer import ClaimSizer


def sizes(most: int, took_s: float, number: int = 6) -> list[int]:
    sizer = ClaimSizer(most)
    numbers = []
    for step in range(number):
        numbers.append(sizer.next(step * took_s))
        sizer.claimed(step * took_s)
    return numbers


@pytest.mark.parametrize("took_s", [0.01, 0.8, 2.5, 30.0])
def test_requests_grow_to_their_full_size_however_slow_the_provider_is(took_s: float) -> None:
    assert sizes(1000, took_s) == [10, 100, 1000, 1000, 1000, 1000]


def test_after_a_lost_answer_requests_begin_small_again_and_grow_slowly() -> None:
    sizer = ClaimSizer(1000)
    assert [sizer.next(0), sizer.next(1)] == [10, 100]
    sizer.restart()
    assert [sizer.next(2), sizer.next(3), sizer.next(4)] == [10, 20, 40]


def test_single_mails_are_claimed_in_fewer_where_they_are_slow_but_enough_for_all_connections() -> (
    None
):
    assert sizes(100, 0.1) == [16, 32, 64, 100, 100, 100]
    assert sizes(200, 5.0)[-1] == 100
