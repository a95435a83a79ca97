"""The queue's own tables in PostgreSQL, where the extra `cluster` is installed."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from newsletter.database import postgresql
from newsletter.database.db import Database, is_sqlite
from newsletter.errors import WrongUseError

if TYPE_CHECKING:
    from procrastinate import App

JOBS = "procrastinate_jobs"
_CONNECTED_WITHIN_S = 5.0  # else it is lost; asked for twice, that is still below a lease


def create_tables(database: Database) -> None:
    """Make them where they are missing; nothing on SQLite, or without the extra."""
    if is_sqlite(database.engine) or find_spec("procrastinate") is None:
        return
    with database.write.begin() as session:  # two at once make them once
        if not inspect(session.connection()).has_table(JOBS):
            from procrastinate.schema import SchemaManager  # of the extra

            connection = session.connection().connection.driver_connection
            assert connection is not None  # noqa: S101 - it was just used
            connection.execute(SchemaManager.get_schema())


def open_app(database: Database) -> "App":
    """The queue of that database; it keeps no prepared statements, which PgBouncer would lose.

    Raises:
        WrongUseError: there can be none.
    """
    if is_sqlite(database.engine):
        raise WrongUseError("workers need PostgreSQL; on SQLite `newsletter run` does everything")
    if find_spec("procrastinate") is None:
        raise WrongUseError("workers need the extra: pip install 'newsletter[cluster]'")
    if not inspect(database.engine).has_table(JOBS):
        raise WrongUseError("the queue has no tables yet; run `newsletter db upgrade`")
    from procrastinate import App, PsycopgConnector  # of the extra

    address = database.engine.url.set(drivername="postgresql")
    return App(
        connector=PsycopgConnector(
            conninfo=address.render_as_string(hide_password=False),
            kwargs=postgresql.connect_options(address),
            configure=_commit_each,
            timeout=_CONNECTED_WITHIN_S,
            min_size=1,
            max_size=6,
        )
    )


async def _commit_each(connection: Any) -> None:  # noqa: ANN401 - psycopg is an extra
    """Each call is one statement, so no transaction is left open where this machine is gone."""
    await connection.set_autocommit(True)
