"""How mail leaves, as `init` asks for it on a terminal: by what people have, and tried at once."""

import os
import re
import textwrap
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter import machine_clock
from newsletter.cli.init.questions import ask, choose
from newsletter.cli.printing import output
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.network.hosts import is_this_machine
from newsletter.transports.presets import PRESETS

if TYPE_CHECKING:
    from newsletter.scaffold import Answers
    from newsletter.transports.presets import MailPreset

_WIDTH = 78
_AGAIN, _KEEP = "answer again", "go on as it is; `newsletter check` tries it again"
_NEXT = (_AGAIN, "another way", _KEEP)
_LAST_PORT = 65_535
_BY_PORT = {465: "tls", 587: "starttls"}  # RFC 8314, RFC 6409; others say nothing
_SECURITIES = {
    "starttls": "STARTTLS: begins in plain text, then encrypts, as at port 587",
    "tls": "TLS from the first byte, as at port 465",
    "none": "none; only without a login",
}
_NO_LOGIN = ("-", "none")
_USERNAME = "NEWSLETTER_TRANSPORT__USERNAME"
_TRIAL_KEY = {"NEWSLETTER_SITE__SECRET_KEYS": "no link is signed with this one"}


def ask_transport(answers: "Answers", file: Path) -> "Answers":
    """The answers with a way for mail to leave that works now, or that they want to keep."""
    while True:
        click.echo("How does mail leave?")
        preset = PRESETS[choose("Mail", [preset.name for preset in PRESETS])]
        click.echo(textwrap.indent(textwrap.fill(preset.facts, _WIDTH), "  "))
        step = _AGAIN
        while step == _AGAIN:
            answers = _ask_details(preset, answers)
            step = _KEEP if _works(answers, file) else _NEXT[choose("What now?", _NEXT)]
        if step == _KEEP:
            return answers


def by_options(
    preset: "MailPreset",
    server: str,
    security: str | None,
    username: str,
    environ: Mapping[str, str],
) -> tuple[dict[str, str | int], dict[str, str]]:
    """The settings of `[transport]`, and the secret, where nobody is asked.

    Raises:
        WrongUseError: the preset needs more, or less.
    """
    for name, said, question in (
        ("--server", server, preset.place),
        ("--security", security, preset.place and security),
        ("--username", username, preset.username),
    ):
        if said and not question:
            raise WrongUseError(f"--transport {preset.option} knows its own; leave {name} out")
        if question and not said:
            raise WrongUseError(f"--transport {preset.option} needs {name}: {question}")
    transport: dict[str, str | int] = {"use": preset.use}
    if preset.host:
        transport |= _server(preset, _place(server) if server else "", security)
    logs_in_as = _username(preset, username) if username else ""
    if logs_in_as:
        transport["username"] = logs_in_as
    elif preset.login_is_optional:
        return transport, {}
    secrets = {}
    variable = _secret_variable(preset)
    if preset.secret and variable in environ:
        secrets[variable] = environ[variable]
        if preset.token_is_username:
            secrets[_USERNAME] = environ[variable]
    elif preset.secret and f"{variable}_FILE" not in environ:
        output.warn(f"{variable} is not set, which {preset.name} wants; newsletter.env may say it")
    return transport, secrets


def _secret_variable(preset: "MailPreset") -> str:
    return f"NEWSLETTER_TRANSPORT__{preset.secret_setting}"


def _ask_details(preset: "MailPreset", answers: "Answers") -> "Answers":
    """Ask for all that the preset leaves open; the answer before is the default."""
    transport: dict[str, str | int] = {"use": preset.use}
    secrets: dict[str, str] = {}
    if preset.host:
        transport |= _ask_server(preset, answers.transport)
    if preset.username:
        default = answers.reader if preset.is_own_mailbox else ""
        said = str(answers.transport.get("username", default))
        username = ask(preset.username, partial(_username, preset), said)
        transport |= {"username": username} if username else {}
    if preset.secret and ("username" in transport or not preset.login_is_optional):
        secret = ask(f"{preset.secret} (what you type is not shown)", _something, hidden=True)
        secrets[_secret_variable(preset)] = secret
        if preset.token_is_username:
            secrets[_USERNAME] = secret
    said = str(transport.get("username", ""))
    mailbox = said if preset.is_own_mailbox and "@" in said else answers.reader
    return replace(
        answers,
        transport=transport,
        secrets=secrets,
        sending=preset.sending if answers.url else {},
        sender=ask("Mails come from", lambda text: sender_line(answers.title, text), mailbox),
    )


def _ask_server(preset: "MailPreset", said: Mapping[str, str | int]) -> dict[str, str | int]:
    if not preset.place:
        return _server(preset, "")
    known = "{host}:{port}".format(**said) if preset.host == "{place}" and "host" in said else ""
    place = ask(preset.place, _place, known)
    server = _server(preset, place)
    if preset.host != "{place}" or is_this_machine(place.partition(":")[0]):
        return server
    if server["port"] not in _BY_PORT:
        click.echo(f"How does it encrypt at port {server['port']}?")
        names = list(_SECURITIES)
        is_same = place == known and said.get("security") in names
        before = names.index(str(said["security"])) + 1 if is_same else 1
        server["security"] = names[choose("Encryption", list(_SECURITIES.values()), before)]
    return server


def _server(preset: "MailPreset", said: str, chosen: str | None = None) -> dict[str, str | int]:
    """`said`: what the preset's question for the place was answered with; `chosen`: security."""
    place, _, other_port = said.partition(":")
    host, port, security = preset.host.format(place=place), preset.port, preset.security
    if place:
        port = int(other_port or port)
        security = "none" if is_this_machine(place) else _BY_PORT.get(port, security)
    return {"host": host, "port": port, "security": chosen or security}


def _username(preset: "MailPreset", text: str) -> str:
    """The name to log in with; empty where nobody does."""
    if preset.login_is_optional and text.lower() in _NO_LOGIN:
        return ""
    from newsletter.subscribers.addresses import normalize_address

    return normalize_address(text) if preset.username_is_address else _something(text)


def _something(text: str) -> str:
    if not text:
        raise WrongUseError("something must stand here")
    return text


def _place(text: str) -> str:
    port = text.rpartition(":")[2]
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.-]*(:[0-9]{1,5})?", text) or (
        ":" in text and not 0 < int(port) <= _LAST_PORT
    ):
        raise WrongUseError(f"{text!r} cannot be it; write it like the example")
    return text.lower()


def sender_line(title: str, address: str) -> str:
    """The name and the address; what has a meaning of its own in such a line is left out."""
    from newsletter.config import values
    from newsletter.subscribers.addresses import normalize_address

    name = " ".join(re.sub(r'[()<>\[\]:;@\\,."]+', " ", title).split())
    return values.check_value(values.Sender, f"{name} <{normalize_address(address)}>")


def _works(answers: "Answers", file: Path) -> bool:
    """Connects, encrypts, logs in, and stops before there is a mail."""
    from newsletter import bootstrap
    from newsletter.finding import Severity

    click.echo("  Trying it; no mail is sent ...")
    try:
        settings = answers.settings(file, {**_TRIAL_KEY, **os.environ})
        with closing(bootstrap.load_transport(settings)) as transport:
            findings = list(transport.check_health(settings, machine_clock.utc_now()))
    except NewsletterError as error:
        click.echo(f"  {error}")
        return False
    for finding in findings:
        click.echo(f"  {finding.level}: {finding.text}")
    return all(finding.level is not Severity.TROUBLE for finding in findings)
