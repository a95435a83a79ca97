"""Octets of an SMTP server become replies, however they are cut, and whatever they are."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.transports.smtp.replies import NO_REPLY, ReplyParser, describe_reply

LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40).map(str.strip)
REPLIES = st.tuples(st.integers(200, 599), st.lists(LINES, min_size=1, max_size=4))


def heard(octets: bytes, cuts: list[int]) -> list[tuple[int, bytes]]:
    replies, found = ReplyParser(), []
    for start, end in pairwise(
        sorted({0, *(cut % (len(octets) + 1) for cut in cuts), len(octets)})
    ):
        replies.feed(octets[start:end])
        while (reply := replies.next()) is not None:
            found.append(reply)
    return found


def said(code: int, lines: list[str]) -> bytes:
    *before, last = lines
    told = [*(f"{code}-{line}" for line in before), f"{code} {last}"]
    return "".join(f"{line}\r\n" for line in told).encode()


@given(st.lists(REPLIES, max_size=4), st.lists(st.integers(0, 9999), max_size=9))
@pytest.mark.slow
def test_replies_are_the_same_however_the_network_cuts_them(
    replies: list[tuple[int, list[str]]], cuts: list[int]
) -> None:
    octets = b"".join(said(*each) for each in replies)
    assert heard(octets, cuts) == [
        (code, b"\n".join(line.encode().strip() for line in lines)) for code, lines in replies
    ]


@given(st.binary(max_size=300), st.lists(st.integers(0, 9999), max_size=9))
def test_whatever_comes_is_a_reply_or_none(octets: bytes, cuts: list[int]) -> None:
    for code, _ in heard(octets, cuts):
        assert code == NO_REPLY or 0 <= code <= 999


def test_a_line_or_a_reply_without_end_is_none_and_is_not_kept() -> None:
    for endless in (b"250-" + 70_000 * b"x", 8_000 * b"250-more\r\n"):
        replies = ReplyParser()
        for start in range(0, len(endless), 1_000):
            replies.feed(endless[start : start + 1_000])
            reply = replies.next()
            if reply is not None:
                break
        assert reply is not None
        assert reply[0] == NO_REPLY


@pytest.mark.parametrize("octets", [b"25250 2.1.0 ok\r\n", b"2500\r\n", b"250: ok\r\n", b"25\r\n"])
def test_a_code_with_something_behind_it_is_none(octets: bytes) -> None:
    assert heard(octets, [2]) == [(NO_REPLY, octets.strip())]


@pytest.mark.parametrize("octets", [b"250\r\n", b"250\n", b"250 \r\n", b"250-\r\n250\r\n"])
def test_a_code_alone_is_a_reply(octets: bytes) -> None:
    assert [code for code, _ in heard(octets, [])] == [250]


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"hello\r\n", "no reply of SMTP: hello"),
        (b"550 no\x07 such user\r\n", "550 no such user"),
        (b"550\r\n", "550"),
    ],
)
def test_a_reply_in_words_names_no_code_that_nobody_said(octets: bytes, words: str) -> None:
    assert [describe_reply(reply) for reply in heard(octets, [])] == [words]
