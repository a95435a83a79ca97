"""A receiver's view of a domain's SPF record: check_host() of RFC 7208.

Without explanations (`exp=`), which change no result.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import dns.exception
import dns.name

from newsletter.dns import dns_records
from newsletter.dns.spf_record import MACRO, SpfError, SpfResult, SpfTerm, parse_record

IPAddress = IPv4Address | IPv6Address
_MOST_LOOKUPS = 10  # 4.6.4, as are the next two
_MOST_EMPTY_LOOKUPS = 2
_MOST_NAMES = 10  # of one `mx` or `ptr`
# Nobody sends from these (RFC 6890, RFC 9637): whom a record lets send in their name is everybody.
_STRANGERS = tuple(map(ip_address, ("0.0.0.1", "240.0.0.1", "3fff::1")))


class SpfReader:
    """Reads the records of one sender's domain, and asks the DNS each question once.

    Args:
        sender: the address in the envelope.
        helo: the name that the sending server says.
    """

    def __init__(self, sender: str, helo: str) -> None:
        self._sender, self._helo = sender, helo
        self.ask = cache(dns_records.answers)

    def records(self, domain: str) -> list[str]:
        texts = self.ask(domain, "TXT")
        return [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]

    def result(self, domain: str, address: IPAddress) -> SpfResult:
        """The result of a domain's record for mail that comes from an address.

        Raises:
            DnsError: the DNS cannot be asked.
            SpfError: receivers take the record for none.
        """
        return _Evaluation(self, address, self._sender, self._helo).result(domain)

    def allows_everybody(self, domain: str) -> bool:
        try:
            return any(self.result(domain, address) is SpfResult.PASS for address in _STRANGERS)
        except SpfError:  # behind the terms that concern us
            return False

    def allows_nobody(self, domain: str) -> bool:
        """Whether no term of its record can let anybody send, as in `v=spf1 -all`."""
        records = [parse_record(text) for text in self.records(domain)]
        return not any(
            record.redirect or any(term.result is SpfResult.PASS for term in record.terms)
            for record in records
        )

    def read_to_the_end(self, domain: str) -> None:
        """Raise what is wrong in any of a record's terms, where no sender is known."""
        self.result(domain, _STRANGERS[0])

    def senders(self, domain: str, *, depth: int = 0) -> Iterator[IPAddress]:
        """An address of each network that a domain's record names, those of its includes too."""
        for text in self.records(domain)[:1]:
            record = parse_record(text)
            terms = [term for term in record.terms if term.result is SpfResult.PASS]
            for term in terms:
                if term.name in {"ip4", "ip6"}:
                    yield ip_address(term.value)
            others = [term.value for term in terms if term.name == "include"]
            for other in filter(None, [*others, record.redirect]):
                if "%" not in other and depth < _MOST_LOOKUPS:
                    yield from self.senders(other, depth=depth + 1)


@dataclass
class _Evaluation:
    reader: SpfReader
    address: IPAddress
    sender: str
    helo: str
    lookups: int = field(default=0)
    empty_lookups: int = field(default=0)

    def result(self, domain: str) -> SpfResult:
        found = self.reader.records(domain) if _is_name(domain) else []
        if not found:
            return SpfResult.NONE
        if len(found) > 1:
            raise SpfError(f"{domain} has {len(found)} SPF records; join them into one")
        record = parse_record(found[0])
        for term in record.terms:
            if self._matches(term, domain):
                return term.result
        if not record.redirect:
            return SpfResult.NEUTRAL
        return self._result_of_other(self._target(record.redirect, domain))

    def _result_of_other(self, domain: str) -> SpfResult:
        self._count_lookup()
        result = self.result(domain)
        if result is SpfResult.NONE:
            raise SpfError(f"{domain}, which it names, has no SPF record")
        return result

    def _count_lookup(self) -> None:
        self.lookups += 1
        if self.lookups > _MOST_LOOKUPS:
            raise SpfError(f"it takes more than {_MOST_LOOKUPS} lookups")

    def _matches(self, term: SpfTerm, domain: str) -> bool:
        if term.name == "all":
            return True
        if term.name in {"ip4", "ip6"}:
            return self._is_in(term.value, term)
        target = self._target(term.value, domain) if term.value else domain
        if term.name == "include":
            return self._result_of_other(target) is SpfResult.PASS
        self._count_lookup()
        match term.name:
            case "exists":
                return bool(self._answers(target, "A"))
            case "ptr":
                return any(_is_below(name, target) for name in self._own_names())
            case "a":
                hosts = [target]
            case _:
                hosts = [answer.split()[-1].rstrip(".") for answer in self._answers(target, "MX")]
                if len(hosts) > _MOST_NAMES:
                    raise SpfError(f"{target} has more than {_MOST_NAMES} MX records")
        return any(self._is_in(found, term) for host in hosts for found in self._addresses(host))

    def _is_in(self, found: str, term: SpfTerm) -> bool:
        length = term.prefixes[self.address.version == 6]  # noqa: PLR2004 - IPv6
        network = ip_address(found)
        return network.version == self.address.version and self.address in ip_network(
            f"{found}/{length}", strict=False
        )

    def _addresses(self, host: str) -> list[str]:
        return self._answers(host, "A" if self.address.version == 4 else "AAAA")  # noqa: PLR2004

    def _own_names(self) -> Iterator[str]:
        """The names of the address that lead back to it (5.5)."""
        pointers = self._answers(self.address.reverse_pointer, "PTR")[:_MOST_NAMES]
        for name in (pointer.rstrip(".") for pointer in pointers):
            if self.address in map(ip_address, self._addresses(name)):
                yield name

    def _answers(self, name: str, kind: str) -> list[str]:
        found = self.reader.ask(name, kind) if _is_name(name) else []
        self.empty_lookups += not found
        if self.empty_lookups > _MOST_EMPTY_LOOKUPS:
            raise SpfError(f"more than {_MOST_EMPTY_LOOKUPS} of its lookups find nothing")
        return found

    def _target(self, spec: str, domain: str) -> str:
        """A name with its macros filled in (7), of at most 253 characters."""
        target = MACRO.sub(lambda macro: self._macro(macro, domain), spec)
        while len(target) > 253 and "." in target:  # noqa: PLR2004 - RFC 1035, 2.3.4
            target = target.partition(".")[2]
        return target.rstrip(".")

    def _macro(self, macro: re.Match[str], domain: str) -> str:
        if macro[1]:
            return {"%": "%", "_": " ", "-": "%20"}[macro[1]]
        local, _, sender_domain = self.sender.rpartition("@")
        dotted = ".".join(f"{int(self.address):032x}") if self.address.version == 6 else None  # noqa: PLR2004
        values = {
            "s": self.sender,
            "l": local,
            "o": sender_domain,
            "d": domain,
            "i": dotted or str(self.address),
            "h": self.helo,
            "v": "ip6" if dotted else "in-addr",
        }
        letter, digits, turned, delimiters = macro[2].lower(), macro[3], macro[4], macro[5]
        value = self._name_for_macro(domain) if letter == "p" else values[letter]
        parts = re.split(f"[{re.escape(delimiters or '.')}]", value)
        parts = parts[::-1] if turned else parts
        return ".".join(parts[-int(digits) :] if digits else parts)

    def _name_for_macro(self, domain: str) -> str:
        names = list(self._own_names())
        below = [name for name in names if _is_below(name, domain)]
        return next(iter([*below, *names]), "unknown")


def _is_name(text: str) -> bool:
    try:
        return len(dns.name.from_text(text).labels) > 2  # noqa: PLR2004 - a name, its parent, the root
    except (dns.exception.DNSException, UnicodeError):
        return False


def _is_below(name: str, domain: str) -> bool:
    return f".{name}".lower().endswith(f".{domain}".lower())
