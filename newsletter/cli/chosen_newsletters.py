"""The newsletters that a command is for: the one that is named, or each in turn."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from newsletter.cli import common
from newsletter.errors import NewsletterError, WrongUseError

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings, Settings
    from newsletter.services import Services


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
    """What the database knows of a slug that is not configured."""
    from newsletter import bootstrap, slugs

    try:
        with bootstrap.open_database(settings) as database, database.read() as session:
            (today,) = slugs.of_today(session, [slug])
            if today != slug:
                return f"{slug!r} is called {today!r} now"
            return slugs.orphans(session, settings).get(slug)
    except NewsletterError:
        return None


def for_each_newsletter(
    settings: "Settings", slug: str | None, act: Callable[["NewsletterSettings"], bool]
) -> bool:
    """Every newsletter, or the one named; trouble with one does not keep the others waiting."""
    chosen = [newsletter(settings, slug)] if slug else list(settings.newsletters)
    done = True
    for newsletter_settings in chosen:
        try:
            done = act(newsletter_settings) and done
        except NewsletterError as error:
            if len(chosen) == 1:
                raise
            common.warn(f"{newsletter_settings.slug}: {error}")
            done = False
    return done


def for_each_mailed(
    settings: "Settings",
    services: "Services",
    slug: str | None,
    act: Callable[["NewsletterSettings"], bool],
) -> bool:
    """The same for what mails; not done while there are readers who cannot be mailed at all."""
    from newsletter.subscribers.health import without_a_way_out

    with services.database.read() as session:
        too_many = without_a_way_out(settings, session)
    if too_many:
        common.warn(too_many)
    return for_each_known(settings, services, slug, act) and not too_many


def for_each_known(
    settings: "Settings",
    services: "Services",
    slug: str | None,
    act: Callable[["NewsletterSettings"], bool],
) -> bool:
    """The same but for those that may be another under a new slug; not done while that is open."""
    from newsletter import slugs

    with services.database.read() as session:
        orphans = slugs.orphans(session, settings)
        refused = slugs.refused(session, settings, orphans)

    def act_unless_refused(newsletter: "NewsletterSettings") -> bool:
        if newsletter.slug in refused:
            raise NewsletterError(refused[newsletter.slug])
        return act(newsletter)

    return for_each_newsletter(settings, slug, act_unless_refused) and not orphans
