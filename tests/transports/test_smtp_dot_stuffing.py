"""Dots at line starts, whatever pieces a message comes in."""

import smtplib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.transports.smtp.dot_stuffing import dot_stuff
from tests.transports.smtp_standins import mail_to

LINES = st.lists(st.sampled_from([b"", b".", b"..", b".a", b"a.", b"a" * 1500, b"." * 1100]))


@given(LINES, st.lists(st.integers(0, 8000)), st.sampled_from([bytes, memoryview]))
def test_pieces_are_stuffed_as_the_whole_would_be(
    lines: list[bytes], cuts: list[int], kind: type[bytes] | type[memoryview]
) -> None:
    message = b"".join(line + b"\r\n" for line in lines)
    edges = [0, *sorted(min(cut, len(message)) for cut in cuts), len(message)]
    whole = kind(message)
    pieces = [whole[start:end] for start, end in pairwise(edges)]
    expected = smtplib._quote_periods(message)  # type: ignore[attr-defined]
    assert b"".join(dot_stuff(pieces)) == expected + b".\r\n"


def test_a_message_without_a_last_line_end_gets_one() -> None:
    assert b"".join(dot_stuff([b"Subject: x\r\n\r", b"\n.a"])) == b"Subject: x\r\n\r\n..a\r\n.\r\n"


@pytest.mark.parametrize("recipient", ["ada@reader.example", ".@dots.example", "a..b@x.example"])
def test_our_own_mails_need_no_dot_doubled(recipient: str) -> None:
    message = mail_to(recipient).as_bytes()
    assert b"".join(dot_stuff(mail_to(recipient).pieces())) == message + b".\r\n"
