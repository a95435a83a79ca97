"""Reads the DNS records of a domain that sends mail.

DKIM (RFC 6376, 3.6), DMARC (RFC 9989) and reverse names (RFC 1035, 3.5); SPF is in `spf.py`.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import dns.exception
import dns.resolver
import dns.reversename

from newsletter.errors import NewsletterError

_LIFETIME_S = 5.0  # of one question, over all servers
_MOST_LABELS = 8  # RFC 9989 walks up no further
_DMARC = re.compile(r"v[ \t]*=[ \t]*DMARC1[ \t]*(;|$)")


class DnsError(NewsletterError):
    """The DNS cannot be asked from here."""


@dataclass(frozen=True)
class DmarcRecord:
    domain: str  # whose record it is: the sender's or one above it
    tags: dict[str, str]
    count: int = 1  # of records at that name; receivers take more than one for none

    @property
    def policy(self) -> str:
        return self.tags.get("p", "none")

    def is_aligned(self, domain: str, sender: str, tag: str) -> bool:
        """Whether a domain that was authenticated counts for the sender's (RFC 9989, 4.4)."""
        if self.tags.get(tag, "r") == "s":
            return domain == sender
        return domain == sender or all(
            name == self.domain or name.endswith(f".{self.domain}") for name in (domain, sender)
        )


def answers(name: str, kind: str) -> list[str]:
    """The records of a name as text, TXT without its quotes.

    Raises:
        DnsError: no server answered.
    """
    if kind == "TXT":
        return [b"".join(record.strings).decode("utf-8", "replace") for record in _ask(name, kind)]
    return [record.to_text() for record in _ask(name, kind)]


def dkim_key(name: str) -> str | None:
    """The public key at `<selector>._domainkey.<domain>`; empty where it was revoked."""
    for text in answers(name, "TXT"):
        tags = _tags(text)
        if "p" in tags:
            return "".join(tags["p"].split())
    return None


def dmarc_record(domain: str) -> DmarcRecord | None:
    """The record that holds for a domain: its own, or the nearest above it (RFC 9989, 4.10)."""
    labels = domain.split(".")[-_MOST_LABELS:]
    for start in range(len(labels) - 1):
        name = domain if start == 0 else ".".join(labels[start:])
        found = list(filter(_DMARC.match, answers(f"_dmarc.{name}", "TXT")))
        if found:
            return DmarcRecord(name, _tags(found[0]), len(found))
    return None


def addresses(host: str) -> list[str]:
    """The addresses of a host; of an address that address."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        return [address for kind in ("A", "AAAA") for address in answers(host, kind)]


def reverse_names(host: str) -> dict[str, str | None]:
    """The addresses of a host, each with a name that leads back to it, or None."""
    return {address: _reverse_name(address) for address in addresses(host)}


def _reverse_name(address: str) -> str | None:
    for answer in answers(dns.reversename.from_address(address).to_text(), "PTR"):
        name = answer.rstrip(".")
        if address in answers(name, "AAAA" if ":" in address else "A"):
            return name
    return None


def _tags(text: str) -> dict[str, str]:
    """`v=DMARC1; p=none` as a mapping (RFC 6376, 3.2)."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


def _ask(name: str, kind: str) -> list[Any]:
    try:
        return list(dns.resolver.resolve(name, kind, lifetime=_LIFETIME_S, search=False))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        words = " ".join(str(error).split())[:120]
        raise DnsError(f"the DNS does not answer for {name}: {words}") from error
