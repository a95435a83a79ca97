"""The version of the tables: which is there, which is needed, and the way between them."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from newsletter import paths
from newsletter.db import Database, connect, sqlite_file
from newsletter.errors import NewsletterError


def open_database(url: str, folder: Path) -> Database:
    """Connect; relative SQLite files are found from `folder`. Nothing is created.

    Raises:
        WrongUseError: the address cannot be used.
        NewsletterError: there is no database yet, or its tables are of another version.
    """
    database = connect(url, folder)
    file = sqlite_file(url, folder)
    if file is not None and not file.exists():
        raise NewsletterError(f"no database at {file}; `newsletter db upgrade` creates it")
    try:
        present, needed = revision(database), head()
    except OperationalError as error:
        database.dispose()
        raise NewsletterError(f"the database cannot be reached: {error.orig}") from error
    if present is not None and present not in _revisions():
        database.dispose()
        raise NewsletterError(
            f"the database has tables of version {present}, this program knows none above {needed};"
            " install the newer newsletter again"
        )
    if present != needed:
        database.dispose()
        raise NewsletterError(
            f"the database has tables of version {present or 'none'}, this program needs {needed}; "
            "run `newsletter db upgrade`"
        )
    return database


def upgrade(database: Database) -> None:
    """Bring the tables to this program's version; two at once do it once."""
    _make_private(database)
    try:
        with migrating(database) as config:
            command.upgrade(config, "head")
    except CommandError as error:
        raise NewsletterError(f"the database cannot be upgraded: {error}") from error


def _make_private(database: Database) -> None:
    """A new SQLite file is for its owner alone: it holds addresses. Its log gets the same mode."""
    url = database.engine.url
    if url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}:
        with suppress(OSError):  # SQLite tells it better
            Path(str(url.database)).touch(mode=0o600, exist_ok=False)


@contextmanager
def migrating(database: Database) -> Iterator[Config]:
    """What Alembic's commands need, in one transaction: all of a migration happens, or nothing.

    SQLite changes a table by making it anew, which would pull the rows of other tables along; so
    there the foreign keys rest meanwhile (only outside of a transaction can one say so), and are
    checked at the end.
    """
    with database.engine.execution_options(lock_at_once=True).connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                config = _alembic()
                config.attributes["connection"] = connection
                yield config
                if is_sqlite:
                    _refuse_loose_ends(connection)
        finally:
            connection.invalidate()  # its foreign keys are off


def _refuse_loose_ends(connection: Connection) -> None:
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if loose is not None:
        raise NewsletterError(
            f"the database cannot be upgraded: a row of {loose[0]} points to a row of"
            f" {loose[2]} that is not there; nothing was changed"
        )


def head() -> str:
    """The version of the tables that this program needs."""
    present = ScriptDirectory.from_config(_alembic()).get_current_head()
    if present is None:
        raise NewsletterError(f"no migrations in {paths.migrations()}; install newsletter again")
    return present


def _revisions() -> set[str]:
    """Every version of the tables that this program knows."""
    scripts = ScriptDirectory.from_config(_alembic())
    return {script.revision for script in scripts.walk_revisions()}


def revision(database: Database) -> str | None:
    """The version of the tables that are there; None for an empty database."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.migrations()).replace("%", "%%"))
    return config
