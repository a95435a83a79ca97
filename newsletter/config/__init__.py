"""Settings: newsletter.toml, overridden by the environment, checked before anything runs."""

from newsletter.config.environment_file import (
    check_environment,
    environment_file,
    environment_text,
    with_environment_file,
)
from newsletter.config.loading import FILE_NAME, check_slug, find_file, load, parse
from newsletter.config.notify import NOTICE_KINDS, NoticeKind, NotifySettings, webhook_key
from newsletter.config.part_sections import (
    DkimSettings,
    FeedbackSettings,
    SourceSettings,
    SummarizerSettings,
    TransportSettings,
)
from newsletter.config.sections import (
    DETAILS,
    LANGUAGES,
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
from newsletter.config.settings import Settings

__all__ = [
    "DETAILS",
    "FILE_NAME",
    "LANGUAGES",
    "NOTICE_KINDS",
    "AlarmSettings",
    "ApiClientSettings",
    "DatabaseSettings",
    "DkimSettings",
    "FeedbackSettings",
    "LookSettings",
    "MetricsSettings",
    "NewsletterSettings",
    "NoticeKind",
    "NotifySettings",
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
    "check_environment",
    "check_slug",
    "environment_file",
    "environment_text",
    "find_file",
    "load",
    "parse",
    "webhook_key",
    "with_environment_file",
]
