"""Parts that are loaded when they are first used: most runs find everything done and need none."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from newsletter.summaries.base import Summarizer
from newsletter.transports.base import SendObserver, SendResult, Transport

if TYPE_CHECKING:
    from newsletter.rendering.message import Message


class TransportWhenUsed(Transport):
    """The transport that `load` gives; whatever that raises, its first use raises."""

    def __init__(self, load: Callable[[], Transport]) -> None:
        self._load = load

    @cached_property
    def _real(self) -> Transport:
        return self._load()

    @cached_property
    def at_once(self) -> int:  # type: ignore[override]  # read only
        return self._real.at_once

    @cached_property
    def connections(self) -> int | None:  # type: ignore[override]  # read only
        return self._real.connections

    def send(self, mails: Sequence["Message"]) -> Iterator[tuple["Message", SendResult]]:
        return self._real.send(mails)

    def stream(
        self, chunks: Iterable[Sequence["Message"]], watch: SendObserver
    ) -> Generator[tuple["Message", SendResult]]:
        return self._real.stream(chunks, watch)

    def taken(self, campaign: str, day: date) -> int | None:
        return self._real.taken(campaign, day)

    def close(self) -> None:
        if "_real" in self.__dict__:
            self._real.close()


class SummarizerWhenUsed:
    """The summarizer that `load` gives, with all that it has."""

    def __init__(self, load: Callable[[], Summarizer]) -> None:
        self._load = load

    @cached_property
    def _real(self) -> Summarizer:
        return self._load()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a summarizer may have more than it must
        return getattr(self._real, name)

    def close(self) -> None:
        if "_real" in self.__dict__:
            self._real.close()
