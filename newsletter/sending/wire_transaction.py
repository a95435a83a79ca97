"""A transaction that the mails on the wire do not wait for.

They go on until it is its turn, between its statements, and while the disk has it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import Session

from newsletter.sending.context import SendContext
from newsletter.transports.base import only_wait

_LOOK_AGAIN_S = 0.001  # whether a commit is done


@contextmanager
def begin(context: SendContext, meanwhile: Callable[[float], None]) -> Iterator[Session]:
    """Begin one, and commit it at the end; `meanwhile` does the work of the network."""
    with context.database.concurrent() as session:
        connection = session.connection(execution_options={"meanwhile": meanwhile})
        event.listen(connection, "after_cursor_execute", lambda *_: meanwhile(0.0))
        yield session
        session.flush()
        if meanwhile is only_wait:
            session.commit()
        else:
            _commit_beside(context, session, meanwhile)


def _commit_beside(
    context: SendContext, session: Session, meanwhile: Callable[[float], None]
) -> None:
    """In a thread, as there is something on the wire: a disk may take long."""
    committed = context.beside.submit(session.commit)
    try:
        while not committed.done():
            meanwhile(_LOOK_AGAIN_S)
    finally:
        committed.result()  # never leaves a session that is in use
