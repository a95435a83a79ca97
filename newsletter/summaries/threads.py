"""Doing many things at a time that may hang."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from queue import Empty, Queue
from threading import Thread
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def run_in_threads(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    threads: int,
    left_s: Callable[[], float],
) -> Generator[Result]:
    """The results as they come, until all are there or no time is left. `work` never raises.

    The threads are daemons, not an executor's, for which the interpreter waits at its end: what
    hangs for ever is left behind. Whoever closes the generator keeps them from taking more.
    """
    waiting = deque(tasks)
    results: Queue[Result] = Queue()

    def run_tasks() -> None:
        while True:
            try:
                task = waiting.popleft()
            except IndexError:
                return
            results.put(work(task))

    for _ in range(min(threads, len(tasks))):
        Thread(target=run_tasks, daemon=True, name="summarizing").start()
    try:
        for _ in tasks:
            yield results.get(timeout=left_s())
    except Empty:
        return
    finally:
        waiting.clear()
