"""Settings: newsletter.toml, overridden by the environment, checked before anything runs."""

from newsletter.config.loading import FILE_NAME, load
from newsletter.config.sections import (
    DETAILS,
    LANGUAGES,
    ApiClientSettings,
    DatabaseSettings,
    DkimSettings,
    FeedbackSettings,
    LookSettings,
    MetricsSettings,
    NewsletterSettings,
    SendingSettings,
    SettingsModel,
    SignupSettings,
    SiteSettings,
    SourceSettings,
    SummarizerSettings,
    TemplatesSettings,
    TransportSettings,
    WebSettings,
)
from newsletter.config.settings import Settings

__all__ = [
    "DETAILS",
    "FILE_NAME",
    "LANGUAGES",
    "ApiClientSettings",
    "DatabaseSettings",
    "DkimSettings",
    "FeedbackSettings",
    "LookSettings",
    "MetricsSettings",
    "NewsletterSettings",
    "SendingSettings",
    "Settings",
    "SettingsModel",
    "SignupSettings",
    "SiteSettings",
    "SourceSettings",
    "SummarizerSettings",
    "TemplatesSettings",
    "TransportSettings",
    "WebSettings",
    "load",
]
