"""The base of all tables."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

_log = logging.getLogger(__name__)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC also where the database knows no zones (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """Of SQLite's texts, without SQLAlchemy's own calls between: each row has several times."""
        parse = self.impl_instance.result_processor(dialect, coltype)
        if parse is None:
            return None  # the driver's own times are aware

        def read(value: object) -> datetime | None:
            told: datetime | None = parse(value)
            return None if told is None else told.replace(tzinfo=UTC)

        return read


class TolerantJson(TypeDecorator[Any]):
    """JSON whose damage costs that value alone: it reads as an empty one, with a line in the log.

    It is for values that a mail can do without and that are read for many readers at once.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, kind: type[dict[str, Any]] | type[list[str]]) -> None:
        super().__init__()
        self.kind = kind

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        parsed = super().result_processor(dialect, coltype) or (lambda value: value)

        def read(value: object) -> object:
            if value is None:  # what an outer join has where there is nothing at all
                return None
            try:
                told = parsed(value)
            except (ValueError, TypeError):
                told = Ellipsis
            if isinstance(told, self.kind):
                return told
            _log.error("a value in the database is damaged: %.60r", value)
            return self.kind()

        return read


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012 - read by SQLAlchemy as a plain class attribute
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
