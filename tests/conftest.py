"""A newsletter in a folder of its own, and its command line, as an operator has them."""

import gc
import hashlib
import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from socketserver import StreamRequestHandler

import dns.resolver
import pytest
from filelock import FileLock
from hypothesis import settings as hypothesis_settings
from jinja2 import Environment
from sqlalchemy import URL, Engine, create_engine, update
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from newsletter import bootstrap, config, scaffold
from newsletter.cli.main import _run
from newsletter.cluster import queue_tables
from newsletter.config import Settings
from newsletter.database import db, schema, sqlite
from newsletter.database.db import Database
from newsletter.models import KeyRow
from newsletter.rendering.markup.offline_premailer import OfflinePremailer
from newsletter.sending.restore_guard import server_identity
from newsletter.sources.base import FetchResult
from newsletter.sources.bundled import BundledDay
from newsletter.subscribers import lifecycle
from newsletter.subscribers.consent_log import Channel, ConsentEvidence
from newsletter.subscribers.lifecycle import SubscriptionRequest
from tests import postgresql

# No test fails because the machine is busy. `few` is for a second run of the same tests elsewhere.
hypothesis_settings.register_profile("untimed", deadline=None, max_examples=60)
hypothesis_settings.register_profile("few", deadline=None, max_examples=10)
hypothesis_settings.load_profile(os.environ.get("NEWSLETTER_TESTS_EXAMPLES", "untimed"))

NOW = datetime(2025, 7, 11, 6, 30, tzinfo=UTC)
BY_HAND = ConsentEvidence(Channel.OPERATOR, "they asked on the phone")


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Cli = Callable[..., Said]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NEWSLETTER_CONFIG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NEWSLETTER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("NEWSLETTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(dns.resolver, "default_resolver", nobody_to_ask())
    monkeypatch.chdir(tmp_path)


_STATEMENTS: LRUCache[tuple[object, ...], object] = LRUCache(2000)


@pytest.fixture(autouse=True)
def _statements_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLAlchemy compiles a statement once for all databases of a process, not for each of them.

    Its cache asks whether the dialect is the same; those of one kind are, with one server.
    """

    def create(url: URL, **options: object) -> Engine:
        known = {"compiled_cache": _STATEMENTS}
        engine = create_engine(url, execution_options=known, **options)
        kind = type(engine.dialect)
        kind.__hash__ = _hash_of_kind  # type: ignore[method-assign, assignment]
        kind.__eq__ = _is_of_kind  # type: ignore[method-assign]
        return engine

    monkeypatch.setattr(db, "create_engine", create)


def _hash_of_kind(dialect: object) -> int:
    return hash(type(dialect))


def _is_of_kind(dialect: object, other: object) -> bool:
    return type(dialect) is type(other)


gc.disable()  # while tests are collected: what they import and list stays
_TOKENS = (re.compile(r"<!--([0-9a-f]{16})-->"), re.compile(r"B([0-9a-f]{12})h"))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look at it again and again."""
    gc.set_threshold(50_000)  # as the command line has it
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _no_power_cuts() -> Iterator[None]:
    """Tests kill processes, never the machine: nothing waits for a disk."""
    prepare = sqlite._prepare

    def prepare_at_once(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_prepare", prepare_at_once)
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def _answers_leave_at_once() -> Iterator[None]:
    """Servers of ours send an answer's head and body apart.

    On one machine the body waits 40 ms for the receipt of the head (Nagle and delayed ACK).
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StreamRequestHandler, "disable_nagle_algorithm", True)
        yield


@pytest.fixture(autouse=True, scope="session")
def _templates_compiled_once() -> Iterator[None]:
    """A template's code once a process, not once an application."""
    compile_template = Environment.compile
    known: dict[tuple[object, ...], object] = {}

    def compile_once(
        environment: Environment, source: str, name: str | None = None, filename: str | None = None
    ) -> object:
        asked = (type(environment), environment.template_class, source, name, filename)
        if asked not in known:
            known[asked] = compile_template(environment, source, name, filename)
        return known[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compile_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def _addresses_compiled_once() -> Iterator[None]:
    """What builds a page's address is compiled once a process, not once an application."""
    compile_builder = Rule._compile_builder
    known: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def compile_once(rule: Rule, *append_unknown: bool) -> Callable[..., tuple[str, str]]:
        asked = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if asked not in known:
            known[asked] = compile_builder(rule, *append_unknown)
        return known[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def _styles_inlined_once() -> Iterator[None]:
    """Cards that many tests show get their styles once a process.

    What parts them, and where a reader's own words go, has another random token each time: numbers
    stand for those meanwhile.
    """
    transform = OfflinePremailer.transform

    @lru_cache(maxsize=500)
    def known(html: str) -> str:
        return str(transform(OfflinePremailer(html), pretty_print=False))

    def transform_once(page: OfflinePremailer, **_options: object) -> str:
        tokens = [found[1] for pattern in _TOKENS if (found := pattern.search(page.html))]
        html = page.html
        for token in tokens:
            html = html.replace(token, "0" * len(token))
        html = known(html)
        for token in tokens:
            html = html.replace("0" * len(token), token)
        return html

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OfflinePremailer, "transform", transform_once)
        yield


@dataclass(frozen=True)
class NewTables:
    """A SQLite file as the migrations make it: our tables, and no row but its identity."""

    content: bytes
    identity: bytes

    def write(self, file: Path) -> None:
        """To a file for its owner alone, as the database that no other one is."""
        file.touch(mode=0o600)
        fresh = secrets.token_hex(len(self.identity) // 2).encode()
        file.write_bytes(self.content.replace(self.identity, fresh))


def nobody_to_ask() -> dns.resolver.Resolver:
    """A machine without a DNS server."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = []
    return resolver


@pytest.fixture(scope="session")
def new_tables(tmp_path_factory: pytest.TempPathFactory) -> NewTables:
    folder = tmp_path_factory.mktemp("new-tables")
    database = db.connect("sqlite:///new.db", folder)
    schema.upgrade(database)
    with database.read() as session:
        identity = session.get_one(KeyRow, "database").value.encode()
    database.dispose()
    content = (folder / "new.db").read_bytes()
    assert content.count(identity) == 1
    return NewTables(content, identity)


@pytest.fixture(autouse=True)
def _migrated_once(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, new_tables: NewTables
) -> None:
    """A new SQLite file gets its tables by copying; tests marked `migrates` run the migrations."""
    if request.node.get_closest_marker("migrates"):
        return
    migrate = schema.upgrade

    def upgrade(database: Database) -> None:
        url = database.engine.url
        file = Path(url.database or "")
        is_new = not file.exists() and file.parent.is_dir()
        if url.get_backend_name() == "sqlite" and is_new:
            new_tables.write(file)
        else:
            migrate(database)

    monkeypatch.setattr(schema, "upgrade", upgrade)


@pytest.fixture
def cli(capfdbinary: pytest.CaptureFixture[bytes]) -> Cli:
    """Run a command in this process, in the test's own folder."""

    def run(*args: str) -> Said:
        capfdbinary.readouterr()
        code = _run(args)
        out, err = capfdbinary.readouterr()
        return Said(code, out.decode(), err.decode())

    return run


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    """A PostgreSQL that nobody else uses; skips where it is not installed."""
    where = postgresql.programs()
    if where is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install '.[postgresql]')")
    with postgresql.running(where) as started:
        yield started


@pytest.fixture(scope="session")
def migrated(server: postgresql.Server) -> str:
    """The name of a PostgreSQL database with our tables, to be copied."""
    name = server.create()
    database = db.connect(server.url(name), Path())
    schema.upgrade(database)
    queue_tables.create_tables(database)
    database.dispose()
    return name


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marked = metafunc.definition.get_closest_marker("on_both_databases")
    if marked and "dialect" in metafunc.fixturenames:
        metafunc.parametrize("dialect", ["sqlite", "postgresql"])


@pytest.fixture
def dialect() -> str:
    """Which database a test runs on; one marked `on_both_databases` runs twice."""
    return "sqlite"


@pytest.fixture
def postgresql_database(server: postgresql.Server, migrated: str) -> Iterator[str]:
    """The address of a PostgreSQL database with our tables and nobody in it."""
    name = server.create(migrated)
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def settings(
    tmp_path: Path, dialect: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """The bundled day's newsletter, `audio`, with a database and nobody in it."""
    if dialect == "postgresql":
        url = request.getfixturevalue("postgresql_database")
        monkeypatch.setenv("NEWSLETTER_DATABASE__URL", url)
    return scaffold.write_configuration(tmp_path / "newsletter.toml", scaffold.DEMO, os.environ)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with bootstrap.open_database(settings) as opened:
        yield opened


def stored(settings: Settings, database: Database) -> bytes:
    """Every byte of the database's files: SQLite's with its log, PostgreSQL's tables."""
    if database.engine.dialect.name == "sqlite":
        database.dispose()
        return b"".join(file.read_bytes() for file in settings.folder.glob("newsletter.db*"))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        number = "SELECT oid FROM pg_database WHERE datname = current_database()"
        folder = f"{connection.exec_driver_sql(number).scalar_one()}"
        data = Path(str(connection.exec_driver_sql("SHOW data_directory").scalar_one()))
    return b"".join(file.read_bytes() for file in (data / "base" / folder).iterdir())


@pytest.fixture
def short_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the bundled day the first two papers a category: enough where its readers matter."""
    whole = BundledDay.fetch

    def fetch(
        self: BundledDay, categories: Sequence[str], day: date, _known: object = None
    ) -> FetchResult:
        fetched = whole(self, categories, day)
        listings = [
            replace(listing, announcements=listing.announcements[:2])
            for listing in fetched.listings
        ]
        chosen = {line.paper for listing in listings for line in listing.announcements}
        papers = {number: paper for number, paper in fetched.papers.items() if number in chosen}
        summaries = tuple(each for each in fetched.summaries if each.paper in chosen)
        return FetchResult(tuple(listings), papers, summaries)

    monkeypatch.setattr(BundledDay, "fetch", fetch)


Prepare = Callable[[str, Callable[[], None]], None]


@pytest.fixture(scope="session")
def kept_states(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """States on SQLite that many tests start from, by name; the same for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kept-states"
    folder.mkdir(exist_ok=True)
    return folder


def bring_to_state(
    kept_states: Path, name: str, folder: Path, make: Callable[[], None], *left_out: str
) -> bool:
    """The first test that asks for a state makes it; others copy what lay in its folder."""
    kept = kept_states / hashlib.sha256(name.encode()).hexdigest()
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            make()
            shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("cache", *left_out))
            return False
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return True


@pytest.fixture
def prepared(
    settings: Settings, database: Database, kept_states: Path, request: pytest.FixtureRequest
) -> Prepare:
    """Bring a test's new database into the state of that name, as the function given makes it."""
    on_sqlite = db.sqlite_file(settings.database.url, settings.folder) is not None
    server: postgresql.Server | None = None if on_sqlite else request.getfixturevalue("server")
    known = kept_states / server.folder.name if server else kept_states
    known.mkdir(exist_ok=True)

    def prepare(name: str, make: Callable[[], None]) -> None:
        kept = f"kept_{hashlib.sha256(name.encode()).hexdigest()[:16]}"

        def make_and_keep() -> None:
            make()
            database.dispose()
            if server:
                server.copy(str(database.engine.url.database), kept)

        database.dispose()
        is_copy = bring_to_state(known, name, settings.folder, make_and_keep, "newsletter.toml")
        if is_copy and server:
            server.drop(str(database.engine.url.database))
            server.copy(kept, str(database.engine.url.database))
            _say_it_is_no_dump(database)

    return prepare


def _say_it_is_no_dump(database: Database) -> None:
    """A copy on PostgreSQL would be taken for a dump that was brought back."""
    here = server_identity.identify(database)
    with database.write.begin() as session:
        session.execute(update(KeyRow).where(KeyRow.purpose == "server").values(value=here))


@pytest.fixture
def readers(database: Database, prepared: Prepare) -> list[str]:
    """Twelve confirmed readers of `audio`, four at each level of detail."""
    emails = [f"reader{number:02}@reader.example" for number in range(12)]

    def take_in() -> None:
        with database.write.begin() as session:
            for number, email in enumerate(emails):
                wish = SubscriptionRequest(["audio"], config.DETAILS[number % 3], "zh")
                lifecycle.add_subscriber(session, email, wish, "said so on the phone", NOW)

    prepared("twelve readers", take_in)
    return emails
