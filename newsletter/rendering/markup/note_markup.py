r"""The small Markdown of an editor's note: paragraphs, lists, `**strong**`, `*stressed*`, links.

A link is `[words](https://...)`, or an address as it stands. A backslash takes the meaning from a
mark. Everything else is text: HTML is shown, not obeyed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from newsletter.lazy_pattern import lazy_pattern
from newsletter.tex.links import is_linkable, split_address

_MARKS = lazy_pattern(
    r"\\(?P<escaped>[\\*\[\]])"
    r"|\[(?P<words>[^\[\]]+)\]\((?P<target>https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)"
    r"|(?P<address>https?://[^\s<>]+)"
    # Either may stand in the other, and a star within a word, as in an address, is none of theirs.
    r"|\*\*(?=\S)(?P<strong>(?:[^*]|(?<=\w)\*(?=\w)|(?<!\w)\*[^\s*][^*]*\*(?!\w))+)(?<=\S)\*\*"
    r"|\*(?=[^\s*])(?P<stressed>(?:[^*]|\*\*[^*]+\*\*)+)(?<=\S)\*"
)
_ITEM = lazy_pattern(r"^[-*+] +")
_MARKDOWN_MARK = lazy_pattern(r"[\\`*_\[\]<&~|]|\A[#>+=-]|(?<=\d)[.)](?=\s)")


@dataclass(frozen=True)
class _Form:
    """The form that each mark becomes."""

    plain: Callable[[str], str]
    strong: str
    stressed: str
    link: str
    address: Callable[[str], str]


_HTML = _Form(
    escape,
    "<b>{0}</b>",
    "<i>{0}</i>",
    '<a href="{1}">{0}</a>',
    lambda address: f'<a href="{escape(address)}">{escape(address)}</a>',
)
_TEXT = _Form(str, "*{0}*", "_{0}_", "{0} <{1}>", str)
_MARKDOWN = _Form(
    lambda words: _MARKDOWN_MARK.sub(r"\\\g<0>", words),
    "**{0}**",
    "*{0}*",
    "[{0}]({1})",
    "<{0}>".format,
)


def to_html(source: str) -> list[Markup]:
    """A piece of HTML for each paragraph; the items of a list stand on lines of their own."""
    return [
        Markup("<br>\n".join(_said(line, _HTML) for line in lines))  # noqa: S704 - it escapes
        for lines in _paragraphs(source)
    ]


def to_text(source: str) -> list[str]:
    """The same as plain text, not wrapped yet."""
    return ["\n".join(_said(line, _TEXT) for line in lines) for lines in _paragraphs(source)]


def to_markdown(source: str) -> list[str]:
    """The same as Markdown that means no more anywhere: no other links, no HTML, no headings."""
    return ["\\\n".join(_said(line, _MARKDOWN) for line in lines) for lines in _paragraphs(source)]


def _paragraphs(source: str) -> list[list[str]]:
    """The lines of each paragraph: a line break is a space, but before an item of a list."""
    paragraphs = []
    for block in re.split(r"\n\s*\n", source.strip()):
        lines: list[str] = []
        for line in map(str.strip, block.split("\n")):
            if _ITEM.match(line):
                lines.append(_ITEM.sub("• ", line))
            elif lines:
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        paragraphs.append(lines)
    return paragraphs


def _said(line: str, form: _Form) -> str:
    said = []
    end = 0
    for mark in _MARKS.finditer(line):
        said += [form.plain(line[end : mark.start()]), _mark(mark, form)]
        end = mark.end()
    return "".join([*said, form.plain(line[end:])])


def _mark(mark: re.Match[str], form: _Form) -> str:
    match mark.lastgroup:
        case "escaped":
            return form.plain(mark["escaped"])
        case "target" if is_linkable(mark["target"]):
            return form.link.format(_said(mark["words"], form), form.plain(mark["target"]))
        case "strong":
            return form.strong.format(_said(mark["strong"], form))
        case "stressed":
            return form.stressed.format(_said(mark["stressed"], form))
        case "address":
            address, rest = split_address(mark["address"])
            if is_linkable(address):
                return form.address(address) + form.plain(rest)
    return form.plain(mark[0])
