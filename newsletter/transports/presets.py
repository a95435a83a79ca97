"""How mail leaves from the places that people have: what each wants, and what it allows.

Their own pages say so: Google 22839 and 185833, Microsoft's Exchange Online limits and MC786329,
Amazon's SES guide (smtp-connect, smtp-credentials), Mailgun's and Postmark's help, SendGrid's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class MailPreset:
    """One way: the settings that are known, and the questions for those that are not.

    `option` is its name on the command line. An empty question is skipped. `{place}` in `host`
    stands for the answer to `place`.
    """

    option: str
    name: str
    facts: str
    use: str = "smtp"
    host: str = ""
    port: int = 587
    security: str = "starttls"
    place: str = ""
    username: str = ""
    secret: str = ""
    secret_setting: str = "PASSWORD"  # noqa: S105 - the name of one
    username_is_address: bool = False
    is_own_mailbox: bool = False  # mails come from the address that logs in
    token_is_username: bool = False
    login_is_optional: bool = False
    sending: Mapping[str, float] = field(default_factory=dict)


FILES = MailPreset(
    "files", "only files for now", "One .eml a mail, in the folder outbox.", use="files"
)
PRESETS = (
    FILES,
    MailPreset(
        "gmail",
        "Gmail",
        "Wants an app password (16 letters, with 2-step verification switched on):"
        " https://myaccount.google.com/apppasswords. 500 mails a day; Google Workspace 2,000.",
        host="smtp.gmail.com",
        username="Gmail address",
        username_is_address=True,
        secret="App password",  # noqa: S106 - a question
        is_own_mailbox=True,
        sending={"per_hour": 100},
    ),
    MailPreset(
        "outlook",
        "Outlook (Microsoft 365)",
        "The mailbox's password, where your administrator allows SMTP AUTH: Microsoft switches it"
        " off at the end of 2026 unless they say otherwise. Private outlook.com and hotmail.com"
        " addresses take no password from programs. 10,000 mails a day, 30 a minute.",
        host="smtp.office365.com",
        username="Microsoft 365 address",
        username_is_address=True,
        secret="Password",  # noqa: S106 - a question
        is_own_mailbox=True,
        sending={"per_second": 0.5},
    ),
    MailPreset(
        "smtp",
        "a university's or company's server",
        "Your IT's page on mail programs names the outgoing server (SMTP); the password is mostly"
        " that of your account. Ask them how many mails an hour it takes.",
        host="{place}",
        place="Server, such as smtp.example.edu (or host:port)",
        username="User name (- where it takes mail without a login)",
        secret="Password",  # noqa: S106 - a question
        is_own_mailbox=True,
        login_is_optional=True,
    ),
    MailPreset(
        "ses",
        "Amazon SES",
        "SMTP credentials from SES's console, which are not your access keys, and a verified"
        " address or domain. A new account is in the sandbox: 200 mails a day, to verified"
        " addresses only.",
        host="email-smtp.{place}.amazonaws.com",
        place="Region, such as eu-west-1",
        username="SMTP user name",
        secret="SMTP password",  # noqa: S106 - a question
    ),
    *(
        MailPreset(
            option,
            f"Mailgun ({region})",
            "The SMTP password of your domain (Sending, Domain settings, SMTP credentials), not the"
            " API key. The free plan takes 100 mails a day.",
            host=host,
            username="SMTP login, such as postmaster@mg.example.org",
            secret="SMTP password",  # noqa: S106 - a question
        )
        for option, region, host in (
            ("mailgun", "US", "smtp.mailgun.org"),
            ("mailgun-eu", "EU", "smtp.eu.mailgun.org"),
        )
    ),
    MailPreset(
        "postmark",
        "Postmark",
        "The server's API token, and a broadcast stream, which mails to lists must use. The free"
        " plan takes 100 mails a month.",
        host="smtp-broadcasts.postmarkapp.com",
        secret="Server API token",  # noqa: S106 - a question
        token_is_username=True,
    ),
    MailPreset(
        "sendgrid",
        "SendGrid",
        "An API key with the rights Mail Send and Stats (read), and an authenticated domain or"
        " sender. A trial takes 100 mails a day, for 60 days.",
        use="sendgrid",
        secret="API key",  # noqa: S106 - a question
        secret_setting="API_KEY",  # noqa: S106 - the name of one
    ),
    MailPreset(
        "local",
        "a mail server on this machine",
        "Such as Postfix, at localhost, port 25, without a login.",
        host="localhost",
        port=25,
        security="none",
    ),
)
BY_OPTION = {preset.option: preset for preset in PRESETS}
