"""The meaning of ~, _, ^ and braces between words, where TeX and plain writing look the same."""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

import re

from newsletter.tex.links import is_linkable

_LONGEST_SET = 200
_SET = re.compile(r"[^\\{}$]*,[^\\{}$]*\Z")

_NAMES_A_NUMBER = re.compile(r"(?:(?<![\w_])[A-Za-z]?[a-z]{3,}|[.)}\]]|(?:\\[a-z]+|[=<>+-])\$)\Z")
_IS_A_NAME = re.compile(r"(?<![\w^_=<>])[A-Z]{2,}\Z")
_OPENS = frozenset(" (<[/,=\n")
_TIED_SIGN = re.compile(r"~[=<>≤≥]~*\Z")
_NUMBER = re.compile(r"[-+]?\.?\d|[ /]|\Z|\\?\$\d|[£€¥]|[<>]=? ?\d")

DASHES = {"--": "–", "---": "—"}

_METHOD = re.compile(r"[A-Za-z]*[A-Z][A-Z][a-z]+\Z|[A-Za-z]*[a-z][A-Z][a-z]+\Z")
_RAISED = re.compile(r"[-+−]?\d+(?:\.\d+)?|[*+\-′'∗]{1,2}|[A-Za-z](?![A-Za-z])|°")
_LOWERED = re.compile(r"\d{1,2}(?![\d_])|[A-Za-z](?![\w])")
# A variable, a closing bracket, a chemical formula, a command; not the end of an identifier.
_BASE = re.compile(
    r"(?:(?<![\w\\])[A-Za-z]|[)\]}|]|(?<![A-Za-z])(?:[A-Z][a-z]?\d{0,2}){1,3}|\\[A-Za-z]+)\Z"
)


def tie(before: str, after: str, *, is_tex: bool) -> str:
    """The sign that ~ stands for: a space, or itself where it says "about".

    Args:
        before: some characters in front of it.
        after: at least three characters behind it.
        is_tex: whether the text has other signs of TeX; then it ties names too, as in HE~0435.
    """
    if after[:1] == "=" and after[1:2] != "~" and before[-1:] not in {"$", "}"}:
        return "~"  # ~= is "about", but for $n$~=5 and \\textit{p}~=.05
    if _TIED_SIGN.search(before):
        return " "  # n~=~5
    if not before or before[-1] in _OPENS:
        return "~" if _NUMBER.match(after) else " "
    if before[-1] in "–—" or not (after[:1].isdigit() or after[:1] in {" ", "-", "+"}):
        return " "
    names_it = _NAMES_A_NUMBER.search(before) or (is_tex and _IS_A_NAME.search(before))
    return " " if names_it else "~"


def raised(before: str, after: str) -> str:
    """The characters behind a lone ^ that are raised, if any are."""
    if not before or before[-1] in " ^_\n":
        return ""
    found = _RAISED.match(after)
    return found[0] if found else ""


def lowered(before: str, after: str) -> str:
    """The characters behind a lone _ that are lowered, if any are: H_0, but not file_name."""
    found = _LOWERED.match(after) if _BASE.search(before) else None
    return found[0] if found else ""


def ends_in_name(before: str) -> bool:
    """Whether a method's name ends here, as in PRMBench, and not the first part of a word."""
    return _METHOD.search(before) is not None


def guarded_sign(inner: str, *, is_glued: bool) -> str | None:
    """The sign that braces keep from what TeX would make of it: B{=}32, A{-}{-}, 3{--}5.

    None where they hold anything else. A wildcard by itself, {*}, is the author's own.
    """
    if len(inner) == 1 and not (inner.isalnum() or inner.isspace()):
        return inner if is_glued or inner != "*" else None
    return DASHES.get(inner)


def shows_braces(inner: str, *, is_tex: bool, alone: bool) -> bool:
    """Whether braces are the author's own, as in {0, 1}, and not TeX's, as in {B}ayes."""
    if inner == "," or is_linkable(inner):  # 6{,}000 and {https://example.org/}
        return False
    if len(inner) > _LONGEST_SET:
        return not is_tex
    if _SET.match(inner):
        return True
    return not is_tex and (alone or not inner.isalnum())
