"""Runs the migrations: inside `newsletter db upgrade`, or for developers through `alembic`."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from newsletter import config
from newsletter.database import db
from newsletter.models import Base, UtcDateTime


def _plainly(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations stand by themselves: our own column type is written as what it stores."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_plainly,
    )
    with context.begin_transaction():
        context.run_migrations()


_given = context.config.attributes.get("connection")
if _given is not None:
    _migrate(_given)
else:
    _settings = config.load(None)
    with db.connect(_settings.database.url, _settings.folder).engine.begin() as _opened:
        _migrate(_opened)
