"""Addresses as one compares and mails them."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from newsletter.errors import WrongUseError

_LONGEST = 254  # RFC 5321 4.5.3.1.3, as email-validator has it
_DOT_ATOM = re.compile(r"[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*", re.ASCII)


def normalized(address: str) -> str:
    """The one form under which an address is known: lower case, its domain in ASCII.

    `ada+arxiv@` and `ada@` are two addresses: what a tag means only their server knows.

    Raises:
        WrongUseError: nothing can be mailed to it. A non-ASCII local part is refused, since most
            mail servers do (RFC 6531 is not offered) and Python would write an invalid header.
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
        checked = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        raise WrongUseError(f"{address!r} is no e-mail address: {reason}") from None
    ascii_form = checked.ascii_email
    if ascii_form is None:
        raise WrongUseError(f"{address!r} is no e-mail address that plain SMTP can reach")
    return ascii_form.lower()
