"""Whether the SPF record of the domain where bounces go lets our relay send."""

from collections import Counter
from dataclasses import dataclass
from ipaddress import ip_address

from newsletter.dns import dns_records
from newsletter.dns.spf import IPAddress, SpfReader
from newsletter.dns.spf_record import SpfError, SpfResult
from newsletter.network.hosts import is_in_own_network

# By the end of a relay's name, what its customers include in their SPF record.
_INCLUDES = {
    "gmail.com": "_spf.google.com",
    "google.com": "_spf.google.com",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "amazonaws.com": "amazonses.com",
    "mailgun.org": "mailgun.org",
    "sendgrid.net": "sendgrid.net",
    "postmarkapp.com": "spf.mtasv.net",
}


@dataclass(frozen=True)
class SenderPolicy:
    text: str
    passes: bool | None  # None: cannot be told from here
    is_well: bool


def include_of(host: str) -> str:
    """The SPF include for customers of a relay; empty for an unknown relay."""
    return next((f"include:{_INCLUDES[end]}" for end in _INCLUDES if host.endswith(end)), "")


def record_to_set(domain: str, host: str) -> str:
    return f'{domain} TXT "v=spf1 {include_of(host) or "a mx"} ~all"'


def sender_policy(sender: str, host: str) -> SenderPolicy:
    """The SPF result of receivers for mails with this envelope sender, sent by a relay.

    Raises:
        DnsError: the DNS cannot be asked.
    """
    domain = sender.rpartition("@")[2]
    reader = SpfReader(sender, host)
    records = reader.records(domain)
    if not records:
        return _bad(f"has no SPF record; set: {record_to_set(domain, host)}")
    if len(records) > 1:
        return _bad(f"has {len(records)} SPF records, which counts as none; join them into one")
    try:
        return _judged(reader, domain, host, records[0])
    except SpfError as error:
        return _bad(f"has an SPF record that counts as none ({records[0]}): {error}")


def _judged(reader: SpfReader, domain: str, host: str, record: str) -> SenderPolicy:
    include = include_of(host)
    addresses = _sending_addresses(reader, host, include)
    results = {address: reader.result(domain, address) for address in addresses}
    if not results:
        reader.read_to_the_end(domain)
    if reader.allows_everybody(domain):
        return _bad(f"has an SPF record that lets everybody send ({record}); end it in ~all")
    if reader.allows_nobody(domain):
        new = record_to_set(domain, host)
        return _bad(f"has an SPF record that lets nobody send ({record}); set: {new}")
    if not results:
        text = f"has {record}; by which addresses {host} sends cannot be told from here"
        return SenderPolicy(text, passes=None, is_well=True)
    refused = {at: result for at, result in results.items() if result is not SpfResult.PASS}
    if not refused:
        return SenderPolicy(f"has {record}", passes=True, is_well=True)
    if include:
        counts = ", ".join(f"{word}: {count}" for word, count in Counter(refused.values()).items())
        return _bad(
            f"has {record}, by which {host} may not send from {len(refused)} of its {len(results)}"
            f" networks ({counts}); add {include}"
        )
    named = ", ".join(f"{address} ({result})" for address, result in refused.items())
    missing = " ".join(f"ip{address.version}:{address}" for address in refused)
    text = (
        f"has {record}, by which {host} may not send from {named}; add {missing}, unless its mails"
        " leave by other addresses, which cannot be told from here"
    )
    return SenderPolicy(text, passes=None, is_well=False)


def _bad(text: str) -> SenderPolicy:
    return SenderPolicy(text, passes=False, is_well=False)


def _sending_addresses(reader: SpfReader, host: str, include: str) -> list[IPAddress]:
    """One of each network that a provider sends from; of another relay its own addresses."""
    if include:
        return list(reader.senders(include.partition(":")[2]))
    own = dns_records.addresses(host)
    return [ip_address(address) for address in own if not is_in_own_network(address)]
