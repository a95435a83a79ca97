"""`newsletter check` looks up what receivers look up, at a DNS server on loopback."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dns.flags
import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from newsletter import dns_records
from newsletter.config import DkimSettings, Settings
from newsletter.finding import Finding, Severity
from newsletter.health import deliverability
from newsletter.transports.smtp import dkim

NOW = datetime(2026, 11, 29, tzinfo=UTC)

ALL_RIGHT = {
    ("lab.org", "TXT"): ['"google-site-verification=abc"', '"v=spf1 include:_spf.lab.org ~all"'],
    ("_spf.lab.org", "TXT"): ['"v=spf1 ip4:192.0.2.0/24 -all"'],
    ("_dmarc.lab.org", "TXT"): ['"v=DMARC1; p=quarantine"'],
    ("smtp.lab.org", "A"): ["192.0.2.7"],
    ("7.2.0.192.in-addr.arpa", "PTR"): ["mx7.lab.org."],
    ("mx7.lab.org", "A"): ["192.0.2.7"],
}
Zone = dict[tuple[str, str], list[str]]


def serve(zone: Zone, server: socket.socket) -> None:
    """Answer from the zone until the socket is closed."""
    while True:
        try:
            wire, sender = server.recvfrom(4096)
        except OSError:
            return
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        records = zone.get((name, kind), [])
        if records:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        server.sendto(reply.to_wire(), sender)


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    """What the DNS holds; a test changes it before it asks."""
    records = {question: list(answers) for question, answers in ALL_RIGHT.items()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        thread = threading.Thread(target=serve, args=(records, server), daemon=True)
        thread.start()
        yield records


@pytest.fixture
def lab(settings: Settings, zone: Zone) -> Settings:
    """An installation at lab.org that sends by SMTP and signs, with its key in the DNS."""
    key = Ed25519PrivateKey.generate()
    (settings.folder / "dkim.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    name, record = dkim.dns_record("s1", "lab.org", key)
    zone[name, "TXT"] = [f'"{record}"']
    site = settings.site.model_copy(
        update={"sender": "News <news@lab.org>", "url": "https://lab.org/news"}
    )
    dkim_settings = settings.dkim.model_copy(
        update={"domain": "lab.org", "keys": {"s1": Path("dkim.pem")}}
    )
    signing = settings.model_copy(update={"site": site, "dkim": dkim_settings})
    return by(signing, use="smtp", host="smtp.lab.org")


def by(settings: Settings, **transport: object) -> Settings:
    changed = settings.transport.model_copy(update=transport)
    return settings.model_copy(update={"transport": changed})


def found(settings: Settings) -> dict[str, str]:
    """By part, what was found; of several lines the last that complains, else the last."""
    said: dict[str, str] = {}
    for finding in deliverability.check(settings, NOW):
        if finding.level is Severity.WARNING or finding.part not in said:
            said[finding.part] = f"{finding.level}: {finding.text}"
    return said


def test_a_domain_with_all_its_records_is_told_what_was_found(
    lab: Settings,
) -> None:
    assert list(deliverability.check(lab, NOW)) == [
        Finding("dkim", Severity.OK, "the key at s1._domainkey.lab.org is ours"),
        Finding("spf", Severity.OK, "lab.org has v=spf1 include:_spf.lab.org ~all"),
        Finding("dmarc", Severity.OK, "lab.org has p=quarantine, aligned by DKIM and SPF"),
        Finding("relay", Severity.OK, "smtp.lab.org: 192.0.2.7 is mx7.lab.org"),
        Finding(
            "receivers",
            Severity.OK,
            "Gmail asks for SPF, DKIM, DMARC, TLS, PTR, one-click unsubscribe; all there",
        ),
        Finding(
            "receivers",
            Severity.OK,
            "Yahoo asks for SPF, DKIM, DMARC, PTR, one-click unsubscribe; all there",
        ),
        Finding("receivers", Severity.OK, "Microsoft asks for SPF, DKIM, DMARC; all there"),
    ]


def test_a_domain_without_records_hears_what_to_set(lab: Settings, zone: Zone) -> None:
    key = zone["s1._domainkey.lab.org", "TXT"][0]
    zone.clear()
    said = found(lab)
    assert said["spf"] == 'warning: lab.org has no SPF record; set: lab.org TXT "v=spf1 a mx ~all"'
    assert said["dkim"].endswith(f"set: s1._domainkey.lab.org TXT {key}")
    assert 'set: _dmarc.lab.org TXT "v=DMARC1; p=none;' in said["dmarc"]
    assert said["receivers"].endswith("missing: SPF, DKIM, DMARC")


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (['"v=spf1 -all"', '"v=spf1 mx -all"'], "2 SPF records, which counts as none"),
        (['"v=spf1 mx +all"'], "lets everybody send"),
        (
            [f'"v=spf1 {" ".join(f"a:h{number}.lab.org" for number in range(11))} -all"'],
            "more than 10 lookups",
        ),
        (['"v=spf1 redirect=lab.org"'], "has v=spf1 redirect=lab.org"),
    ],
)
def test_an_spf_record_that_counts_as_none_says_why(
    lab: Settings, zone: Zone, records: list[str], words: str
) -> None:
    zone["lab.org", "TXT"] = records
    assert words in found(lab)["spf"]


def test_a_known_relay_must_stand_in_the_spf_record(lab: Settings, zone: Zone) -> None:
    relayed = by(lab, use="smtp", host="email-smtp.eu-west-1.amazonaws.com")
    assert "without include:amazonses.com" in found(relayed)["spf"]
    zone["lab.org", "TXT"] = ['"v=spf1 include:amazonses.com ~all"']
    assert found(relayed)["spf"].startswith("ok:")


def test_another_key_under_our_name_is_not_ours(lab: Settings, zone: Zone) -> None:
    zone["s1._domainkey.lab.org", "TXT"] = ['"v=DKIM1; k=ed25519; p=AAAA"']
    assert "is another one" in found(lab)["dkim"]


def test_a_dmarc_record_above_holds_and_a_strict_one_wants_the_very_domain(
    lab: Settings, zone: Zone
) -> None:
    site = lab.site.model_copy(update={"sender": "News <news@mail.lab.org>"})
    below = lab.model_copy(update={"site": site})
    zone["mail.lab.org", "TXT"] = ['"v=spf1 ip4:192.0.2.7 -all"']
    assert "lab.org has p=quarantine, aligned by DKIM and SPF" in found(below)["dmarc"]
    zone["_dmarc.lab.org", "TXT"] = ['"v=DMARC1; p=reject; adkim=s"']
    assert found(below)["dmarc"].endswith("aligned by SPF")


def test_bounces_at_another_domain_need_a_signature_of_ours(lab: Settings, zone: Zone) -> None:
    site = lab.site.model_copy(update={"mailbox": "bounces@relay.net"})
    zone["relay.net", "TXT"] = ['"v=spf1 ip4:192.0.2.7 -all"']
    elsewhere = lab.model_copy(update={"site": site})
    assert found(elsewhere)["dmarc"].endswith("aligned by DKIM")
    unsigned = elsewhere.model_copy(update={"dkim": DkimSettings()})
    said = found(unsigned)
    assert "if smtp.lab.org does not sign as lab.org either" in said["dkim"]
    assert "neither SPF (relay.net) nor DKIM (not ours) is of lab.org" in said["dmarc"]


def test_a_relay_without_a_name_or_without_encryption_is_pointed_at(
    lab: Settings, zone: Zone
) -> None:
    del zone["mx7.lab.org", "A"]
    assert "192.0.2.7 has no name that leads back to it (PTR)" in found(lab)["relay"]
    zone["mx7.lab.org", "A"] = ["192.0.2.7"]
    plain = found(by(lab, security="none"))
    assert "unencrypted" in plain["relay"]
    assert plain["receivers"].endswith("missing: TLS")


def test_sendgrid_signs_once_the_domain_is_authenticated_there(lab: Settings, zone: Zone) -> None:
    by_sendgrid = by(lab, use="sendgrid")
    del zone["s1._domainkey.lab.org", "TXT"]
    assert "authenticate lab.org at SendGrid" in found(by_sendgrid)["dkim"]
    zone["s2._domainkey.lab.org", "TXT"] = ['"k=rsa; t=s; p=MIGf"']
    said = found(by_sendgrid)
    assert said["dkim"] == "ok: SendGrid signs as lab.org: s2._domainkey.lab.org"
    assert said["dmarc"].endswith("aligned by DKIM")
    assert said["receivers"].startswith("ok:")


def test_without_a_network_the_records_to_set_are_told(lab: Settings) -> None:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = []
    dns.resolver.default_resolver = resolver
    first, *records = deliverability.check(lab, NOW)
    assert first.text.startswith("the DNS does not answer for s1._domainkey.lab.org")
    assert [finding.part for finding in records] == ["dkim", "spf", "dmarc"]
    assert records[1].text == 'the DNS must have: lab.org TXT "v=spf1 a mx ~all"'


def test_what_stays_on_this_machine_asks_nobody_and_a_made_up_domain_is_named(
    settings: Settings,
) -> None:
    assert not list(deliverability.check(settings, NOW))
    (finding,) = deliverability.check(by(settings, use="smtp"), NOW)
    assert "newsletter.example, which no receiver can look up" in finding.text


@given(st.text(max_size=200))
def test_no_record_can_break_the_reading(text: str) -> None:
    dns_records._tags(text)
    assert dns_records._lookups(text.replace("include", "").replace("redirect", ""), set()) >= 0
