"""How far an SMTP server lets us go, up to a mail, and what to change where that is not enough."""

import smtplib
import socket
import ssl
from contextlib import suppress

from newsletter.config import TransportSettings
from newsletter.finding import Finding, Severity
from newsletter.lazy_pattern import lazy_pattern
from newsletter.network.hosts import is_this_machine
from newsletter.text import brief
from newsletter.transports.base import TransportDownError
from newsletter.transports.smtp.connect import (
    SmtpSocket,
    describe_error,
    introduce,
    open_connection,
)

_WITHIN_S = 10.0  # one step; a server that takes longer is no server for a newsletter
_REFUSED = 400  # codes from here on (RFC 5321, 4.2.1)
_USUAL_PORTS = {"starttls": 587, "tls": 465, "none": 25}
# By the end of a server's name, how its customers log in.
_LOGINS = {
    "gmail.com": "Gmail wants an app password (myaccount.google.com/apppasswords)",
    "outlook.com": "Outlook takes no password from programs any more; use another server",
    "office365.com": "let the administrator allow SMTP AUTH for this mailbox",
    "amazonaws.com": "SES has SMTP credentials of its own, which are not the access keys",
    "mailgun.org": "Mailgun's SMTP password stands at the domain; it is not the API key",
    "postmarkapp.com": "Postmark wants the server token as username and as password",
    "sendgrid.net": 'SendGrid wants the username "apikey" and the key as password',
}
_SPENT = lazy_pattern(r"(?i)\b(?:quota|limit|exceed|suspend)")
_MISNAMED = ("ostname mismatch", "IP address mismatch")
_DATED = ("expired", "not yet valid")


def check(settings: TransportSettings, sender: str) -> Finding:
    quick = settings.model_copy(update={"timeout_s": min(settings.timeout_s, _WITHIN_S)})
    return Finding("transport", *_tried(quick, sender))


def _tried(settings: TransportSettings, sender: str) -> tuple[Severity, str]:
    """Connect, encrypt, log in, name the sender, and take leave before there is a mail."""
    place = f"{settings.host}:{settings.port}"
    try:
        connection = open_connection(settings)
    except (OSError, UnicodeError) as error:
        return Severity.TROUBLE, f"{place}: {_advice(settings, error)}"
    try:
        introduce(connection, settings)
    except (TransportDownError, OSError, UnicodeError) as error:
        connection.close()
        return Severity.TROUBLE, f"{place}: {_advice_after_greeting(settings, error)}"
    try:
        refusal = _refusal(connection, settings, sender)
        connection.rset()
        connection.quit()
    except (OSError, UnicodeError) as error:
        return Severity.TROUBLE, f"{place}: hangs up after the login ({brief(error)})"
    finally:
        connection.close()
    if refusal:
        return Severity.TROUBLE, f"{place}: {refusal}"
    login = f", takes the login of {settings.username}" if settings.username else ""
    text = f"{place}: answers ({settings.security}){login} and mails from {sender}; none was sent"
    return Severity.OK, text


def _refusal(connection: SmtpSocket, settings: TransportSettings, sender: str) -> str:
    code, words = connection.mail(sender)
    if code < _REFUSED:
        return ""
    if _SPENT.search(brief(words)):
        text = (
            f"it takes no more mails from {sender} now: ask your provider about quota and account"
        )
    elif settings.security == "none" and connection.has_extn("starttls"):
        text = f'port {settings.port} wants encryption: set transport.security = "starttls"'
    elif not settings.username:
        text = "it wants a login: set transport.username and transport.password"
    else:
        text = f"it takes no mails from {sender}: look at site.sender and site.mailbox"
    return f"{text} ({code} {brief(words)})"


def _advice_after_greeting(settings: TransportSettings, cause: Exception) -> str:
    """The same of a server that is one: it greeted, and then did not take the next step."""
    if isinstance(cause, TransportDownError):
        return str(cause)
    if isinstance(cause, smtplib.SMTPServerDisconnected | TimeoutError):
        step = "login" if settings.username else "greeting"
        return (
            f"it greets, and at the {step} hangs up or says nothing more: it is busy, or something"
            f" between cuts in; try again later ({describe_error(cause)})"
        )
    return _advice(settings, cause)


def _advice(settings: TransportSettings, cause: Exception) -> str:
    """Advice on what to change, with the server's words if it said any."""
    words = describe_error(cause)
    for kind, advise in _BY_KIND.items():
        if isinstance(cause, kind):
            return f"{advise(settings, words)} ({words})"
    if settings.security == "tls" and isinstance(cause, ssl.SSLError):
        return (
            f"port {settings.port} does not begin with TLS: set"
            f' transport.security = "starttls"{_or_port(settings)}'
        )
    if settings.security != "tls" and _speaks_tls(settings):
        return (
            f'port {settings.port} begins with TLS: set transport.security = "tls"'
            f"{_or_port(settings)}"
        )
    if isinstance(cause, smtplib.SMTPResponseException) and cause.smtp_code >= _REFUSED:
        return f"it turns us away ({words})"
    if isinstance(cause, smtplib.SMTPException):
        return f"no SMTP server answers there; {_usual_port(settings, words)} ({words})"
    return (
        f"no answer; look at transport.host and this network; {_usual_port(settings, words)},"
        f" and many networks block 25 ({words})"
    )


def _usual_port(settings: TransportSettings, _words: str) -> str:
    usual = _USUAL_PORTS[settings.security]
    if settings.port == usual:
        return f"{usual} is the right port for {settings.security}: look at transport.host"
    return f"with {settings.security} transport.port is mostly {usual}"


def _or_port(settings: TransportSettings) -> str:
    """The other way out: the port that fits what is set, unless that is the one."""
    usual = _USUAL_PORTS[settings.security]
    return "" if settings.port == usual else f", or transport.port = {usual}"


def _login(settings: TransportSettings, words: str) -> str:
    if words.startswith("4"):
        return "the login cannot be looked at for now: try again in a few minutes"
    usual = "look at transport.username and transport.password"
    known = (advice for end, advice in _LOGINS.items() if settings.host.endswith(end))
    return f"the login is refused: {next(known, usual)}"


def certificate_advice(words: str, host: str) -> str:
    """Advice by OpenSSL's words on a certificate; the setting `host` names the server."""
    if any(sign in words for sign in _MISNAMED):
        return f"its certificate is for another name, which {host} should be"
    if any(sign in words for sign in _DATED):
        return "its certificate is out of date, or the clock of this machine is wrong"
    return "its certificate cannot be trusted; SSL_CERT_FILE names one more authority"


def _not_offered(settings: TransportSettings, words: str) -> str:
    offered = _offered(settings)
    no_login = "leave transport.username and transport.password empty"
    if "STARTTLS" in words:
        text = 'offers no STARTTLS; set transport.security = "tls" with transport.port = 465'
        if not is_this_machine(settings.host):
            return f"{text}; without either, a password could be read on the way"
        text += ', or "none": the way to a server of this machine is safe'
        return text + ("" if "auth" in offered or not settings.username else f"; {no_login}")
    if settings.security == "none" and "starttls" in offered:
        return 'offers no login without encryption; set transport.security = "starttls"'
    return f"takes no login; {no_login}"


def _offered(settings: TransportSettings) -> set[str]:
    """The extensions that the server offers before encryption."""
    address = (settings.host, settings.port)
    with suppress(OSError), SmtpSocket(*address, timeout=settings.timeout_s) as plain:
        plain.ehlo()
        return set(plain.esmtp_features)
    return set()


_BY_KIND = {
    socket.gaierror: lambda *_: "there is no such host, or no network; look at transport.host",
    UnicodeError: lambda *_: "this is no name of a host; look at transport.host",
    ConnectionRefusedError: lambda *of: f"nobody listens there; {_usual_port(*of)}",
    ssl.SSLCertVerificationError: lambda _, words: certificate_advice(words, "transport.host"),
    smtplib.SMTPAuthenticationError: _login,
    smtplib.SMTPNotSupportedError: _not_offered,
}


def _speaks_tls(settings: TransportSettings) -> bool:
    """Whether the other side has been waiting for TLS all the while."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = (settings.host, settings.port)
    with (
        suppress(OSError),
        socket.create_connection(address, settings.timeout_s) as plain,
        context.wrap_socket(plain, server_hostname=settings.host),
    ):
        return True
    return False
