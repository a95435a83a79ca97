"""For `newsletter check`: would a mail leave? Each transport goes as far as it can without one."""

import stat
import tempfile
from collections.abc import Iterator
from datetime import datetime

from newsletter.config import Settings
from newsletter.finding import Finding, Severity
from newsletter.transports.sendgrid import health as sendgrid_health
from newsletter.transports.smtp import health as smtp_health

_PART = "transport"
_WITHIN_S = 10.0  # one step; a server that takes longer is no server for a newsletter


def check(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Try the configured transport; no mail leaves."""
    chosen = settings.transport
    quick = chosen.model_copy(update={"timeout_s": min(chosen.timeout_s, _WITHIN_S)})
    if chosen.use == "smtp":
        level, text = smtp_health.attempt(quick, settings.site.feedback_address)
        yield Finding(_PART, level, text)
    elif chosen.use == "sendgrid":
        yield from sendgrid_health.check(quick, now)
    elif chosen.use == "files":
        yield _files(settings)
    else:
        text = f"{chosen.use!r} is an installed part; `newsletter send-test` tries it"
        yield Finding(_PART, Severity.OK, text)


def _files(settings: Settings) -> Finding:
    folder = settings.folder / settings.transport.directory
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"a full disk says so")
    except OSError as error:
        text = f"{folder} cannot be written ({error.strerror}); look at transport.directory"
        return Finding(_PART, Severity.TROUBLE, text)
    if folder.exists() and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        text = (
            f"others on this machine can open {folder}: mails hold addresses, and links that act"
            f" for their readers; `chmod 700 {folder}`"
        )
        return Finding(_PART, Severity.WARNING, text)
    text = f'mails become files in {folder}; transport.use = "smtp" or "sendgrid" sends them'
    return Finding(_PART, Severity.OK, text)
