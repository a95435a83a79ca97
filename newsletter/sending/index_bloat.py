"""Makes the index of old deliveries small again, on PostgreSQL, while everything goes on.

Its pages are in the order of issues, so one exception that is kept of a pruned issue keeps a page
whose other rows are gone. A `REINDEX CONCURRENTLY` waits for nobody's rows and lets nobody wait.
"""

import logging

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from newsletter.database.db import Database, describe_failure

_log = logging.getLogger(__name__)

_INDEX = "pk_delivery"
_MUCH = 100  # bytes a row: 20 are the least, 47 what an issue that was sent takes
_PAYS = 64 << 20  # bytes to be won

_TAKE_TURN = text("SELECT pg_try_advisory_xact_lock(hashtext('newsletter'), hashtext('reindex'))")
_UNDER_WAY = text("SELECT count(*) FROM pg_stat_progress_create_index")
_LEFT_OVER = text(
    "SELECT format('%I.%I', space.nspname, class.relname) FROM pg_index"
    " JOIN pg_class class ON class.oid = indexrelid"
    " JOIN pg_namespace space ON space.oid = class.relnamespace"
    " WHERE indrelid = to_regclass('delivery') AND NOT indisvalid"
    " AND class.relname ~ ('^' || :name || '_cc(new|old)[0-9]*$')"
)
# An estimate that is too old must not have it written anew again and again.
_BLOAT = text(
    "SELECT pg_relation_size(class.oid), greatest(class.reltuples, rows.reltuples)"
    " FROM pg_index JOIN pg_class class ON class.oid = indexrelid"
    " JOIN pg_class rows ON rows.oid = indrelid"
    " WHERE indexrelid = to_regclass(:name) AND indisvalid AND rows.reltuples >= 0"
)


def rebuild(database: Database) -> bool:
    """Write the index anew where much is to be won, unless another process does; whether it was.

    What a rebuild that was killed left behind goes first. A failure is logged and costs nothing:
    the old index stays, and the next time tries again.
    """
    if database.engine.dialect.name == "sqlite":
        return False
    plain = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        # Whoever has the turn sits in a transaction without a snapshot: nothing waits for that.
        with database.engine.begin() as turn, plain.connect() as connection:
            return bool(turn.scalar(_TAKE_TURN)) and _rebuild(connection)
    except SQLAlchemyError as error:
        _log.warning("%s was not written anew: %s", _INDEX, describe_failure(error))
        return False


def _rebuild(connection: Connection) -> bool:
    if connection.scalar(_UNDER_WAY):  # by an operator, perhaps
        return False
    for name in connection.scalars(_LEFT_OVER, {"name": _INDEX}).all():
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    found = connection.execute(_BLOAT, {"name": _INDEX}).one_or_none()
    if found is None or not _pays(*found):
        return False
    connection.exec_driver_sql(f"REINDEX INDEX CONCURRENTLY {_INDEX}")
    _log.info("index written anew", extra={"index": _INDEX, "bytes_before": found[0]})
    return True


def _pays(size: int, rows: float) -> bool:
    return size > _MUCH * rows and size - _MUCH / 2 * rows > _PAYS
