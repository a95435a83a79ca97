from email import message_from_bytes, policy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.rendering.fragments.wrapped_cards import Card, FragmentWrapper
from newsletter.rendering.message import (
    BASE64,
    QUOTED_PRINTABLE,
    Message,
    MessageContent,
    Placeholders,
)
from newsletter.rendering.personal_mails.fragment_sequence import FragmentSequence
from newsletter.rendering.transfer_encodings.qp_template import Fragment, TextFragment, either
from newsletter.rendering.transfer_encodings.quoted_printable import encode_quoted_printable

_PIECE = st.sampled_from(["tune", "since", "音频\n", "x", "é." * 40, ".", "=", "", "y" * 300])
_CARD = st.lists(_PIECE, max_size=5).map(tuple)
_VALUE = st.sampled_from(["", "https://n.example/tune/abc", "v" * 90, "二〇二五"])


@pytest.mark.parametrize("encoding", [QUOTED_PRINTABLE, BASE64])
@given(cards=st.lists(_CARD, min_size=2, max_size=6), gone=st.sets(st.integers(0, 5)), value=_VALUE)
@example([("x",), ("y" * 300,), ("x", "y" * 300)], {1}, "")
@example([("y" * 300, "tune"), ("tune",), ("tune", "y" * 300)], {0, 2}, "v")
def test_what_is_left_of_a_row_behind_what_comes_first_is_sent_as_it_reads(
    encoding: str, cards: list[tuple[str, ...]], gone: set[int], value: str
) -> None:
    blanks = Placeholders.fresh()
    fragments = [
        TextFragment("".join(blanks.html.get(piece, piece) for piece in card) + "\n")
        for card in cards
    ]
    frame = FragmentWrapper.of("<p>", "</p>\n")
    card = Card.of(fragments[0], either(blanks.html.values()))
    first = frame.over([encode_quoted_printable("为何 why")], [card])
    row = FragmentSequence(fragments, TextFragment("LABEL\n"))
    rest = row.without(sorted(place for place in gone if place < len(cards)))
    html: list[Fragment] = [first, rest, rest]
    text = [TextFragment("x\n")]
    content = MessageContent("s", html, text, blanks, encoding, is_shared=False, seed="s")
    mail = Message("a@b.example", "r", "s", ("", "s@b.example"), (), content, {"tune": value})
    wire = mail.as_bytes()
    assert max(map(len, wire.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    _, sent = message_from_bytes(wire, policy=policy.default).iter_parts()
    assert sent.get_payload(decode=True) == mail.html.replace("\n", "\r\n").encode()
