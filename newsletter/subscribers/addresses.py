"""Addresses as one compares and mails them."""

from email_validator import EmailNotValidError, validate_email

from newsletter.errors import WrongUseError


def normalized(address: str) -> str:
    """The one form under which an address is known: lower case, its domain in ASCII.

    Raises:
        WrongUseError: nothing can be mailed to it. A non-ASCII local part is refused, since most
            mail servers do (RFC 6531 is not offered) and Python would write an invalid header.
    """
    try:
        checked = validate_email(
            address.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        raise WrongUseError(f"{address!r} is no e-mail address: {reason}") from None
    ascii_form = checked.ascii_email
    if ascii_form is None:
        raise WrongUseError(f"{address!r} is no e-mail address that plain SMTP can reach")
    return ascii_form.lower()
