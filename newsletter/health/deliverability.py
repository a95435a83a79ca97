"""For `newsletter check`: whether the domain that we send from proves that we may.

Gmail, Yahoo and Microsoft ask for it (docs/deliverability.md, with dates and sources).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.dns import dns_records
from newsletter.dns.dns_records import DmarcRecord, DnsError
from newsletter.finding import Finding, Severity
from newsletter.health.sender_policy import record_to_set, sender_policy
from newsletter.network.hosts import is_this_machine
from newsletter.transports.base import SenderProof
from newsletter.transports.smtp import dkim

# Names that never are in the public DNS (RFC 2606, RFC 6761, RFC 6762).
_NOT_PUBLIC = ("localhost", "local", "test", "invalid", "example", "internal", "lan", "home.arpa")
_POLICIES = ("none", "quarantine", "reject")  # RFC 9989, 4.7
# What the largest receivers ask of who sends them thousands of mails a day.
_RULES = {
    "Gmail": ("SPF", "DKIM", "DMARC", "TLS", "PTR", "one-click unsubscribe"),
    "Yahoo": ("SPF", "DKIM", "DMARC", "PTR", "one-click unsubscribe"),
    "Microsoft": ("SPF", "DKIM", "DMARC"),
}


@dataclass
class _Proofs:
    """The proofs that are there and missing; one in neither set cannot be judged from here."""

    settings: Settings
    by: SenderProof
    there: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    dkim_domain: str = ""

    def note(self, proof: str, *, there: bool) -> Severity:
        (self.there if there else self.missing).add(proof)
        return Severity.OK if there else Severity.WARNING

    @property
    def sender(self) -> str:
        return self.settings.site.sender_domain

    @property
    def dmarc_record(self) -> str:
        rua = f"mailto:postmaster@{self.sender}"
        return f'_dmarc.{self.sender} TXT "v=DMARC1; p=none; rua={rua}"'

    @property
    def envelope(self) -> str:
        """The domain of bounces, whose SPF counts."""
        return self.settings.site.feedback_address.rpartition("@")[2]


def check(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Look up what receivers look up; nothing where mails stay here, or go to ourselves alone."""
    dkim.from_settings(settings.dkim, settings.folder)  # complains of what is wrong
    domain = settings.site.sender_domain
    by = bootstrap.transport_type(settings).sender_proof(settings)
    if by is None or not settings.site.url:
        yield from _own_keys(settings)
        return
    proofs = _Proofs(settings, by)
    if domain in _NOT_PUBLIC or domain.endswith(tuple(f".{name}" for name in _NOT_PUBLIC)):
        text = f"site.sender is at {domain}, which no receiver can look up; use a domain of yours"
        yield Finding("domain", Severity.WARNING, text)
        yield from _own_keys(settings)
        return
    steps: tuple[Callable[[_Proofs], Iterator[Finding]], ...] = (_dkim, _spf, _dmarc, _relay)
    try:
        for step in steps:
            yield from step(proofs)
    except DnsError as error:
        yield Finding("domain", Severity.WARNING, f"{error}; look again where it does")
        yield from _records_to_set(proofs)
        return
    proofs.note("one-click unsubscribe", there=settings.site.url.startswith("https://"))
    yield from _rules(proofs)


def _key_records(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """The selector of each of our keys, and the name and text of its record."""
    for selector, file in settings.dkim.keys.items():
        own = dkim.load(settings.folder / file)
        yield selector, *dkim.dns_record(selector, settings.dkim.domain, own)


def _own_keys(settings: Settings) -> Iterator[Finding]:
    for selector, name, record in _key_records(settings):
        text = f'signed as {selector}; the DNS must have: {name} TXT "{record}"'
        yield Finding("dkim", Severity.OK, text)


def _records_to_set(proofs: _Proofs) -> Iterator[Finding]:
    """The records that the DNS must have, where it cannot be asked."""
    yield from _own_keys(proofs.settings)
    if proofs.by.relay:
        record = record_to_set(proofs.envelope, proofs.by.relay)
        yield Finding("spf", Severity.OK, f"the DNS must have: {record}")
    yield Finding("dmarc", Severity.OK, f"the DNS must have: {proofs.dmarc_record}")


def _spf(proofs: _Proofs) -> Iterator[Finding]:
    if not proofs.by.relay:  # the provider's own domain stands in the envelope, and has its record
        proofs.note("SPF", there="DKIM" in proofs.there)
        return
    policy = sender_policy(proofs.settings.site.feedback_address, proofs.by.relay)
    if policy.passes is not None:
        proofs.note("SPF", there=policy.passes)
    level = Severity.OK if policy.is_well else Severity.WARNING
    yield Finding("spf", level, f"{proofs.envelope} {policy.text}")


def _dkim(proofs: _Proofs) -> Iterator[Finding]:
    settings = proofs.settings
    if not proofs.by.relay:
        yield from _dkim_of_provider(proofs)
        return
    if not settings.dkim.keys:
        text = (
            f"we do not sign; if {proofs.by.relay} does not sign as {proofs.sender} either,"
            " set [dkim] (docs/delivery.md)"
        )
        yield Finding("dkim", Severity.OK, text)
        return
    for _, name, record in _key_records(settings):
        published = dns_records.dkim_key(name)
        if published is None:
            text = f'no key at {name}; set: {name} TXT "{record}"'
        elif published != record.rpartition("p=")[2]:
            text = f'the key at {name} is another one; set: {name} TXT "{record}"'
        else:
            proofs.dkim_domain = settings.dkim.domain
            text = f"the key at {name} is ours"
        yield Finding("dkim", proofs.note("DKIM", there=text.endswith("ours")), text)


def _dkim_of_provider(proofs: _Proofs) -> Iterator[Finding]:
    by = proofs.by
    names = [f"{selector}._domainkey.{proofs.sender}" for selector in by.selectors]
    found = [name for name in names if dns_records.dkim_key(name)]
    level = proofs.note("DKIM", there=bool(found))
    if found:
        proofs.dkim_domain = proofs.sender
        yield Finding("dkim", level, f"{by.provider} signs as {proofs.sender}: {', '.join(found)}")
    else:
        text = (
            f"no key at {' or '.join(names)}; authenticate {proofs.sender} at"
            f" {by.provider} ({by.place}) and set the records that it shows"
        )
        yield Finding("dkim", level, text)


def _dmarc(proofs: _Proofs) -> Iterator[Finding]:
    record = dns_records.dmarc_record(proofs.sender)
    if record is None:
        level = proofs.note("DMARC", there=False)
        text = f"{proofs.sender} has no DMARC record; set: {proofs.dmarc_record}"
        yield Finding("dmarc", level, text)
        return
    if fault := _fault(record):
        level = proofs.note("DMARC", there=False)
        yield Finding("dmarc", level, f"{record.domain} {fault}")
        return
    aligned = _aligned(proofs, record)
    if not aligned and _may_align(proofs, record):
        text = f"{record.domain} has p={record.policy}, aligned if SPF passes"
        yield Finding("dmarc", Severity.OK, text)
        return
    if not aligned and proofs.missing.isdisjoint({"SPF", "DKIM"}):
        text = (
            f"{record.domain} has p={record.policy}, and neither SPF ({proofs.envelope}) nor DKIM"
            f" ({proofs.dkim_domain or 'not ours'}) is of {proofs.sender}: let site.mailbox or"
            " dkim.domain be of it"
        )
        yield Finding("dmarc", proofs.note("DMARC", there=False), text)
        return
    proofs.note("DMARC", there=bool(aligned))
    by = f", aligned by {' and '.join(aligned)}" if aligned else ", but nothing is aligned yet"
    level = Severity.OK if aligned else Severity.WARNING
    yield Finding("dmarc", level, f"{record.domain} has p={record.policy}{by}")


def _fault(record: DmarcRecord) -> str:
    if record.count > 1:
        return f"has {record.count} DMARC records, which counts as none; delete all but one"
    if record.policy.lower() not in _POLICIES:
        return f"has p={record.policy} in its DMARC record; set one of {', '.join(_POLICIES)}"
    return ""


def _aligned(proofs: _Proofs, record: DmarcRecord) -> list[str]:
    domains = {"DKIM": (proofs.dkim_domain, "adkim"), "SPF": (proofs.envelope, "aspf")}
    if not proofs.by.relay:
        del domains["SPF"]
    return [
        proof
        for proof, (domain, tag) in domains.items()
        if proof in proofs.there and record.is_aligned(domain, proofs.sender, tag)
    ]


def _may_align(proofs: _Proofs, record: DmarcRecord) -> bool:
    """Whether SPF aligns once it passes, which cannot be told from here."""
    return "SPF" not in proofs.there | proofs.missing and record.is_aligned(
        proofs.envelope, proofs.sender, "aspf"
    )


def _relay(proofs: _Proofs) -> Iterator[Finding]:
    """Check the relay that hands our mails on, as far as that is possible from here."""
    relay = proofs.by.relay
    if not relay:
        proofs.there |= {"TLS", "PTR"}  # theirs to keep
        return
    if not proofs.by.is_encrypted and not is_this_machine(relay):
        text = f'mails go to {relay} unencrypted; set transport.security = "starttls"'
        yield Finding("relay", proofs.note("TLS", there=False), text)
    elif proofs.by.is_encrypted:
        proofs.note("TLS", there=True)
    names = dns_records.reverse_names(relay)
    nameless = [address for address, name in names.items() if name is None]
    if names and not is_this_machine(relay):
        level = proofs.note("PTR", there=not nameless)
        shown = ", ".join(f"{address} is {name}" for address, name in names.items() if name)
        lacking = f"{', '.join(nameless)} has no name that leads back to it (PTR)"
        yield Finding("relay", level, f"{relay}: {lacking if nameless else shown}")


def _rules(proofs: _Proofs) -> Iterator[Finding]:
    for receiver, asked in _RULES.items():
        missing = [proof for proof in asked if proof in proofs.missing]
        unknown = [proof for proof in asked if proof not in proofs.missing | proofs.there]
        words = [f"missing: {', '.join(missing)}"] if missing else []
        words += [f"not to be told from here: {', '.join(unknown)}"] if unknown else []
        level = Severity.WARNING if missing else Severity.OK
        yield Finding(
            "receivers", level, f"{receiver} asks for {', '.join(asked)}; {_joined(words)}"
        )


def _joined(words: list[str]) -> str:
    return "; ".join(words) or "all there"
