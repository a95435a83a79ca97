"""Moving over tokens: groups, raw arguments, options, spaces."""

from __future__ import annotations

import re
from typing import NamedTuple

from newsletter.tex.tokens import ENDS, Layout, Token, TokenType, scan
from newsletter.tex.unclosed import FAR, NEAR, reach

_LONGEST_OPTION = 200
_TO_GROUP = re.compile(r" *(?:\[[^\[\]]{0,300}\] *)*\{")
_SPACED_OPTION = re.compile(r" (?:\[[^\]]{0,200}\] ?){1,2}\{")
_THIN_SPACES = {"\\,", "\\!", "\\;", "\\:"}
# More lonely braces than an author forgets.
_MOST_UNCLOSED = 20
_LONGEST_BRANCH = 200  # tokens
_CONDITIONS = {"\\ifmmode", "\\iftrue", "\\iffalse"}


class Style(NamedTuple):
    """Where the reader is: in a formula, a script, a link, a piece of code; and how deep."""

    math: bool = False
    upright: bool = False
    tight: bool = False
    linked: bool = False
    code: bool = False
    depth: int = 0

    def deeper(self) -> Style:
        return self._replace(depth=self.depth + 1)


class Span:
    """The tokens still to read: from `at` up to `end`."""

    __slots__ = ("at", "end")

    def __init__(self, at: int, end: int) -> None:
        self.at = at
        self.end = end

    def __bool__(self) -> bool:
        return self.at < self.end


class Spans:
    """A source as tokens. Every step moves a span forward; what was read is not read again."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = scan(source)
        self.layout = Layout(self.tokens)

    def next_is(self, span: Span, kind: TokenType) -> bool:
        return bool(span) and self.tokens[span.at].kind is kind

    def next_starts(self, span: Span, sign: str) -> bool:
        return bool(span) and self.tokens[span.at].text.startswith(sign)

    def group(self, span: Span) -> Span | None:
        """The inside of the group that begins here, if it is closed; the span moves behind it."""
        end = self.layout.mates.get(span.at)
        if end is None or end >= span.end:
            return None
        inner = Span(span.at + 1, end)
        span.at = end + 1
        return inner

    def raw(self, span: Span) -> str | None:
        """The next group as its author wrote it, or nothing where no group begins."""
        ahead = Span(span.at, span.end)
        if ahead and self.tokens[ahead.at].text == " ":
            ahead.at += 1
        inner = self.group(ahead) if ahead else None
        if inner is None:
            return None
        span.at = ahead.at
        return self.inside(inner.at - 1, inner.end)

    def inside(self, opening: int, closing: int) -> str:
        """The source between two braces."""
        return self.source[self.tokens[opening].start + 1 : self.tokens[closing].start]

    def skip_empty(self, span: Span) -> bool:
        """Step over {} behind a command; says whether it was there."""
        if not self.next_is(span, TokenType.OPEN):
            return False
        end = self.layout.mates.get(span.at)
        if end is None or end >= span.end or self.inside(span.at, end).strip():
            return False
        span.at = end + 1
        return True

    def skip_star(self, span: Span) -> None:
        if self.next_starts(span, "*"):
            self.shorten(span, 1)

    def option(self, span: Span) -> str | None:
        """The text in square brackets right here, or behind a space and before an argument."""
        if self.next_starts(span, " [") and _SPACED_OPTION.match(
            self.source, self.tokens[span.at].start, self.end_of(span)
        ):
            self.shorten(span, 1)
        if not self.next_starts(span, "["):
            return None
        start = self.tokens[span.at].start
        close = self.source.find("]", start, min(start + _LONGEST_OPTION, self.end_of(span)))
        if close < 0:
            return None
        self.move_to(span, close + 1)
        return self.source[start + 1 : close]

    def end_of(self, span: Span) -> int:
        """The place in the source where the span ends."""
        last = self.tokens[span.end - 1]
        return last.start + len(last.text)

    def move_to(self, span: Span, place: int) -> None:
        """Step over all that stands before that place in the source."""
        while span and self.tokens[span.at].start + len(self.tokens[span.at].text) <= place:
            span.at += 1
        if span and self.tokens[span.at].start < place:
            self.shorten(span, place - self.tokens[span.at].start)

    def skip_options(self, span: Span) -> None:
        """Step over all that stands in square brackets right here."""
        while self.option(span) is not None:
            pass

    def skip_options_before_group(self, span: Span) -> None:
        r"""Step over brackets before a group, no reader needs them: \makebox[2cm][l]{text}."""
        if self.group_follows(span):
            self.skip_options(span)
            self.trim(span)

    def group_follows(self, span: Span) -> bool:
        """Whether a group is next, behind spaces and brackets; nothing is taken for that."""
        if not span:
            return False
        found = _TO_GROUP.match(self.source, self.tokens[span.at].start, self.end_of(span))
        return found is not None

    def opens_unclosed(self, span: Span) -> bool:
        """Whether a brace stands here that the text never closes, as where it was cut."""
        return self.next_is(span, TokenType.OPEN) and span.at not in self.layout.mates

    def unclosed(self, span: Span) -> str:
        """The source that belongs to the unclosed brace at hand; the span moves behind it."""
        brace = self.tokens[span.at].start
        is_odd = len(self.layout.mates) * 2 + _MOST_UNCLOSED < self.layout.braces
        rest = "" if is_odd else self.source[brace + 1 : min(brace + FAR, self.end_of(span))]
        held = rest[: reach(self.source[max(0, brace - NEAR) : brace], rest)]
        self.move_to(span, brace + 1 + len(held))
        return held

    def ends_formula(self, span: Span) -> bool:
        """Whether the span ends where its formula does."""
        return span.end < len(self.tokens) and self.tokens[span.end].text in ENDS

    def trim(self, span: Span) -> bool:
        """Step over spaces; says whether there were any."""
        if not self.next_is(span, TokenType.TEXT):
            return False
        text = self.tokens[span.at].text
        spaces = len(text) - len(text.lstrip(" "))
        if spaces:
            self.shorten(span, spaces)
        return spaces > 0

    def shorten(self, span: Span, by: int) -> None:
        """Take characters off the token at hand, all of it if that is all it has."""
        token = self.tokens[span.at]
        if by >= len(token.text):
            span.at += 1
        else:
            self.tokens[span.at] = Token(token.kind, token.text[by:], token.start + by)

    def branch_end(self, span: Span, sign: str) -> int | None:
        r"""Where the \else or \fi of the condition at hand stands, and not of one inside it."""
        inside = 0
        for at in range(span.at, min(span.end, span.at + _LONGEST_BRANCH)):
            text = self.tokens[at].text
            if text in _CONDITIONS:
                inside += 1
            elif text == sign and not inside:
                return at
            elif text == "\\fi":
                inside -= 1
                if inside < 0:
                    return None
        return None

    def environment_end(self, span: Span, environment: str, most: int) -> int | None:
        r"""Where the \end of the environment stands; gives up after `most` other ones."""
        at = span.at
        for _ in range(most):
            end = self.layout.next_end("\\end", at)
            if end is None or end >= span.end:
                return None
            name = self.raw(Span(end + 1, span.end)) or ""
            if name.strip().rstrip("*") == environment:
                return end
            at = end + 1
        return None

    def is_glued(self, opening: int, closing: int) -> bool:
        """Whether a group touches what is before it or behind it."""
        start, end = self.tokens[opening].start, self.tokens[closing].start + 1
        before, behind = self.source[max(0, start - 1) : start], self.source[end : end + 1]
        return any(sign.isalnum() or sign in {"{", "}"} for sign in (before, behind))

    def end_of_scripts(self, span: Span) -> int:
        """Step into groups that are nothing but one more script: the NN of s_{_{NN}}.

        Says where the outermost of them ends, or nought.
        """
        ends_at = 0
        while self.next_is(span, TokenType.OPEN):
            end = self.layout.mates.get(span.at, span.end)
            begin = self._behind_nothing(span.at + 1, end)
            if end >= span.end or self.tokens[begin].kind not in {TokenType.UP, TokenType.DOWN}:
                break
            inner = self.tokens[begin + 1]
            is_longer = inner.kind is TokenType.TEXT and len(inner.text) > 1
            last = begin + 1 + (inner.kind is TokenType.COMMAND)  # {_\\mathrm{NN}}
            last = self.layout.mates.get(last, begin + 1)
            if is_longer or last != end - 1:
                break
            ends_at = ends_at or end + 1
            span.at = begin + 1
        return ends_at

    def _behind_nothing(self, at: int, end: int) -> int:
        """The first token that sets anything: behind spaces and empty groups."""
        while at < end:
            token = self.tokens[at]
            if self.layout.mates.get(at) == at + 1:
                at += 2
            elif not token.text.strip() or token.text in _THIN_SPACES:
                at += 1
            else:
                break
        return at
