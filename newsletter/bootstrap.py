"""From settings to running parts: the only place that builds things."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_type_hints

from newsletter import notice_queue, plugins
from newsletter.config import SendingSettings, Settings
from newsletter.database import db, file_guard, schema
from newsletter.database.db import is_sqlite
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.plugins import Part
from newsletter.rendering.theme import Theme
from newsletter.sending.restore_guard import server_identity
from newsletter.sending.restore_guard.machine_memory import machine_memory
from newsletter.sending.restore_guard.memory_folders import was_sent_from
from newsletter.services import Bar, Services
from newsletter.sources.base import Source
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.summaries import llm_budget
from newsletter.summaries.base import Summarizer
from newsletter.summaries.day_spending import DaySpending
from newsletter.summaries.safe_summarizer import DisabledSummarizer, SafeSummarizer, describe_fault
from newsletter.transports.base import Transport
from newsletter.transports.memory import Memory

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from newsletter.transactional.outbox_worker import OutboxWorker


class PartWhenUsed:
    """The part that `load` gives, with all that it has; whatever that raises, its use raises.

    Most runs find everything done and need none.
    """

    def __init__(self, load: Callable[[], Any]) -> None:
        self._load = load
        self._part: Any = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever it has
        if self._part is None:
            self._part = self._load()
        return getattr(self._part, name)

    def close(self) -> None:
        if self._part is not None:
            self._part.close()


def signed_links(settings: Settings) -> SignedLinks:
    keys = [key.get_secret_value() for key in settings.site.secret_keys]
    return SignedLinks(settings.site.url, keys)


def connect(settings: Settings) -> db.Database:
    """The database, ready for use; changes in it reach the targets of [notify].

    Raises:
        NewsletterError: it is not there, or its tables are of another version.
    """
    database = schema.open_database(
        settings.database.url, settings.folder, was_sent_from=partial(was_sent_from, settings)
    )
    notice_queue.configure_targets(database, settings.notify)
    return database


@contextmanager
def open_database(settings: Settings) -> Iterator[db.Database]:
    """The database, ready to be used, closed at the end.

    Raises:
        NewsletterError: it is not there, or its tables are of another version.
    """
    opened = connect(settings)
    try:
        yield opened
    finally:
        opened.dispose()


@contextmanager
def open_services(
    settings: Settings,
    clock: Callable[[], datetime],
    bar: Bar,
    stopping: Callable[[], bool],
    source: Source | None = None,
    *,
    sends: bool = True,
) -> Iterator[Services]:
    """All that a day needs, closed at the end.

    `source` replaces the configured one; without `sends` no transport is asked for.
    """
    with open_database(settings) as opened:
        file = db.sqlite_file(settings.database.url, settings.folder)
        if file is not None:
            file_guard.refuse_another_file(opened.engine, file)
        with opened.read() as session:
            memory = machine_memory(settings, session)
        if sends:  # also where nothing is to be sent: this machine has seen the log until now
            server_identity.record_server(opened, memory, clock())
        source = source or load_source(settings)
        source.stop_when(stopping)
        transport = _transport(settings) if sends else Memory()
        summarizer = PartWhenUsed(_summarizer(settings))
        has_one_writer = is_sqlite(opened.engine)
        if not has_one_writer:
            source.share_interval_in(opened)
        shared = None if has_one_writer else DaySpending(opened, clock)
        try:
            yield Services(
                database=opened,
                source=source,
                summarizer=cast("Summarizer", summarizer),
                transport=transport,
                site=settings.site,
                links=signed_links(settings),
                clock=clock,
                bar=bar,
                stopping=stopping,
                theme=Theme.of(settings),
                llm_budget=llm_budget.from_settings(settings.summarizer, shared),
                patience=timedelta(hours=settings.source.patience_h),
                max_age_days=settings.source.max_age_days,
                page_interval=timedelta(seconds=source.page_interval_s),
                sending=settings.sending,
                journals=memory.journals,
                memory=memory,
            )
        finally:
            transport.close()
            summarizer.close()


def outbox_worker(
    settings: Settings,
    database: db.Database,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> "OutboxWorker":
    """The worker for sign-ups and transactional mails; it opens a transport when a mail waits."""
    from newsletter.transactional.outbox_worker import OutboxWorker

    return OutboxWorker(
        database,
        settings,
        signed_links(settings),
        lambda: load_transport(settings),
        clock,
        stopping,
    )


@contextmanager
def rehearsal(real: Services) -> Iterator[Services]:
    """The same parts for a rehearsal: on a copy, with mails in memory, without a paid model."""
    summarizer = real.summarizer
    if not summarizer.quotes:
        summarizer = DisabledSummarizer(summarizer.name, "is not asked in a rehearsal", summarizer)
    with real.database.rehearsal() as copy:
        yield replace(
            real,
            database=copy,
            transport=Memory(),
            summarizer=summarizer,
            llm_budget=replace(real.llm_budget.of_another_run(), day=None),
            sending=SendingSettings(),
            journals=None,
            memory=None,
        )


def _transport(settings: Settings) -> Transport:
    """Raises: WrongUseError: there is none of that name."""
    installed = _installed("transport", settings)
    return cast(
        "Transport",
        PartWhenUsed(
            lambda: plugins.completed(Transport, plugins.load("transport", installed)(settings))
        ),
    )


def _summarizer(settings: Settings) -> Callable[[], Summarizer]:
    """A builder of the configured summarizer; a fault in a stranger's does not stop the day.

    Raises:
        WrongUseError: there is none of that name; later, a setting of it is wrong.
    """
    installed = _installed("summarizer", settings)

    def build() -> Summarizer:
        try:
            return SafeSummarizer(plugins.load("summarizer", installed)(settings))
        except WrongUseError:
            raise
        except Exception as error:  # noqa: BLE001 - a stranger's part that cannot be built
            reason = str(error) if isinstance(error, NewsletterError) else describe_fault(error)
            return DisabledSummarizer(settings.summarizer.use, f"cannot be used: {reason}")

    return build


def load_source(settings: Settings) -> Source:
    """Raises: WrongUseError: nothing of that name is installed; the next two as well."""
    return _load("source", Source, settings)


def load_summarizer(settings: Settings) -> Summarizer:
    return _load("summarizer", Summarizer, settings)


def load_transport(settings: Settings) -> Transport:
    return _load("transport", Transport, settings)


def transport_type(settings: Settings) -> type[Transport]:
    """The class that the transport's factory is annotated to return, else `Transport`.

    It is `Transport` as well where the part cannot be loaded: its use then says why.
    """
    return _type("transport", Transport, settings)


def summarizer_type(settings: Settings) -> type[Summarizer]:
    return _type("summarizer", Summarizer, settings)


def _type(name: str, kind: type[Part], settings: Settings) -> type[Part]:
    try:
        factory = plugins.load(name, _installed(name, settings))
        made = get_type_hints(factory).get("return")
    except Exception:  # noqa: BLE001 - a stranger's part
        return kind
    return made if isinstance(made, type) and issubclass(made, kind) else kind


def _load(name: str, kind: type[Part], settings: Settings) -> Part:
    return plugins.completed(kind, plugins.load(name, _installed(name, settings))(settings))


def _installed(kind: str, settings: Settings) -> "EntryPoint":
    return plugins.find(kind, getattr(settings, kind).use)
