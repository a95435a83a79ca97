"""Addresses as one compares and mails them."""

import re
import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from newsletter.errors import WrongUseError

_LONGEST = 254  # RFC 5321 4.5.3.1.3, as email-validator has it
_BRACKETS = {"Ps", "Pe", "Pi", "Pf"}  # brackets and quotation marks of all scripts
_LOST = "\N{REPLACEMENT CHARACTER}"  # stands where a character could not be read
_DOT_ATOM = re.compile(r"[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*", re.ASCII)


def normalize_address(address: str) -> str:
    """The one form under which an address is known: lower case, its domain in ASCII.

    A local part beyond ASCII (RFC 6531) is in Unicode's form C. `ada+arxiv@` and `ada@` are two
    addresses: what a tag means only their server knows.

    Raises:
        WrongUseError: nothing can be mailed to it.
    """
    address = address.strip()
    return _plain(address) or _checked(address)


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
    """What no name holds, and a slip of an input method or a wrong encoding does.

    Mailed to as it stands, it would reach nobody, or somebody else.
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
