"""From settings to running parts: the only place that builds things."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from typing import Any

from newsletter import db
from newsletter.config import SendingSettings, Settings
from newsletter.daily import Bar, Parts
from newsletter.errors import NewsletterError, WrongUseError, did_you_mean
from newsletter.rendering.theme import Looks
from newsletter.sending import journal
from newsletter.sources.base import Source
from newsletter.subscribers.tokens import Links
from newsletter.summaries import llm_budget
from newsletter.summaries.base import Summarizer
from newsletter.summaries.extractive_summarizer import Embedded
from newsletter.summaries.safe_summarizer import Guarded, Unasked, fault
from newsletter.transactional.worker import OutboxWorker
from newsletter.transports.memory import Memory


def links(settings: Settings) -> Links:
    keys = [key.get_secret_value() for key in settings.site.secret_keys]
    return Links(settings.site.url, keys)


@contextmanager
def database(settings: Settings) -> Iterator[db.Database]:
    """The database, ready to be used, closed at the end.

    Raises:
        NewsletterError: it is not there, or its tables are of another version.
    """
    opened = db.open_database(settings.database.url, settings.folder)
    try:
        yield opened
    finally:
        opened.dispose()


@contextmanager
def parts(
    settings: Settings,
    clock: Callable[[], datetime],
    bar: Bar,
    stopping: Callable[[], bool],
    source: Source | None = None,
    *,
    sends: bool = True,
) -> Iterator[Parts]:
    """All that a day needs, closed at the end.

    `source` replaces the configured one; without `sends` no transport is asked for.
    """
    with database(settings) as opened:
        transport = part("transport", settings) if sends else Memory()
        summarizer = _summarizer(settings)
        try:
            yield Parts(
                database=opened,
                source=source or part("source", settings),
                summarizer=summarizer,
                transport=transport,
                site=settings.site,
                links=links(settings),
                clock=clock,
                bar=bar,
                stopping=stopping,
                looks=Looks.of(settings),
                allowance=llm_budget.from_settings(settings.summarizer),
                patience=timedelta(hours=settings.source.patience_h),
                max_age_days=settings.source.max_age_days,
                sending=settings.sending,
                marks=settings.folder / journal.FOLDER,
            )
        finally:
            transport.close()
            summarizer.close()


def mailroom(
    settings: Settings,
    database: db.Database,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> OutboxWorker:
    """What answers sign-ups and sends letters; it opens a transport when there is one to send."""
    return OutboxWorker(
        database,
        settings,
        links(settings),
        lambda: part("transport", settings),
        clock,
        stopping,
    )


@contextmanager
def rehearsal(real: Parts) -> Iterator[Parts]:
    """The same parts, but nothing that is done with them stays or leaves, and no model is paid."""
    summarizer = real.summarizer
    if not isinstance(summarizer, Embedded):
        summarizer = Unasked(summarizer.name, "is not asked in a rehearsal", summarizer)
    with real.database.rehearsal() as copy:
        yield replace(
            real,
            database=copy,
            transport=Memory(),
            summarizer=summarizer,
            allowance=replace(real.allowance),
            sending=SendingSettings(),
            marks=None,
        )


def _summarizer(settings: Settings) -> Summarizer:
    """The configured one; whatever is wrong with a stranger's, the day goes on without it.

    Raises:
        WrongUseError: there is none of that name, or a setting of it is wrong.
    """
    try:
        built = part("summarizer", settings)
        return built if isinstance(built, Embedded) else Guarded(built)
    except WrongUseError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's part that cannot be built
        told = str(error) if isinstance(error, NewsletterError) else fault(error)
        return Unasked(settings.summarizer.use, f"cannot be used: {told}")


def part(kind: str, settings: Settings) -> Any:  # noqa: ANN401 - what an entry point builds is checked by its use
    """The source, summarizer or transport that `[kind] use` names.

    Raises:
        WrongUseError: nothing of that name is installed.
    """
    name = getattr(settings, kind).use
    found = {each.name: each for each in entry_points(group=f"newsletter.{kind}s")}
    if name not in found:
        raise WrongUseError(f"{kind}.use: there is no {kind} {name!r}{did_you_mean(name, found)}")
    try:
        factory = found[name].load()
    except (ImportError, AttributeError) as error:
        raise NewsletterError(f"the {kind} {name!r} cannot be loaded: {error}") from error
    return factory(settings)
