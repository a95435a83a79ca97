"""Addresses as one compares and mails them."""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

from newsletter.config.values import DOT_STRING
from newsletter.errors import WrongUseError

_NAMED = re.compile(r"[^<>]*<\s*([^<>]+)\s*>")
_QUOTES = "'\"`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d"
_UNSEEN = "\u034f\u115f\u1160\u2800\u3164\uffa0"  # blanks that are letters or marks to Unicode
_LONGEST = 254  # RFC 5321 4.5.3.1.3, as email-validator has it
_BRACKETS = {"Ps", "Pe", "Pi", "Pf"}  # brackets and quotation marks of all scripts
_PUNCTUATION = re.compile(r"[._-]")
_LOST = "\N{REPLACEMENT CHARACTER}"  # stands where a character could not be read
_DOT_ATOM = re.compile(DOT_STRING, re.ASCII)


def normalize_address(address: str) -> str:
    """The one form under which an address is known: lower case, its domain in ASCII.

    A local part beyond ASCII (RFC 6531) is in Unicode's form C. `ada+arxiv@` and `ada@` are two
    addresses: what a tag means only their server knows.

    Raises:
        WrongUseError: nothing can be mailed to it.
    """
    address = address.strip()
    return _plain(address) or _checked(address)


def unwrap_address(written: str) -> str:
    """The address in what people write around one: a name, brackets, quotes, `mailto:`.

    Raises:
        WrongUseError: a quotation mark on one side only, so its end is unknown.
    """
    address = _trim(written)
    if named := _NAMED.fullmatch(address):
        address = _trim(named[1])
    unquoted = None
    while unquoted != address:
        unquoted = address
        if address[:7].lower() == "mailto:":
            address = _trim(address[7:].partition("?")[0])
        if len(address) > 1 and address[0] in _QUOTES and address[-1] in _QUOTES:
            address = _trim(address[1:-1])
    if address and (address[0] in _QUOTES or address[-1] in _QUOTES):
        raise WrongUseError(f"{written!r} is no e-mail address: a quotation mark at its edge")
    return address


def _trim(text: str) -> str:
    """Without blanks and invisible characters at its edges."""
    if text.isascii() and text.isprintable():
        return text.strip()
    start, end = 0, len(text)
    while start < end and _is_invisible(text[start]):
        start += 1
    while end > start and _is_invisible(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_invisible(char: str) -> bool:
    return (
        char.isspace()
        or char in _UNSEEN
        or "\ufe00" <= char <= "\ufe0f"
        or unicodedata.category(char) in {"Cf", "Cc", "Zs"}
    )


def _plain(address: str) -> str | None:
    """The same as `_checked` for plain ASCII, much faster; None where that has to look.

    There the parts before and after the @ are checked each by itself and together only for their
    length (a test holds both ways against each other), so a domain needs to be looked at once.
    """
    local, _, domain = address.partition("@")
    plain = len(address) <= _LONGEST and address.isascii() and "xn--" not in domain.lower()
    if plain and _DOT_ATOM.fullmatch(local) and _is_plain_domain(domain):
        return address.lower()
    return None


@lru_cache(maxsize=16_384)
def _is_plain_domain(domain: str) -> bool:
    try:
        return _checked(f"a@{domain}") == f"a@{domain.lower()}"
    except WrongUseError:
        return False


def _checked(address: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # few addresses need it

    try:
        # Lower case first: what is kept is what is checked for its characters and length.
        checked = validate_email(
            address.lower(), check_deliverability=False, allow_smtputf8=True, test_environment=True
        )
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        raise WrongUseError(f"{address!r} is no e-mail address: {reason}") from None
    if not checked.local_part.isascii():
        for char in checked.local_part:
            _check_character(char, address)
    return f"{checked.local_part}@{checked.ascii_domain}"


def _check_character(char: str, address: str) -> None:
    """Refuse a character that comes from a slip of an input method or a wrong encoding.

    A mail to such an address would be lost, or reach somebody else.
    """
    plain = unicodedata.normalize("NFKC", char)
    if char == _LOST:
        reason = "a character was lost before it came here"
    elif not char.isascii() and plain.isascii():
        reason = f"{char!r} is another shape of {plain!r}; write the plain one"
    elif not char.isascii() and unicodedata.category(char) in _BRACKETS:
        reason = f"it holds {char!r}"
    else:
        return
    raise WrongUseError(f"{address!r} is no e-mail address: {reason}")


def is_slip_of(typed: str, address: str) -> bool:
    """Whether what was typed can only mean that mailbox.

    Two letters turned or one doubled, a dot or a tag; in the domain two turned, or one more or
    less. Anything else is perhaps another person's.
    """
    local, _, domain = typed.partition("@")
    other, _, elsewhere = address.partition("@")
    if local == other:
        ours, theirs = _apart(domain, elsewhere)
        return len(ours + theirs) == 1 or _is_turned(ours, theirs)
    if domain != elsewhere:
        return False
    local, other = (_PUNCTUATION.sub("", name.partition("+")[0]) for name in (local, other))
    ours, theirs = _apart(local, other)
    is_doubled = _undoubled(local) == _undoubled(other)
    return (is_doubled or _is_turned(ours, theirs)) and not re.search(r"\d", ours + theirs)


def _apart(one: str, other: str) -> tuple[str, str]:
    """Both without their common beginning and end."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return one, other


def _is_turned(one: str, other: str) -> bool:
    return len(one) == len("ab") and one == other[::-1]


def _undoubled(name: str) -> str:
    return "".join(letter for letter, _ in groupby(name))
