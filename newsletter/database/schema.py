"""The version of the tables: which is there, which is needed, and the way between them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, column, select, table
from sqlalchemy.exc import DBAPIError, OperationalError

from newsletter import paths
from newsletter.database.db import Database, connect, describe_failure, is_sqlite, sqlite_file
from newsletter.errors import NewsletterError
from newsletter.finding import Finding, Severity

if TYPE_CHECKING:
    from alembic.config import Config

VERSION = table("alembic_version", column("version_num"))
_COPY = "copy of "


def open_database(
    url: str, folder: Path, *, was_sent_from: Callable[[], bool] = lambda: False
) -> Database:
    """Connect; relative SQLite files are found from `folder`. Nothing is created.

    `was_sent_from`: whether there was a database, by other traces; asked where there is none.

    Raises:
        WrongUseError: the address cannot be used.
        NewsletterError: there is no database yet, or its tables are of another version.
    """
    database = connect(url, folder)
    _, trouble = _state(database, sqlite_file(url, folder), was_sent_from=was_sent_from)
    if trouble:
        database.dispose()
        raise NewsletterError(trouble)
    return database


def state(
    url: str, folder: Path, *, was_sent_from: Callable[[], bool] = lambda: False
) -> tuple[str | None, str]:
    """The version of the tables, and why they cannot be used; empty where they can.

    Raises:
        WrongUseError: the address cannot be used.
    """
    database = connect(url, folder)
    try:
        return _state(database, sqlite_file(url, folder), was_sent_from=was_sent_from)
    finally:
        database.dispose()


def _state(
    database: Database, file: Path | None, *, was_sent_from: Callable[[], bool]
) -> tuple[str | None, str]:
    if file is not None and not file.exists():
        return None, describe_missing(file, was_sent_from=was_sent_from())
    try:
        present = revision(database)
    except NewsletterError as error:
        return None, str(error)
    is_ready = present == head()
    return present, "" if is_ready else f"the database has tables of {describe_version(present)}"


def describe_missing(file: Path, *, was_sent_from: bool) -> str:
    """Advice where the SQLite file is missing."""
    place = f"no database at {file}"
    gone = next((path for path in reversed(file.parents) if not path.is_dir()), None)
    if gone is not None:
        place += f": there is no folder {gone}; look at database.url, or at what is mounted there"
    if was_sent_from:
        return (
            f"{place}; mails were sent from here, so bring its backup back: `newsletter restore"
            " FILE` (`newsletter db upgrade` would begin with an empty one, without a reader)"
        )
    return f"{place}; `newsletter db upgrade` creates it"


def check(database: Database) -> Iterator[Finding]:
    """One that is open: whether its tables are still there, and this program's.

    Raises:
        NewsletterError: it cannot be reached.
    """
    present = revision(database)
    if present != head():
        text = f"the database has tables of {describe_version(present)}"
        yield Finding("database", Severity.TROUBLE, text)


def copy_marker(identity: str) -> str:
    """The version of an unfinished copy of that database, so that it cannot be opened."""
    return f"{_COPY}{identity[:24]}"


def describe_version(present: str | None) -> str:
    """The version of tables that are not this program's, and what to do."""
    if present is not None and present.startswith(_COPY):
        return "an unfinished copy; run `newsletter db copy` again, from the database it is of"
    if present is not None and present not in _versions():
        return (
            f"version {present}, this program knows none above {head()};"
            " install the newer newsletter again"
        )
    return f"version {present or 'none'}, this program needs {head()}; run `newsletter db upgrade`"


def upgrade(database: Database) -> None:
    """Bring the tables to this program's version; two at once do it once."""
    from alembic import command
    from alembic.util import CommandError

    make_private(database)
    present = revision(database)  # whether it can be reached, in words
    if present is not None and present not in _versions():
        raise NewsletterError(f"the database has tables of {describe_version(present)}")
    try:
        with migrating(database) as config:
            command.upgrade(config, "head")
    except CommandError as error:
        raise NewsletterError(f"the database cannot be upgraded: {error}") from error


def make_private(database: Database) -> None:
    """A new SQLite file is for its owner alone: it holds addresses. Its log gets the same mode.

    Raises:
        NewsletterError: its folder cannot be made.
    """
    url = database.engine.url
    if url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}:
        file = Path(str(url.database))
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NewsletterError(
                f"{file.parent}, for the database, cannot be made: {error.strerror}"
            ) from error
        with suppress(OSError):  # SQLite tells it better
            file.touch(mode=0o600, exist_ok=False)


@contextmanager
def migrating(database: Database) -> Iterator["Config"]:
    """Alembic's configuration, in one transaction: a migration happens whole or not at all.

    SQLite changes a table by making it anew, which would pull the rows of other tables along; so
    there the foreign keys rest meanwhile (only outside of a transaction can one say so), and are
    checked at the end.
    """
    with database.engine.execution_options(lock_at_once=True).connect() as connection:
        on_sqlite = is_sqlite(connection)
        if on_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                config = _alembic()
                config.attributes["connection"] = connection
                yield config
                if on_sqlite:
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


@cache
def head() -> str:
    """The version of the tables that this program needs."""
    versions = _versions()
    if not versions:
        raise NewsletterError(f"no migrations in {paths.migrations()}; install newsletter again")
    return versions[-1]


def _versions() -> list[str]:
    """Every version of the tables that this program knows; a migration's file begins with it."""
    files = (paths.migrations() / "versions").glob("[0-9]*.py")
    return sorted(file.stem.partition("_")[0] for file in files)


def revision(database: Database) -> str | None:
    """The version of the tables that are there; None for an empty database.

    Raises:
        NewsletterError: it cannot be reached.
    """
    try:
        return _revision(database)
    except DBAPIError as error:
        raise NewsletterError(_unreachable(error, database.engine.url)) from error


def _revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        if not connection.dialect.has_table(connection, VERSION.name):
            return None
        present: str | None = connection.scalar(select(VERSION.c.version_num))
        return present


def _unreachable(error: DBAPIError, url: URL) -> str:
    """Why, and how a database is made that PostgreSQL does not have."""
    name = f'"{url.database}"'
    if url.get_backend_name() == "postgresql" and f"database {name} does not exist" in str(error):
        host = url.query.get("host", url.host)
        places = {"--host": host, "--port": url.port, "--username": url.username}
        options = "".join(f" {option}={value}" for option, value in places.items() if value)
        return (
            f"the server has no database {name}: `createdb{options} {url.database}` makes it, then"
            " run `newsletter db upgrade`"
        )
    if not isinstance(error, OperationalError):  # it was opened, and is no database
        return (
            f"{url.database}: {describe_failure(error)}; `newsletter restore FILE` brings a backup"
            " back"
        )
    said = describe_failure(error)
    if url.get_backend_name() == "sqlite":
        return (
            f"the database {url.database}: {said}; look at its rights and its folder's, at the room"
            " on its disk, and at who else uses it"
        )
    return f"the database cannot be reached: {said}; look at database.url"


def _alembic() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(paths.migrations()).replace("%", "%%"))
    return config
