"""What the DNS says of a domain that sends mail.

SPF (RFC 7208), DKIM (RFC 6376, 3.6), DMARC (RFC 9989) and reverse names (RFC 1035, 3.5).
"""

import re
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.resolver
import dns.reversename

from newsletter.errors import NewsletterError

MOST_SPF_LOOKUPS = 10  # RFC 7208, 4.6.4
_LIFETIME_S = 5.0  # of one question, over all servers
_MOST_LABELS = 8  # RFC 9989 walks up no further
# Terms that cost a lookup, with where they lead.
_ASKING = re.compile(r"[+?~-]?(include|exists|a|mx|ptr)(?:[:/](.*))?|(redirect)=(.*)", re.DOTALL)


class DnsError(NewsletterError):
    """The DNS cannot be asked from here, so nothing is known."""


@dataclass(frozen=True)
class SpfRecord:
    text: str
    lookups: int  # that a receiver makes to evaluate it

    @property
    def allows_everybody(self) -> bool:
        return any(term in {"+all", "all"} for term in self.text.lower().split())


@dataclass(frozen=True)
class DmarcRecord:
    domain: str  # whose record it is: the sender's or one above it
    tags: dict[str, str]

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


def texts(name: str) -> list[str]:
    """The TXT records of a name; none where it has none.

    Raises:
        DnsError: nobody answered.
    """
    answer = _ask(name, "TXT")
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def spf_records(domain: str) -> list[SpfRecord]:
    """Every SPF record; receivers take more than one for none (RFC 7208, 4.5)."""
    return [SpfRecord(text, _lookups(text, {domain})) for text in _spf_texts(domain)]


def dkim_key(name: str) -> str | None:
    """The public key at `<selector>._domainkey.<domain>`; empty where it was revoked."""
    for text in texts(name):
        tags = _tags(text)
        if "p" in tags:
            return "".join(tags["p"].split())
    return None


def dmarc_record(domain: str) -> DmarcRecord | None:
    """The record that holds for a domain: its own, or the nearest above it (RFC 9989, 4.10)."""
    labels = domain.split(".")[-_MOST_LABELS:]
    for start in range(len(labels) - 1):
        name = domain if start == 0 else ".".join(labels[start:])
        found = [_tags(text) for text in texts(f"_dmarc.{name}") if text.startswith("v=DMARC1")]
        if len(found) == 1:
            return DmarcRecord(name, found[0])
    return None


def reverse_names(host: str) -> dict[str, str | None]:
    """The addresses of a host, each with a name that leads back to it, or None."""
    addresses = [record.to_text() for kind in ("A", "AAAA") for record in _ask(host, kind)]
    return {address: _reverse_name(address) for address in addresses}


def _reverse_name(address: str) -> str | None:
    for record in _ask(dns.reversename.from_address(address).to_text(), "PTR"):
        name = record.target.to_text().rstrip(".")
        kind = "AAAA" if ":" in address else "A"
        if address in [back.to_text() for back in _ask(name, kind)]:
            return str(name)
    return None


def _spf_texts(domain: str) -> list[str]:
    return [text for text in texts(domain) if text.lower().split(" ")[0] == "v=spf1"]


def _lookups(text: str, seen: set[str]) -> int:
    """How many questions a record costs, those of included ones too; a few over the limit do."""
    total = 0
    for term in filter(None, map(_ASKING.fullmatch, text.lower().split()[1:])):
        total += 1
        target = term[2] if term[1] == "include" else term[4]
        if target and "%" not in target and target not in seen and total <= MOST_SPF_LOOKUPS:
            seen.add(target)
            total += sum(_lookups(inner, seen) for inner in _spf_texts(target)[:1])
    return total


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
