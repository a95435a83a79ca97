"""Who presses a button: a person, or a machine that follows links and presses what it finds.

Gateways that look for harm in mail do that. Each page with a button says, signed, when it was
shown, and has a button that no person sees. Who presses that one, or is faster than people are, is
asked once more; a form that does not come from a page of ours does nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

from newsletter.subscribers import signup_limits

DECOY = "robot"  # the name of the button that no person sees


class PressDoubt(StrEnum):
    """What looked like a machine."""

    NONE = ""
    TOO_FAST = "too fast"
    DECOY = "decoy"


@dataclass(frozen=True)
class ButtonPress:
    """Whether the button's act may happen; and what looked like a machine, now or a step before."""

    counts: bool
    doubt: PressDoubt = PressDoubt.NONE


def read_press(form: Mapping[str, str], key: bytes, now: datetime, least: timedelta) -> ButtonPress:
    """What a form says of who sent it; people take `least` to read a page."""
    shown, _, rest = form.get("shown", "").partition(".")
    earlier, _, signature = rest.partition(".")
    expected = _signature(key, shown, earlier)
    if not compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
        return ButtonPress(counts=False)
    if DECOY in form:
        return ButtonPress(counts=False, doubt=PressDoubt.DECOY)
    if now - datetime.fromtimestamp(int(shown, 16) / 1000, UTC) < least:
        return ButtonPress(counts=False, doubt=PressDoubt.TOO_FAST)
    return ButtonPress(counts=True, doubt=PressDoubt[earlier])


def marker(key: bytes, now: datetime, doubt: PressDoubt = PressDoubt.NONE) -> str:
    """What the form of a page bears: when it was shown, and what was in doubt before."""
    shown = f"{int(now.timestamp() * 1000):x}"
    return f"{shown}.{doubt.name}.{_signature(key, shown, doubt.name)}"


def _signature(key: bytes, shown: str, doubt: str) -> str:
    return signup_limits.hashed(key, f"shown {shown} {doubt}")
