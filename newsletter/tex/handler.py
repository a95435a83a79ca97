"""A command's handler gets a renderer to work with, and looks like this."""

from abc import ABC, abstractmethod
from typing import Protocol

from newsletter.tex.math import MathPart
from newsletter.tex.output_formats import OutputFormat
from newsletter.tex.spans import Span, Spans, Style


class Renderer(Spans, ABC):
    """The renderer as its handlers see it: the source's tokens, and how to set a part of them."""

    output: OutputFormat
    has_angles: bool  # whether the source has its own angle brackets: \\la ... \\ra

    @abstractmethod
    def argument(self, span: Span, style: Style) -> str:
        """Take the next argument off the span, and set it."""

    @abstractmethod
    def inner(self, span: Span, style: Style) -> str:
        """Set all of a span in its own group."""

    @abstractmethod
    def rest(self, span: Span, style: Style) -> str:
        """Set what is left of the span, and leave it empty."""

    @abstractmethod
    def aside(self, source: str, style: Style) -> str:
        """Set what stood in square brackets, as a source of its own."""

    @abstractmethod
    def delimited(self, span: Span, sign: str, style: Style) -> str:
        """Set a formula up to a closing sign."""


class Handler(Protocol):
    """Reads a command's arguments and says what they come to."""

    def __call__(self, reader: Renderer, span: Span, style: Style, name: str, /) -> MathPart: ...
