"""Lines for a plain-text reader: by display width, words and links whole."""

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from newsletter.rendering.wrapping import TEXT_COLUMNS, wrap_text

WORDS = st.text(st.sampled_from("abcdefghij音频，。（）"), min_size=1, max_size=30)


@given(st.lists(WORDS))
def test_no_line_is_wider_than_the_column_and_no_character_is_lost(words: list[str]) -> None:
    text = " ".join(words)
    lines = wrap_text(text, 4).split("\n")
    assert all(wcswidth(line) <= TEXT_COLUMNS for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_latin_words_inside_chinese_stay_whole() -> None:
    text = "该论文属于空间音频生成任务，旨在解决动态3D声场生成问题。提出SonicMotion模型及新数据集"
    lines = wrap_text(text, 4).splitlines()
    assert len(lines) == 2
    assert any("SonicMotion" in line for line in lines)


def test_closing_marks_do_not_open_a_line() -> None:
    lines = wrap_text("音" * 36 + "。" + "频" * 40).splitlines()
    assert not [line for line in lines if line[0] in "，。）"]


def test_a_link_longer_than_a_line_stays_whole() -> None:
    link = "https://papers.example.org/" + "x" * 90
    assert link in wrap_text(f"See {link} for more").splitlines()


def test_line_breaks_stay_and_margins_are_kept() -> None:
    assert wrap_text("one\ntwo", 2) == "  one\n  two"


def test_a_dot_between_facts_ends_a_line_and_does_not_open_one() -> None:
    for length in range(60, 75):
        lines = wrap_text(f"{'x' * length} · authors' words · v2", 4).splitlines()
        assert not [line for line in lines if line.strip().startswith("·")]
        assert all(len(line) <= 72 for line in lines if "x" not in line)


def test_a_dot_does_not_hang_on_to_an_address() -> None:
    link = "https://papers.example.org/" + "x" * 60
    assert f"    {link}" in wrap_text(f"Code: {link} · authors' words", 4).splitlines()


def test_a_french_line_breaks_neither_at_an_apostrophe_nor_before_its_colon() -> None:
    for length in range(40, 75):
        text = f"{'é' * length} n’arrivera à l’adresse\u00a0: «\u00a0Le titre\u00a0» fin"
        words = [word for line in wrap_text(text).splitlines() for word in line.split(" ")]
        assert words[1:] == text.split(" ")[1:]
