"""What a receiver makes of a domain's SPF record: check_host() of RFC 7208.

Without explanations (`exp=`), which change no result.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import dns.exception
import dns.name

from newsletter import dns_records
from newsletter.errors import NewsletterError

IPAddress = IPv4Address | IPv6Address
_MOST_LOOKUPS = 10  # 4.6.4, as are the next two
_MOST_EMPTY_LOOKUPS = 2
_MOST_NAMES = 10  # of one `mx` or `ptr`
_PREFIX = r"(0|[1-9]\d{0,2})"
_MECHANISM = re.compile(
    rf"([+?~-]?)([a-z]\w*)(?::(.*?))?(?:/{_PREFIX})?(?://{_PREFIX})?", re.IGNORECASE
)
_MODIFIER = re.compile(r"([a-z][\w.-]*)=(.*)", re.IGNORECASE)
_MACRO = re.compile(r"%(?:([%_-])|\{([slodiphv])(\d*)(r?)([.\-+,/_=]*)\})", re.IGNORECASE)
# A domain-spec ends in a macro or in a name whose last label is not all digits (7.1).
_DOMAIN_SPEC = re.compile(
    r"[!-~]*(\.(?!\d+\.?$)[a-z\d]([a-z\d-]*[a-z\d])?\.?|%\{[^}]*\})", re.IGNORECASE
)
_TAKES_DOMAIN = {"include": True, "exists": True, "a": None, "mx": None, "ptr": None, "all": False}
# Nobody sends from these (RFC 6890, RFC 9637): whom a record lets send in their name is everybody.
_STRANGERS = tuple(map(ip_address, ("0.0.0.1", "240.0.0.1", "3fff::1")))


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
class _SpfTerm:
    result: SpfResult
    name: str
    value: str
    prefixes: tuple[int, int]  # of IPv4 and IPv6


@dataclass(frozen=True)
class _SpfRecord:
    terms: list[_SpfTerm]
    redirect: str


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
        """What a domain's record says of mail that comes from an address.

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
        records = [_parsed(text) for text in self.records(domain)]
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
            record = _parsed(text)
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
        record = _parsed(found[0])
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

    def _matches(self, term: _SpfTerm, domain: str) -> bool:
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

    def _is_in(self, found: str, term: _SpfTerm) -> bool:
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
        target = _MACRO.sub(lambda macro: self._macro(macro, domain), spec)
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


def _parsed(text: str) -> _SpfRecord:
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
    return _SpfRecord(terms, dict(modifiers).get("redirect", ""))


def _term(text: str) -> _SpfTerm:
    parts = _MECHANISM.fullmatch(text)
    if not parts:
        raise SpfError(f"{text} is not written as RFC 7208 asks")
    name, value, first, second = parts[2].lower(), parts[3], parts[4], parts[5]
    if name == "ip6":
        first, second = None, first if second is None else "999"
    lengths = (int(first or 32) if first else 32, int(second) if second else 128)
    if not _is_well_formed(name, value, first, second) or lengths[0] > 32 or lengths[1] > 128:  # noqa: PLR2004
        raise SpfError(f"{text} is not written as RFC 7208 asks")
    return _SpfTerm(_RESULTS[parts[1]], name, value or "", lengths)


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
    return "%" not in _MACRO.sub("", text)


def _is_name(text: str) -> bool:
    try:
        return len(dns.name.from_text(text).labels) > 2  # noqa: PLR2004 - a name, its parent, the root
    except (dns.exception.DNSException, UnicodeError):
        return False


def _is_below(name: str, domain: str) -> bool:
    return f".{name}".lower().endswith(f".{domain}".lower())
