"""Why the provider itself may be in trouble, and what the operator is told of it."""

from enum import StrEnum

from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import refusal_cause


class Doubt(StrEnum):
    """Why one mail is sent alone before any other."""

    REFUSED = "refused"
    DEFERRED = "deferred"
    MIXED = "mixed"  # refused, deferred or broken off, one after the other
    LOST = "lost"
    EARLIER = "earlier"  # a run before this one ended so


_ADVICE = {
    Doubt.REFUSED: "readers of every domain are refused ({words}): they wait; look at"
    " [transport], and ask your provider about quota, account, reputation and size",
    Doubt.DEFERRED: "readers of every domain are deferred ({words}): ask your provider why",
    Doubt.MIXED: "readers of every domain fail, in several ways ({words}): they wait; ask"
    " your provider why",
    Doubt.LOST: "the answers to mails are lost ({words}): nobody knows whether those arrived;"
    " `newsletter deliveries settle` decides on an issue's",
    Doubt.EARLIER: "it is not over ({words}): see [transport], or ask your provider",
}


def advice(doubt: Doubt, words: str) -> str:
    """One line with the server's words, and what to do."""
    return _ADVICE[doubt].replace("{words}", words)


def advice_on_many_refused(words: str) -> str:
    """One line for refusals of many readers, while others were accepted between."""
    said = f"too many readers are refused to be their own fault ({words}): they wait; ask your"
    if refusal_cause(words) is RefusalCause.SENDER:
        return f"{said} provider about quota, account, reputation and authentication"
    return (
        f"{said} provider why, and where their addresses are dead, `newsletter subscribers remove`"
    )
