"""The migrations make exactly the tables that the code uses."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import func, select, text

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database import db, schema
from newsletter.database.db import Database
from newsletter.database.missing_rows import insert_missing
from newsletter.models import KeyRow


def test_upgrading_again_changes_nothing(database: Database) -> None:
    before = schema.revision(database)
    schema.upgrade(database)
    assert schema.revision(database) == before == schema.head()


def test_a_rehearsal_leaves_no_trace(database: Database) -> None:
    with database.read() as session:
        before = session.scalar(select(func.count()).select_from(KeyRow))
    with database.rehearsal() as copy:
        with copy.write.begin() as session:
            session.add(KeyRow(purpose="rehearsed", value="00"))
        with copy.read() as session:
            assert session.get(KeyRow, "rehearsed") is not None
    with database.read() as session:
        assert session.get(KeyRow, "rehearsed") is None
        assert session.scalar(select(func.count()).select_from(KeyRow)) == before


def test_rows_that_are_there_stay_as_they_are(database: Database) -> None:
    with database.write.begin() as session:
        insert_missing(session, KeyRow, [{"purpose": "a", "value": "first"}])
        insert_missing(session, KeyRow, [{"purpose": "a", "value": "second"}])
        insert_missing(session, KeyRow, [])
        assert session.get_one(KeyRow, "a").value == "first"


def test_a_relative_file_lies_beside_the_configuration(settings: Settings) -> None:
    assert db.sqlite_file("sqlite:///newsletter.db", settings.folder) == (
        settings.folder / "newsletter.db"
    )
    assert db.sqlite_file("postgresql://localhost/news", settings.folder) is None


def test_who_comes_next_gets_the_connection_whose_pages_are_still_known(settings: Settings) -> None:
    database = db.connect("sqlite:///new.db", settings.folder)
    with closing(database.engine.raw_connection()) as first:
        with closing(database.engine.raw_connection()) as second:
            assert second.dbapi_connection is not first.dbapi_connection
        last = first.dbapi_connection
    for _ in range(3):
        with database.write.begin() as session:
            assert session.connection().connection.dbapi_connection is last
    database.dispose()


@pytest.mark.migrates
def test_a_new_database_is_for_its_owner_alone(settings: Settings) -> None:
    database = db.connect("sqlite:///new.db", settings.folder)
    try:
        schema.upgrade(database)
        with database.write.begin() as session:
            session.add(KeyRow(purpose="a", value="00"))
            session.flush()
            files = sorted(settings.folder.glob("new.db*"))
            assert [file.stat().st_mode & 0o777 for file in files] == [0o600] * 3
    finally:
        database.dispose()


def test_who_opens_a_new_file_waits_for_another_who_writes_to_it(settings: Settings) -> None:
    file = settings.folder / "fresh.db"  # nobody has turned SQLite's log on yet

    def count() -> int:
        database = db.connect(f"sqlite:///{file}", settings.folder)
        try:
            with database.read() as session:
                return session.scalar(text("SELECT count(*) FROM kept")) or 0
        finally:
            database.dispose()

    with ThreadPoolExecutor() as beside, closing(sqlite3.connect(file)) as other:
        other.executescript("CREATE TABLE kept (number); BEGIN IMMEDIATE")
        other.execute("INSERT INTO kept VALUES (1)")
        counted = beside.submit(count)
        with pytest.raises(TimeoutError):
            counted.result(timeout=0.2)
        other.commit()
        assert counted.result() == 1


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize(("promised", "held"), [("off", "on"), ("local", "local")])
def test_what_is_committed_survives_a_power_cut_though_a_server_promises_less(
    settings: Settings, database: Database, promised: str, held: str
) -> None:
    setting = f"ALTER DATABASE {database.engine.url.database} SET synchronous_commit = {promised}"
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(setting)
    database.engine.dispose()
    with bootstrap.open_database(settings) as opened:
        for writing in (opened.write, opened.concurrent, opened.row_locked):
            with writing.begin() as session:
                assert session.scalar(text("SHOW synchronous_commit")) == held
