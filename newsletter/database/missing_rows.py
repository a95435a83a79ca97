"""Inserts rows where they are missing, also while another process does."""

import json
from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import TextClause, text
from sqlalchemy.orm import DeclarativeBase, Session

from newsletter.database.db import is_sqlite

_MANY = 50


def insert_missing(
    session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, object]]
) -> None:
    """Insert the rows that are not there yet; those that are stay as they are.

    Each names the same columns, and every one that has a default only in Python.
    """
    if not rows:
        return
    session.flush()
    on_sqlite = is_sqlite(session.get_bind())
    if not on_sqlite and len(rows) >= _MANY:
        listed = json.dumps([dict(row) for row in rows], default=str)
        session.execute(_inserting(table.__tablename__, tuple(rows[0])), {"rows": listed})
        return
    if on_sqlite:
        from sqlalchemy.dialects.sqlite import insert
    else:  # 0.1 s, and only who has one needs it
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    plain = table.metadata.tables[table.__tablename__]  # twice as fast as by the ORM
    missing = insert(plain).on_conflict_do_nothing()
    session.connection().execute(missing, [dict(row) for row in rows])


@cache
def _inserting(table: str, columns: Sequence[str]) -> TextClause:
    """PostgreSQL takes many rows in one value much faster than one by one."""
    named = ", ".join(columns)
    return text(
        f"INSERT INTO {table} ({named}) SELECT {named}"  # noqa: S608 - names of our own tables
        f" FROM json_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS json))"
        " ON CONFLICT DO NOTHING"
    )
