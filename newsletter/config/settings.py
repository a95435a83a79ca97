"""All settings together."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from newsletter.config.notify import NotifySettings
from newsletter.config.part_sections import (
    DkimSettings,
    FeedbackSettings,
    SourceSettings,
    SummarizerSettings,
    TransportSettings,
)
from newsletter.config.sections import (
    AlarmSettings,
    ApiClientSettings,
    DatabaseSettings,
    LookSettings,
    MetricsSettings,
    NewsletterSettings,
    SendingSettings,
    SettingsModel,
    SignupSettings,
    SiteSettings,
    TemplatesSettings,
    WebSettings,
)
from newsletter.errors import WrongUseError, did_you_mean

TargetName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class Settings(SettingsModel):
    """Everything that an operator can choose, and the folder that relative paths start from."""

    folder: Path
    site: SiteSettings
    database: DatabaseSettings = DatabaseSettings()
    newsletters: Annotated[tuple[NewsletterSettings, ...], Field(min_length=1)]
    source: SourceSettings = SourceSettings()
    summarizer: SummarizerSettings = SummarizerSettings()
    transport: TransportSettings = TransportSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    alarm: AlarmSettings = AlarmSettings()
    metrics: MetricsSettings = MetricsSettings()
    look: LookSettings = LookSettings()
    templates: TemplatesSettings = TemplatesSettings()
    sending: SendingSettings = SendingSettings()
    signup: SignupSettings = SignupSettings()
    web: WebSettings = WebSettings()
    dkim: DkimSettings = DkimSettings()
    api: dict[str, ApiClientSettings] = Field(default_factory=dict)
    notify: dict[TargetName, NotifySettings] = Field(default_factory=dict)

    def renamed(self, slugs: Mapping[str, str]) -> "Settings":
        """The same by other slugs; what is not among them keeps its own."""

        def others(named: Iterable[str]) -> tuple[str, ...]:
            return tuple(slugs.get(slug, slug) for slug in named)

        newsletters = tuple(
            newsletter.model_copy(update={"slug": slugs.get(newsletter.slug, newsletter.slug)})
            for newsletter in self.newsletters
        )
        api = {
            name: client.model_copy(update={"newsletters": others(client.newsletters)})
            for name, client in self.api.items()
        }
        notify = {
            name: target.model_copy(update={"newsletters": others(target.newsletters)})
            for name, target in self.notify.items()
        }
        return self.model_copy(update={"newsletters": newsletters, "api": api, "notify": notify})

    def newsletter(self, slug: str | None) -> NewsletterSettings:
        """The newsletter of that slug; without one, the first.

        Raises:
            WrongUseError: no newsletter has this slug.
        """
        by_slug = {newsletter.slug: newsletter for newsletter in self.newsletters}
        if slug is None:
            return self.newsletters[0]
        if slug not in by_slug:
            raise WrongUseError(f"no newsletter {slug!r} here{did_you_mean(slug, by_slug)}")
        return by_slug[slug]
