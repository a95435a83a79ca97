"""`[notify.NAME]`: the targets that hear of readers who come and go, by webhook or by mail."""

from base64 import b64decode
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from newsletter.config.sections import SettingsModel
from newsletter.config.values import Mailbox, Seconds, endpoint_address, split

_PREFIX = "whsec_"
_OCTETS = range(24, 65)  # as Standard Webhooks asks

NoticeKind = Literal["confirmed", "left", "came_back", "moved", "erased"]
NOTICE_KINDS: tuple[NoticeKind, ...] = ("confirmed", "left", "came_back", "moved", "erased")


def webhook_key(secret: str) -> bytes:
    """The octets that sign, of a secret as Standard Webhooks writes it.

    Raises:
        ValueError: it is none.
    """
    key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    if not secret.startswith(_PREFIX) or len(key) not in _OCTETS:
        raise ValueError
    return key


def _webhook_secret(value: SecretStr) -> SecretStr:
    try:
        webhook_key(value.get_secret_value())
    except ValueError:
        raise ValueError(
            "is no webhook secret (whsec_ and 24 to 64 octets in base64);"
            " `newsletter notify secret` makes one"
        ) from None
    return value


def _webhook_url(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    return SecretStr(endpoint_address(url) if url else "")


WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]


class NotifySettings(SettingsModel):
    """One target of notices."""

    # Kept as a secret: whoever has the address of some services may write there.
    url: Annotated[SecretStr, AfterValidator(_webhook_url)] = SecretStr("")
    secrets: Annotated[tuple[WebhookSecret, ...], BeforeValidator(split)] = ()  # all of them sign
    mail_to: Mailbox = ""
    newsletters: Annotated[tuple[str, ...], BeforeValidator(split)] = ()  # none named: all
    events: Annotated[tuple[NoticeKind, ...], BeforeValidator(split), Field(min_length=1)] = (
        NOTICE_KINDS
    )
    timeout_s: Seconds = 15.0  # of one request, from its first octet to the answer's last
