"""How many mails are claimed together, by how long the last ones took."""

import pytest

from newsletter.sending.claiming.claim_sizer import ClaimPace, ClaimSizer
from newsletter.transports.base import WireLimits


def sizes(most: int, took_s: float, number: int = 6) -> list[int]:
    sizer = ClaimSizer(most)
    numbers = []
    for step in range(number):
        numbers.append(sizer.next(step * took_s))
        sizer.claimed(step * took_s)
        get_through(sizer, numbers[-1])
    return numbers


def get_through(sizer: ClaimSizer, number: int) -> None:
    for _ in range(number):
        sizer.got_through()


def growing(sizer: ClaimSizer, number: int) -> list[int]:
    """The sizes of so many requests that are all taken."""
    numbers = []
    for _ in range(number):
        numbers.append(sizer.next(0))
        get_through(sizer, numbers[-1])
    return numbers


@pytest.mark.parametrize("took_s", [0.01, 0.8, 2.5, 30.0])
def test_requests_grow_to_their_full_size_however_slow_the_provider_is(took_s: float) -> None:
    assert sizes(1000, took_s, 9) == [10, 20, 40, 80, 160, 320, 640, 1000, 1000]


def test_a_short_list_is_never_at_risk_as_a_whole() -> None:
    sizer = ClaimSizer(1000)
    sizer.begin_issue(300)
    assert growing(sizer, 4) == [10, 20, 30, 30]
    sizer.begin_issue(7)
    assert sizer.next(0) == 10


def test_after_a_lost_answer_one_reader_is_asked_with_and_only_good_answers_make_them_more() -> (
    None
):
    sizer = ClaimSizer(1000)
    assert growing(sizer, 2) == [10, 20]
    sizer.restart()
    sizer.restart()  # another reader of the same request
    assert growing(sizer, 7) == [1, 1, 2, 2, 4, 4, 8]


def test_after_each_further_loss_more_must_get_through_until_requests_are_as_large_as_before() -> (
    None
):
    sizer = ClaimSizer(1000)
    sizer.restart()
    assert growing(sizer, 1) == [1]
    for needed in (10, 50, 100, 100):
        sizer.restart()
        assert growing(sizer, needed) == [1] * needed
        assert growing(sizer, 3) == [2, 2, 4]
    while sizer.next(0) < 1000:
        get_through(sizer, 1)
    sizer.restart()
    assert growing(sizer, 3) == [1, 1, 2]


def test_a_run_after_one_that_lost_answers_stays_at_one_reader_until_many_got_through() -> None:
    sizer = ClaimSizer(1000)
    sizer.begin_issue(20_000, lost_before=True)
    assert sizer.wire_limits == WireLimits(1, 1)
    assert growing(sizer, 105) == [1] * 100 + [2, 2, 4, 4, 8]


def test_where_only_large_requests_are_lost_they_stay_smaller_after_the_second() -> None:
    sizer = ClaimSizer(1000)
    lost = 0
    for _ in range(60):
        size = sizer.wire_limits.in_request
        if size > 50:
            sizer.restart()
            lost += size
        else:
            get_through(sizer, size)
    assert lost == 80 + 64
    assert sizer.wire_limits.in_request == 32
    tries = 0
    while sizer.wire_limits.in_request == 32:
        get_through(sizer, 32)
        tries += 1
    assert 40 < tries <= 100


def test_what_did_not_get_through_makes_no_request_larger() -> None:
    sizer = ClaimSizer(1000)
    assert [sizer.next(0) for _ in range(3)] == [10, 10, 10]
    get_through(sizer, 9)
    assert sizer.next(0) == 10
    get_through(sizer, 1)
    assert sizer.next(0) == 20


def test_single_mails_are_claimed_in_fewer_where_they_are_slow_but_enough_for_all_connections() -> (
    None
):
    assert sizes(100, 0.1) == [16, 32, 64, 100, 100, 100]
    assert sizes(400, 5.0)[-1] == 100


@pytest.mark.parametrize(
    ("readers", "last"), [(2000, WireLimits(200, 400)), (20_000, WireLimits(1000, 4000))]
)
def test_several_requests_go_out_once_as_many_got_through_and_one_after_trouble(
    readers: int, last: WireLimits
) -> None:
    sizer = ClaimSizer(4000)
    sizer.begin_issue(readers)
    through = 0
    while sizer.wire_limits != last:
        assert sizer.wire_limits.altogether <= through + 10
        get_through(sizer, 10)
        through += 10
        assert through < readers
    get_through(sizer, readers)
    assert sizer.wire_limits == last
    sizer.restart()
    assert sizer.wire_limits == WireLimits(1, 1)


@pytest.mark.parametrize(
    ("a_second", "in_hand"), [(2, 8), (18, 9), (100, 50), (390, 195), (5000, 200)]
)
def test_among_machines_no_more_is_in_hand_than_leaves_in_half_a_second_or_all_connections_carry(
    a_second: int, in_hand: int
) -> None:
    sizer = ClaimSizer(200, pace=ClaimPace(200, 4))
    assert sizer.next(0.0) == 8
    held = most = 8
    for step in range(1, 5 * a_second):
        sizer.answered()
        held += sizer.next(step / a_second, held - 1) - 1
        if step > a_second:
            most = max(most, held)
    assert in_hand <= most <= in_hand + 2
    sizer.restart()
    assert sizer.next(9.0) == 8
