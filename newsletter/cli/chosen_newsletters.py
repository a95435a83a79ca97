"""The newsletters that a command is for: the one that is named, or each in turn."""

from typing import TYPE_CHECKING

from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.config import NewsletterSettings, Settings


def newsletter(settings: "Settings", slug: str | None) -> "NewsletterSettings":
    """The newsletter of that slug; without one, the first.

    Raises:
        WrongUseError: the configuration has none; where the database knows of it, with what to do.
    """
    try:
        return settings.newsletter(slug)
    except WrongUseError as error:
        told = _told_of(settings, str(slug))
        raise (WrongUseError(told) if told else error) from None


def _told_of(settings: "Settings", slug: str) -> str | None:
    """The database's knowledge of a slug that is not configured."""
    from newsletter import bootstrap, slugs

    try:
        with bootstrap.open_database(settings) as database, database.read() as session:
            (today,) = slugs.of_today(session, [slug])
            if today != slug:
                return f"{slug!r} is called {today!r} now"
            return slugs.orphans(session, settings).get(slug)
    except NewsletterError:
        return None


def newsletters(settings: "Settings", slug: str | None) -> "Sequence[NewsletterSettings]":
    """The one of that slug; without one, all."""
    return [newsletter(settings, slug)] if slug else settings.newsletters
