"""Reads tokens and sets them: prose, groups and arguments."""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.tex.formula_renderer import CONTEXT, DEEPEST, FormulaRenderer
from newsletter.tex.links import clean_address, is_linkable, split_address
from newsletter.tex.macros import is_sign_command, spelled_command
from newsletter.tex.math import MathPart, Role, join_formula, signed, split_formula
from newsletter.tex.prose import ends_in_name, guarded_sign, lowered, raised, shows_braces, tie
from newsletter.tex.spans import Span, Style
from newsletter.tex.tokens import Token, TokenType

if TYPE_CHECKING:
    from newsletter.tex.output_formats import OutputFormat

_TAKES_ROOM = {"±", "×", "∓"}
_LEFT_OUT = {TokenType.OPEN, TokenType.CLOSE, TokenType.DOLLAR, TokenType.DOLLARS}


class TexRenderer(FormulaRenderer):
    """One reading of one source for one kind of output."""

    def __init__(self, source: str, output: OutputFormat) -> None:
        super().__init__(source, output)
        self.is_tex = "\\" in source or "$" in source
        self._takes_lone_scripts = self.is_tex or "{" in source

    def whole(self) -> str:
        """All of the source, set."""
        return self.prose(Span(0, len(self.tokens)), Style())

    def argument(self, span: Span, style: Style) -> str:
        """The next argument, set: a group, a command with its own, or one character."""
        self.trim(span)
        if not span:
            return ""
        if style.math and self.next_starts(span, "["):
            self.skip_options_before_group(span)
        token = self.tokens[span.at]
        if style.depth >= DEEPEST:
            return self.flat(self.group(span) or self._one(span))
        if token.kind is TokenType.OPEN:
            inner = self.group(span)
            return self._unclosed(span, style) if inner is None else self.inner(inner, style)
        if token.kind is TokenType.COMMAND:
            return self.command(span, style.deeper()).text
        if token.kind is TokenType.TEXT:
            self.shorten(span, 1)
            return self._character(token.text[0], style)
        return ""

    def _unclosed(self, span: Span, style: Style) -> str:
        """The text behind a brace that nobody closed; in prose only the brace goes."""
        if style.math or self.ends_formula(span):
            return self.aside(self.unclosed(span), style)
        span.at += 1
        return ""

    def inner(self, span: Span, style: Style) -> str:
        """All of the span, one level deeper than the style says."""
        if style.depth >= DEEPEST:
            return self.flat(span)
        deeper = style.deeper()
        return self.formula(span, deeper) if style.math else self.prose(span, deeper)

    def rest(self, span: Span, style: Style) -> str:
        """All that is left of the group at hand."""
        inner = Span(span.at, span.end)
        span.at = span.end
        return self.inner(inner, style)

    def aside(self, source: str, style: Style) -> str:
        """The text that stood in square brackets, as a source of its own."""
        reader = TexRenderer(source, self.output)
        return reader.inner(Span(0, len(reader.tokens)), style)

    def flat(self, span: Span) -> str:
        """Too deep to be understood: the words and signs, one after the other."""
        return "".join(
            [
                self.output.words(spelled_command(token.text))
                if token.kind is TokenType.COMMAND
                else self.output.words(token.text)
                for token in self.tokens[span.at : span.end]
                if token.kind not in _LEFT_OUT
            ]
        )

    def _one(self, span: Span) -> Span:
        span.at += 1
        return Span(span.at - 1, span.at)

    def _character(self, character: str, style: Style) -> str:
        if not style.math:
            return self.output.words(character)
        pieces = split_formula(character, self.output, upright=style.upright, columns=True)
        return join_formula(list(pieces), tight=True)

    def prose(self, span: Span, style: Style) -> str:
        out: list[str] = []
        while span:
            if self.tokens[span.at].kind is TokenType.COMMAND:
                piece = self._spaced_command(span, style)
                out = [_unspaced(out)] if piece.role is Role.CLOSING else out
                out.append(piece.text)
            else:
                out.append(self._prose_step(span, style))
        return "".join(out)

    def _prose_step(self, span: Span, style: Style) -> str:
        token = self.tokens[span.at]
        match token.kind:
            case TokenType.OPEN:
                return self._prose_group(span, style)
            case TokenType.DOLLAR | TokenType.DOLLARS:
                return self.dollar(span, style)
            case TokenType.UP | TokenType.DOWN:
                return self._prose_script(span, style)
            case _:
                span.at += 1
                return self._alone(token, style)

    def _alone(self, token: Token, style: Style) -> str:
        """A token of prose that needs none of its neighbours."""
        match token.kind:
            case TokenType.URL:
                return self._address(token.text, style)
            case TokenType.TIE:
                start = token.start
                before = self.source[max(0, start - CONTEXT) : start]
                return tie(before, self.source[start + 1 : start + 4], is_tex=self.is_tex)
            case TokenType.VERBATIM:
                shown = token.text.removeprefix("\\verb").lstrip("*")[1:-1]
                return self.output.code(self.output.words(shown))
            case TokenType.CLOSE:
                return self._stray_brace(token)
            case _:
                return self.output.words(token.text)

    def _stray_brace(self, token: Token) -> str:
        """A brace without its other half is TeX's; where it stood in for a space, that stays."""
        before = self.source[max(0, token.start - CONTEXT) : token.start]
        behind = self.source[token.start + 1 : token.start + 2]
        is_within = before[-1:].isalnum() and behind.isalnum()
        return " " if is_within and not self.is_tex and ends_in_name(before) else ""

    def _address(self, text: str, style: Style) -> str:
        raw, glued = split_address(text)
        address = clean_address(raw)
        if style.linked or not is_linkable(address):
            return self.output.words(address + glued)
        return self.output.link(address, "") + self.output.words(glued)

    def _spaced_command(self, span: Span, style: Style) -> MathPart:
        """A command in prose; a relation that has room on its right gets it on its left."""
        start = self.tokens[span.at].start
        piece = self.command(span, style)
        if piece.role is Role.OPENING:
            self.trim(span)
        takes_room = piece.role is Role.RELATION or piece.text in _TAKES_ROOM
        is_tight = start and self.source[start - 1] not in " (~\n"
        if takes_room and is_tight and self.next_starts(span, " "):
            return piece._replace(text=f" {piece.text}")
        return piece

    def _prose_group(self, span: Span, style: Style) -> str:
        start = span.at
        inner = self.group(span)
        if inner is None:
            span.at += 1
            return self._stray_brace(self.tokens[start])
        raw = self.inside(start, inner.end)
        content = self.inner(inner, style)
        alone = len(self.tokens) == inner.end - start + 1
        sign = guarded_sign(raw, is_glued=self.is_glued(start, inner.end))
        if sign is not None:
            return content if raw == sign else self.output.words(sign)
        if shows_braces(raw, is_tex=self.is_tex, alone=alone):
            return "{" + content + "}"
        return content

    def _prose_script(self, span: Span, style: Style) -> str:
        token = self.tokens[span.at]
        span.at += 1
        up = token.kind is TokenType.UP
        if not style.code and self._script_follows(span):
            return self.script(span, style._replace(math=True, tight=True, upright=True), up=up)
        taken = "" if style.code else self._lone_script(token, span, up=up)
        if not taken:
            return self.output.words(token.text)
        self.shorten(span, len(taken))
        shown = self.output.words(signed(taken))
        return self.output.raised(shown) if up else self.output.lowered(shown)

    def _script_follows(self, span: Span) -> bool:
        """Whether a group or a sign follows that can only be a script."""
        if self.next_is(span, TokenType.COMMAND):
            return is_sign_command(self.tokens[span.at].text)
        return self.next_is(span, TokenType.OPEN) and span.at in self.layout.mates

    def _lone_script(self, token: Token, span: Span, *, up: bool) -> str:
        if not self.next_is(span, TokenType.TEXT):
            return ""
        before = self.source[max(0, token.start - CONTEXT) : token.start]
        after = self.tokens[span.at]
        if up:
            return raised(before, after.text)
        if not self._takes_lone_scripts:
            return ""
        taken = lowered(before, after.text)
        is_identifier = self.source.startswith("_", after.start + len(taken))
        return "" if is_identifier else taken


def _unspaced(pieces: list[str]) -> str:
    """The pieces as one, without the space that a bracket's end does not want before it."""
    return "".join(pieces).rstrip(" ")
