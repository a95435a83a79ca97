"""An SPF record as RFC 7208 writes it: its terms, and what is wrong with them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from newsletter.errors import NewsletterError

_PREFIX = r"(0|[1-9]\d{0,2})"
_MECHANISM = re.compile(
    rf"([+?~-]?)([a-z]\w*)(?::(.*?))?(?:/{_PREFIX})?(?://{_PREFIX})?", re.IGNORECASE
)
_MODIFIER = re.compile(r"([a-z][\w.-]*)=(.*)", re.IGNORECASE)
MACRO = re.compile(r"%(?:([%_-])|\{([slodiphv])(\d*)(r?)([.\-+,/_=]*)\})", re.IGNORECASE)
# A domain-spec ends in a macro or in a name whose last label is not all digits (7.1).
_DOMAIN_SPEC = re.compile(
    r"[!-~]*(\.(?!\d+\.?$)[a-z\d]([a-z\d-]*[a-z\d])?\.?|%\{[^}]*\})", re.IGNORECASE
)
_TAKES_DOMAIN = {"include": True, "exists": True, "a": None, "mx": None, "ptr": None, "all": False}


class SpfResult(StrEnum):
    """RFC 7208, 2.6; `permerror` is the exception `SpfError`, `temperror` is `DnsError`."""

    PASS = "pass"  # noqa: S105 - a result
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"


_RESULTS = {
    "": SpfResult.PASS,
    "+": SpfResult.PASS,
    "-": SpfResult.FAIL,
    "~": SpfResult.SOFTFAIL,
    "?": SpfResult.NEUTRAL,
}


class SpfError(NewsletterError):
    """`permerror`: receivers take the record for none."""


@dataclass(frozen=True)
class SpfTerm:
    result: SpfResult
    name: str
    value: str
    prefixes: tuple[int, int]  # of IPv4 and IPv6


@dataclass(frozen=True)
class SpfRecord:
    terms: list[SpfTerm]
    redirect: str


def parse_record(text: str) -> SpfRecord:
    """A record's terms; any error in it, in those behind a match too, is one of all (4.6)."""
    terms, modifiers = [], []
    for word in text.split(" ")[1:]:
        if modifier := _MODIFIER.fullmatch(word):
            modifiers.append((modifier[1].lower(), modifier[2]))
        elif word:
            terms.append(_term(word))
    for name, value in modifiers:
        known = name in {"redirect", "exp"}
        if (known and not _is_domain_spec(value)) or not _has_whole_macros(value):
            raise SpfError(f"{name}={value} is not written as RFC 7208 asks")
        if known and [other for other, _ in modifiers].count(name) > 1:
            raise SpfError(f"{name}= stands twice")
    return SpfRecord(terms, dict(modifiers).get("redirect", ""))


def _term(text: str) -> SpfTerm:
    parts = _MECHANISM.fullmatch(text)
    if not parts:
        raise SpfError(f"{text} is not written as RFC 7208 asks")
    name, value, first, second = parts[2].lower(), parts[3], parts[4], parts[5]
    if name == "ip6":
        first, second = None, first if second is None else "999"
    lengths = (int(first or 32) if first else 32, int(second) if second else 128)
    if not _is_well_formed(name, value, first, second) or lengths[0] > 32 or lengths[1] > 128:  # noqa: PLR2004
        raise SpfError(f"{text} is not written as RFC 7208 asks")
    return SpfTerm(_RESULTS[parts[1]], name, value or "", lengths)


def _is_well_formed(name: str, value: str | None, first: str | None, second: str | None) -> bool:
    if name in {"ip4", "ip6"}:
        kind = IPv4Address if name == "ip4" else IPv6Address
        try:
            kind(value or "")
        except ValueError:
            return False
        return name == "ip6" or second is None
    if name not in _TAKES_DOMAIN or (name not in {"a", "mx"} and (first or second)):
        return False
    needs = _TAKES_DOMAIN[name]
    if value is None:
        return needs is not True
    return needs is not False and _is_domain_spec(value)


def _is_domain_spec(text: str) -> bool:
    return bool(_DOMAIN_SPEC.fullmatch(text)) and _has_whole_macros(text)


def _has_whole_macros(text: str) -> bool:
    return "%" not in MACRO.sub("", text)
