"""`newsletter check` looks up what receivers look up, at a DNS server on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
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

from newsletter.config import DkimSettings, Settings
from newsletter.dns import dns_records
from newsletter.dns.spf import SpfReader
from newsletter.dns.spf_record import SpfError
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
            "more than 2 of its lookups find nothing",
        ),
        (['"v=spf1 redirect=lab.org"'], "more than 10 lookups"),
        (['"v=spf1 ip4:0.0.0.0/0 -all"'], "lets everybody send"),
        (['"v=spf1 -all"'], "lets nobody send (v=spf1 -all); set: lab.org TXT"),
        (['"v=spf1 ?all"'], "lets nobody send"),
        (['"v=spf1 ip4:192.0.2.7 includ:_spf.lab.org ~all"'], "includ:_spf.lab.org is not written"),
        (['"v=spf1 include:gone.lab.org ~all"'], "gone.lab.org, which it names, has no SPF record"),
    ],
)
def test_an_spf_record_that_counts_as_none_says_why(
    lab: Settings, zone: Zone, records: list[str], words: str
) -> None:
    zone["lab.org", "TXT"] = records
    said = found(lab)
    assert words in said["spf"]
    assert "missing: SPF" in said["receivers"]


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 mx ~all",
        "v=spf1 A:smtp.lab.org/28 -all",
        "v=spf1 -ip4:192.0.2.9 ptr:lab.org -all",
        "v=spf1 exists:%{ir}.%{v}._ip.%{d2} -all",
        "v=spf1 -include:other.lab.org redirect=_spf.lab.org",
        "v=spf1 moved=yes include:nested.lab.org -all",
    ],
)
def test_an_spf_record_may_name_the_relay_in_any_way_of_the_rfc(
    lab: Settings, zone: Zone, record: str
) -> None:
    zone["lab.org", "TXT"] = [f'"{record}"']
    zone["lab.org", "MX"] = ["10 mail.lab.org.", "20 smtp.lab.org."]
    zone["mail.lab.org", "A"] = ["198.51.100.4"]
    zone["7.2.0.192.in-addr._ip.lab.org", "A"] = ["127.0.0.2"]
    zone["other.lab.org", "TXT"] = ['"v=spf1 ip4:192.0.2.8/29 -all ip6:2001:db8::/32"']
    zone["nested.lab.org", "TXT"] = ['"v=spf1 ?include:_spf.lab.org"']
    assert found(lab)["spf"] == (
        f"ok: lab.org has {record}"
        if "nested" not in record
        else f"warning: lab.org has {record}, by which smtp.lab.org may not send from 192.0.2.7"
        " (fail); add ip4:192.0.2.7, unless its mails leave by other addresses, which cannot be"
        " told from here"
    )


def test_of_a_relay_with_addresses_of_a_house_or_none_spf_says_what_it_cannot_tell(
    lab: Settings, zone: Zone
) -> None:
    unsigned = by(lab, host="localhost").model_copy(update={"dkim": DkimSettings()})
    zone["smtp.lab.org", "A"] = ["10.0.0.7"]
    for settings in (unsigned, by(unsigned, host="smtp.lab.org"), by(unsigned, host="127.0.0.1")):
        host = settings.transport.host
        said = found(settings)
        assert said["spf"].endswith(f"by which addresses {host} sends cannot be told from here")
        assert said["dmarc"] == "ok: lab.org has p=quarantine, aligned if SPF passes"
        assert "not to be told from here: SPF, DKIM" in said["receivers"]


def test_the_networks_of_a_known_relay_must_pass_the_spf_record(lab: Settings, zone: Zone) -> None:
    relayed = by(lab, use="smtp", host="email-smtp.eu-west-1.amazonaws.com")
    zone["amazonses.com", "TXT"] = ['"v=spf1 ip4:198.51.100.0/24 include:more.amazonses.com -all"']
    zone["more.amazonses.com", "TXT"] = ['"v=spf1 ip6:2001:db8:5::/48 -all"']
    said = found(relayed)["spf"]
    assert "from 2 of its 2 networks (softfail: 2); add include:amazonses.com" in said
    for passing in (
        "include:amazonses.com",
        "include:nested.lab.org",
        "redirect=amazonses.com",
        "ip4:198.51.100.0/25 ip6:2001:db8::/32",
    ):
        zone["nested.lab.org", "TXT"] = ['"v=spf1 include:amazonses.com ~all"']
        zone["lab.org", "TXT"] = [f'"v=spf1 {passing}"']
        assert found(relayed)["spf"] == f"ok: lab.org has v=spf1 {passing}"
    zone["lab.org", "TXT"] = ['"v=spf1 ip4:198.51.100.0/24 -all"']
    assert "from 1 of its 2 networks (fail: 1)" in found(relayed)["spf"]


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'], "2 DMARC records, which counts as none"),
        (['"v=DMARC1; p=quarentine"'], "p=quarentine in its DMARC record; set one of none, quar"),
        (['"v = DMARC1 ; p = Reject"'], "lab.org has p=Reject, aligned by DKIM and SPF"),
    ],
)
def test_a_dmarc_record_is_read_as_receivers_read_it(
    lab: Settings, zone: Zone, records: list[str], words: str
) -> None:
    zone["_dmarc.lab.org", "TXT"] = records
    assert words in found(lab)["dmarc"]


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


@given(st.text(max_size=200), st.sampled_from(["a:", "ip4:", "ip6:", "redirect=", "", "a/", "%{"]))
def test_no_record_can_break_the_reading(text: str, start: str) -> None:
    dns_records._tags(text)
    reader = SpfReader("news@lab.org", "smtp.lab.org")
    reader.ask = {("lab.org", "TXT"): [f"v=spf1 {start}{text}"]}.get  # type: ignore[assignment]
    with suppress(SpfError):
        reader.result("lab.org", ip_address("192.0.2.7"))
