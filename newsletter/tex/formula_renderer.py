"""Sets formulas: commands, scripts, fractions, and where a formula begins and ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex.dollars import holds_formula, is_money
from newsletter.tex.formulas import INFIX, infix
from newsletter.tex.handler import Renderer
from newsletter.tex.macros import expand_macro
from newsletter.tex.math import MathPart, Role, join_formula, split_formula
from newsletter.tex.spans import Span, Style
from newsletter.tex.tokens import TokenType

if TYPE_CHECKING:
    from newsletter.tex.output_formats import OutputFormat

# Deeper than any author nests, and far from Python's own limit.
DEEPEST = 30
CONTEXT = 40  # characters that are looked at before and behind a sign
_HAS_COLUMNS = re.compile(r"\\(?:begin|cr|\\|\w*(?:matrix|cases|align|array)(?![A-Za-z]))")


class FormulaRenderer(Renderer):
    """A renderer's formulas; its prose and its arguments are a `TexRenderer`'s."""

    def __init__(self, source: str, output: OutputFormat) -> None:
        super().__init__(source)
        self.output = output
        self.divided = False  # whether the group just read was a fraction, as {a \\over b} is
        self.has_formulas = "\\" in source or "^" in source
        self.has_angles = "\\la" in source and any(token.text == "\\ra" for token in self.tokens)
        self.has_columns = _HAS_COLUMNS.search(source) is not None

    def command(self, span: Span, style: Style) -> MathPart:
        """The command at hand with its arguments."""
        token = self.tokens[span.at]
        span.at += 1
        return expand_macro(self, token, span, style)

    def dollar(self, span: Span, style: Style) -> str:
        """A formula between dollars, or a sign of money."""
        token = self.tokens[span.at]
        begin = token.start + len(token.text)
        end = self.layout.next_end(token.text, span.at + 1) if span.at + 1 < span.end else None
        if end is not None and end < span.end:
            close = self.tokens[end].start
            behind = close + len(token.text)
            if holds_formula(self.source[begin:close], self.source[behind : behind + 1]):
                self.has_formulas = True
                return self._formula_up_to(span, end, style)
        span.at += 1
        before = self.source[max(0, token.start - CONTEXT) : token.start]
        after = self.source[begin : begin + CONTEXT]
        return token.text if is_money(before, after, tex_around=self.has_formulas) else ""

    def _formula_up_to(self, span: Span, end: int, style: Style) -> str:
        inner = Span(span.at + 1, end)
        span.at = end + 1
        return self.inner(inner, style._replace(math=True))

    def delimited(self, span: Span, sign: str, style: Style) -> str:
        r"""The formula up to the \) or \] that `sign` names; the opening one was read."""
        end = self.layout.next_end(sign, span.at) if span else None
        if end is None or end >= span.end:
            return ""
        inner = self.source[self.tokens[span.at].start : self.tokens[end].start]
        if not holds_formula(inner, "") and inner.strip():
            return {"\\)": "(", "\\]": "["}[sign]
        span.at -= 1
        return self._formula_up_to(span, end, style)

    def formula(self, span: Span, style: Style) -> str:
        pieces: list[MathPart] = []
        while span:
            name = self.tokens[span.at].text[1:]
            if name in INFIX and pieces and style.depth < DEEPEST:
                span.at += 1
                top = join_formula(pieces, tight=style.tight)
                bottom = self.formula(span, style.deeper())
                self.divided = name == "over"
                return infix(self, name, top.strip(), bottom.strip()).text
            self._formula_step(span, style, pieces)
        return join_formula(pieces, tight=style.tight)

    def _formula_step(self, span: Span, style: Style, pieces: list[MathPart]) -> None:
        token = self.tokens[span.at]
        match token.kind:
            case TokenType.COMMAND:
                pieces.append(self.command(span, style))
                if token.text[1:2].isalpha() and self.trim(span):
                    pieces.append(MathPart(Role.EATEN_SPACE, " "))
            case TokenType.OPEN:
                self.divided = False
                inner = self.argument(span, style)
                pieces.append(MathPart(Role.FRACTION if self.divided else Role.ORDINARY, inner))
                self.divided = False
            case TokenType.UP | TokenType.DOWN:
                span.at += 1
                script = style._replace(tight=True, upright=True)
                shown = self.script(span, script, up=token.kind is TokenType.UP)
                pieces.append(MathPart(Role.SCRIPT, shown))
            case TokenType.TEXT | TokenType.URL | TokenType.VERBATIM:
                span.at += 1
                pieces.extend(
                    split_formula(
                        token.text, self.output, upright=style.upright, columns=self.has_columns
                    )
                )
            case TokenType.TIE:
                span.at += 1
                pieces.append(MathPart(Role.ROOM, " "))
            case _:
                span.at += 1

    def script(self, span: Span, style: Style, *, up: bool) -> str:
        """The next argument as a script; a script that is all of it belongs to nothing else."""
        end = self.end_of_scripts(span)
        inner = self.argument(span, style)
        span.at = max(span.at, end)
        return self.output.raised(inner) if up else self.output.lowered(inner)
