"""What holds for any text at all."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.tex import to_html, to_text

ALLOWED = {"sub", "sup", "em", "strong", "code", "a", "br"}
PIECES = st.sampled_from(
    [
        *"\\${}^_~%&#[]()<>\"'`-|,.;:!? \n\t\x00",
        *("\\frac", "\\sqrt", "\\textbf{", "\\emph{", "\\href{", "{http://a.b/c}", "\\url{", "\\("),
        *("\\)", "\\[", "\\]", "$$", "\\begin{align}", "\\end{align}", "\\item", "\\cite{x}"),
        *("\\'", '\\"', "\\v", "\\hat", "\\alpha", "\\leq", "\\bf", "\\rm", "\\unicode{x2013}"),
        *("https://a.b/c_d", "javascript:x", "\\verb|", "\\foo", "\\left", "\\not", "\\\\", "--"),
        *("\\over", "\\choose", "\\SI{", "\\ce{", "\\num{1e-5}", "\\metre", "\\per", "\\genfrac"),
        *(
            "\\begin{cases}",
            "\\end{cases}",
            "\\sideset",
            "\\substack{",
            "}{",
            "\\$p\\$",
            "\\foo{a}{b}",
        ),
        *("the word", "x", "12", "é", "中", "<b>", "&amp;", "\\text{", "\\mathbb", "\\footnote{"),
    ]
)
TEX = st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join)
# Letters of words only: nothing that TeX, a quote or a dash could be about.
PROSE = st.lists(
    st.text(
        st.characters(categories=["Lu", "Ll", "Lo", "Nd"], include_characters=",.;:()%&'<>/=+"),
        min_size=1,
    ),
    max_size=20,
).map(" ".join)


class Checker(HTMLParser):
    """Keeps what is open, and refuses what is not allowed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        if tag == "a":
            assert "a" not in self.open
            [(name, value)] = attrs
            assert name == "href"
            assert re.match(r"https?://", value or "", re.IGNORECASE)
        else:
            assert not attrs
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def checked(fragment: str) -> Checker:
    checker = Checker()
    checker.feed(fragment)
    checker.close()
    assert not checker.open
    return checker


@settings(max_examples=150, deadline=None)
@given(TEX)
@example("\\hat\\bf\\$")
def test_any_tex_gives_well_formed_html_of_few_elements(source: str) -> None:
    checked(to_html(source))


@settings(max_examples=150, deadline=None)
@given(TEX | st.text())
def test_any_text_is_turned_and_has_no_controls(source: str) -> None:
    text = to_text(source)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)
    text.encode()
    assert text == text.strip(" \n")


@settings(deadline=None)
@given(PROSE)
def test_plain_prose_is_left_alone(source: str) -> None:
    assert to_text(source) == source
    assert checked(to_html(source)).words == source


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{4,9}", fullmatch=True), min_size=1, max_size=8), st.data())
def test_words_inside_any_wrapping_are_kept(words: list[str], data: st.DataObject) -> None:
    wrappings = [r"\textbf{%s}", r"{\it %s}", r"\rev{%s}", "{%s}", "%s~", r"%s\,", r"\ours{} %s"]
    wrappings += [r"\footnote{%s}", r"$x$ %s", r"\textcolor{red}{%s}", "``%s''", r"%s\\", r"%s {"]
    source = " ".join(data.draw(st.sampled_from(wrappings)) % word for word in words)
    for word in words:
        assert word in to_text(source)
        assert word in to_html(source)
