"""A command on a terminal, as a person sits before it: a real pty, and what they type."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_WITHIN_S = 30.0  # nothing here takes so long; it ends a test that would wait for ever
# The pty becomes the child's own terminal, as a login shell has one: passwords are asked there.
_CHILD = (
    "import fcntl, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " signal.signal(signal.SIGINT, signal.default_int_handler);"  # a runner of tests may ignore it
    " from newsletter.cli.main import main; main(sys.argv[1:])"
)


class Terminal:
    def __init__(self, master: int, process: "subprocess.Popen[bytes]") -> None:
        self._master = master
        self._process = process
        self._seen = 0
        self.text = ""

    def answer(self, question: str, *lines: str) -> None:
        """Wait for a question, then type; each line is an answer to one question more."""
        self.wait_for(question)
        for line in lines:
            os.write(self._master, f"{line}\n".encode())

    def wait_for(self, words: str) -> None:
        while words not in self.text[self._seen :]:
            if not self._read():
                raise AssertionError(f"{words!r} did not come after:\n{self.text}")
        self._seen = self.text.index(words, self._seen) + len(words)

    def interrupt(self) -> int:
        """Press Ctrl-C until it ends: one pressed before the program reads is not noticed."""
        for _ in range(30):
            os.write(self._master, b"\x03")
            while select.select([self._master], [], [], 1)[0] and self._read():
                pass
            if self._process.poll() is not None or "newsletter: " in self.text[self._seen :]:
                break  # it is over, or about to be
        return self._process.wait(_WITHIN_S)

    def end(self) -> int:
        """The exit code, once everything is read."""
        while self._read():
            pass
        return self._process.wait(_WITHIN_S)

    def _read(self) -> bool:
        if not select.select([self._master], [], [], _WITHIN_S)[0]:
            raise AssertionError(f"it waits after:\n{self.text}")
        try:
            read = os.read(self._master, 65536)
        except OSError:  # Linux says so of a terminal that nobody holds any more
            return False
        self.text += read.decode().replace("\r\n", "\n")
        return bool(read)


@contextmanager
def terminal(folder: Path, environ: Mapping[str, str], *args: str) -> Iterator[Terminal]:
    """`newsletter ARGS` in that folder, with its input and output on a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", _CHILD, *args],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=folder,
        env={**os.environ, **environ},
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait()
        os.close(master)
