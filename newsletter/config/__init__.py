"""Settings: newsletter.toml, overridden by the environment, checked before anything runs."""

from newsletter.config.base import SettingsModel
from newsletter.config.display import (
    DETAILS,
    LANGUAGES,
    LookSettings,
    NewsletterSettings,
    SiteSettings,
    TemplatesSettings,
)
from newsletter.config.loading import FILE_NAME, load
from newsletter.config.sections import (
    DatabaseSettings,
    DkimSettings,
    FeedbackSettings,
    SendingSettings,
    SourceSettings,
    SummarizerSettings,
    TransportSettings,
)
from newsletter.config.settings import Settings
from newsletter.config.web import MetricsSettings, SignupSettings, WebSettings

__all__ = [
    "DETAILS",
    "FILE_NAME",
    "LANGUAGES",
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
