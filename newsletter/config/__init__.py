"""Settings: newsletter.toml, overridden by the environment, checked before anything runs."""

from newsletter.config.environment_file import (
    environment_file,
    environment_text,
    with_environment_file,
)
from newsletter.config.loading import FILE_NAME, load, parse
from newsletter.config.sections import (
    DETAILS,
    LANGUAGES,
    AlarmSettings,
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
    "AlarmSettings",
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
    "environment_file",
    "environment_text",
    "load",
    "parse",
    "with_environment_file",
]
