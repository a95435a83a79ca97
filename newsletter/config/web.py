"""The pages that `newsletter serve` gives."""

from typing import Annotated

from pydantic import Field, SecretStr

from newsletter.config.base import SettingsModel
from newsletter.config.values import Secret

Count = Annotated[int, Field(ge=0, le=1_000_000)]


class SignupSettings(SettingsModel):
    """The public form, and how much mail strangers can make this program send."""

    open: bool = True  # false: nobody new by the form; who is in stays in control
    confirm_days: Annotated[int, Field(ge=1, le=60)] = 7  # the life of a confirm link
    per_address_day: Count = 1  # mails that one address is asked with
    per_address_month: Count = 3  # the same, as long as it does not confirm
    per_network_hour: Count = 20  # requests from one /24 (IPv4) or /48 (IPv6)
    per_domain_hour: Count = 60  # mails to one mail domain
    per_hour: Count = 300  # mails in all
    waiting: Count = 10_000  # sign-ups that may wait for their turn


class WebSettings(SettingsModel):
    """How `newsletter serve`, or another WSGI server, is reached."""

    # How many proxies before it are yours: from so many the client's address is believed.
    proxies: Annotated[int, Field(ge=0, le=10)] = 0


class MetricsSettings(SettingsModel):
    """For Prometheus; without a token /metrics is not there."""

    token: Secret = SecretStr("")
