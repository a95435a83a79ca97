"""The tables: made by migrations that agree with the models, up, down and up again, with people."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from newsletter.config import Settings
from newsletter.database import db, schema
from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.models import Base
from newsletter.web import create_app
from tests.conftest import Cli

pytestmark = pytest.mark.migrates

_SCRIPTS = ScriptDirectory.from_config(schema._alembic())
STAIRS = [each.revision for each in _SCRIPTS.walk_revisions()][::-1]
_ROWS = """
INSERT INTO issue VALUES
    (1, 'audio', '2025-07-11', 'Audio', 'en', '[]', '{}', 'frozen', '2025-07-11 06:30:00');
INSERT INTO subscriber (id, email, standing, language, consent, created_at) VALUES
    (7, 'ada@reader.example', 'confirmed', 'en', 'on paper', '2025-07-11 06:30:00');
INSERT INTO subscription (subscriber_id, newsletter, detail, since) VALUES
    (7, 'audio', 'brief', '2025-07-11 06:30:00');
INSERT INTO batch (id, issue_id, finished) VALUES (3, 1, false);
INSERT INTO delivery
    (issue_id, subscriber_id, batch_id, reference, state, attempts, changed_at) VALUES
    (1, 7, 3, 'abc', 'sent', 1, '2025-07-11 06:30:00');
INSERT INTO suppression VALUES ('0f', 'complaint', '2025-07-11 06:30:00');
INSERT INTO key VALUES ('suppression', '00')
"""  # as the first tables have them


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    if request.param == "postgresql":
        server = request.getfixturevalue("server")
        database = db.connect(server.url(server.create()), tmp_path)
    else:
        database = db.connect("sqlite:///empty.db", tmp_path)
    yield database
    database.dispose()


def climb(database: Database, revision: str) -> None:
    with schema.migrating(database) as config:
        command.upgrade(config, revision)


def climb_and_fall(database: Database) -> None:
    with schema.migrating(database) as config:
        command.upgrade(config, "head")
        config.attributes["connection"].exec_driver_sql("SELECT * FROM nothing")


def descend(database: Database, revision: str) -> None:
    with schema.migrating(database) as config:
        command.downgrade(config, revision)


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Base.metadata))


def put_people(database: Database) -> None:
    with database.engine.begin() as connection:
        for row in _ROWS.split(";"):
            connection.exec_driver_sql(row)


def people(database: Database) -> list[tuple[object, ...]]:
    with database.engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT s.id, s.email, s.standing, s.consent, p.newsletter, p.detail, d.state,"
                " d.reference, u.reason FROM subscriber s"
                " JOIN subscription p ON p.subscriber_id = s.id"
                " JOIN delivery d ON d.subscriber_id = s.id CROSS JOIN suppression u"
            )
        )
        return [tuple(row) for row in found]


def test_the_migrations_form_one_chain_in_the_order_of_their_names() -> None:
    files = sorted(Path(_SCRIPTS.versions).glob("*.py"))
    assert [file.name[:4] for file in files] == STAIRS
    for file, before in zip(files, [None, *STAIRS], strict=False):
        assert re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", file.name)
        script = _SCRIPTS.get_revision(file.name[:4])
        assert script is not None
        assert script.down_revision == before


def test_the_migrations_and_the_models_agree(empty: Database) -> None:
    schema.upgrade(empty)
    assert differences(empty) == []


@pytest.mark.slow
def test_up_down_and_up_again(empty: Database) -> None:
    schema.upgrade(empty)
    descend(empty, "base")
    assert inspect(empty.engine).get_table_names() == ["alembic_version"]
    assert schema.revision(empty) is None
    schema.upgrade(empty)
    assert differences(empty) == []
    assert schema.revision(empty) == STAIRS[-1]


@pytest.mark.slow
def test_every_step_goes_up_and_down_with_people_on_it_and_keeps_them(empty: Database) -> None:
    climb(empty, STAIRS[0])
    put_people(empty)
    before = people(empty)
    assert len(before) == 1
    for step in STAIRS[1:]:
        climb(empty, step)
        assert people(empty) == before, step
        descend(empty, "-1")
        assert people(empty) == before, step
        climb(empty, step)
    assert differences(empty) == []
    descend(empty, "base")


def test_a_migration_that_fails_changes_nothing(empty: Database) -> None:
    climb(empty, STAIRS[0])
    put_people(empty)
    with pytest.raises((OperationalError, ProgrammingError)):
        climb_and_fall(empty)
    assert schema.revision(empty) == STAIRS[0]
    assert len(people(empty)) == 1


def test_a_database_whose_rows_point_to_nothing_is_not_migrated(tmp_path: Path) -> None:
    database = db.connect("sqlite:///loose.db", tmp_path)
    climb(database, STAIRS[0])
    with database.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            connection.exec_driver_sql(
                "INSERT INTO batch (id, issue_id, finished) VALUES (1, 9, 0)"
            )
        connection.invalidate()
    with pytest.raises(NewsletterError, match="a row of batch points to a row of issue"):
        schema.upgrade(database)
    assert schema.revision(database) == STAIRS[0]
    database.dispose()


@pytest.mark.on_both_databases
def test_neither_the_commands_nor_the_server_start_on_stale_tables(
    cli: Cli, settings: Settings, database: Database
) -> None:
    descend(database, "-1")
    for command_line in (("run",), ("subscribers", "list"), ("serve",), ("send",)):
        said = cli(*command_line)
        assert said.code == 1
        assert "run `newsletter db upgrade`" in said.err
    with pytest.raises(NewsletterError, match="run `newsletter db upgrade`"):
        create_app(settings)
    assert cli("db", "upgrade").code == 0
    assert cli("subscribers", "list").code == 0


@pytest.mark.on_both_databases
def test_tables_of_a_newer_program_are_not_touched(
    cli: Cli, database: Database, settings: Settings
) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    said = cli("run")
    assert said.code == 1
    assert "version 9999, this program knows none above" in said.err
    assert cli("db", "upgrade").code == 1
    assert settings.folder.exists()
