"""Standard output and error as a person sees them, whatever stands in what others wrote."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO, cast

from newsletter.text import visible


class VisibleStream:
    """A text stream without invisible characters and marks that turn the direction of a line.

    Bytes for its `buffer` go through as they are: mails, and files written to a pipe.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text if text.isascii() else visible(text))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


@contextmanager
def visible_output() -> Iterator[None]:
    out, err = (cast("TextIO", VisibleStream(stream)) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(out), redirect_stderr(err):
        yield
