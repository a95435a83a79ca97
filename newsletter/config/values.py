"""Types of settings: checked texts, addresses and secrets, with words for each fault."""

import os
import re
import unicodedata
from email.utils import getaddresses
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
)

from newsletter import colours, taxonomy
from newsletter.errors import WrongUseError
from newsletter.languages import LANGUAGES

_LONGEST_NAME, _LONGEST_PATH = 255, 3500  # bytes, as Linux has it; something comes behind a path
_NO_TEXT = {"Cc", "Zl", "Zp", "Cs"}  # control characters, line separators, lone surrogates
# What every server takes: RFC 5321's Dot-string at a host's name, with a dot but for localhost.
DOT_STRING = r"[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*"
_LABEL = r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?"
_ADDRESS = re.compile(
    rf"(?=.{{1,64}}@){DOT_STRING}@(?:localhost|(?:{_LABEL}\.)+(?![0-9]+$){_LABEL})", re.ASCII
)


def split(value: object) -> object:
    """A list written as one string in the environment: separated by commas or line breaks."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[,\n]", value) if part.strip()]
    return value


def _language(value: object) -> object:
    """`zh-CN`, `zh_Hans` and `ZH` are `zh` to us; what is unknown is left for the check."""
    return re.split(r"[-_]", value)[0].lower() if isinstance(value, str) else value


def _known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
    return value


def _line(value: str) -> str:
    """Names and titles stand in headers of mails: a line break there would forge another one."""
    if any(unicodedata.category(char) in _NO_TEXT for char in value):
        raise ValueError("must be one line of text, without control characters")
    return value.strip()


def _encodable(value: str) -> str:
    if any(unicodedata.category(char) == "Cs" for char in value):
        raise ValueError("is no text (write it in UTF-8)")
    return value


def _sender(value: str) -> str:
    addresses = getaddresses([_line(value)])
    if len(addresses) != 1 or not _ADDRESS.fullmatch(addresses[0][1]):
        raise ValueError("is no sender; write it like 'Name <daily@example.org>'")
    return _line(value)


def _mailbox(value: str) -> str:
    if value and not _ADDRESS.fullmatch(value):
        raise ValueError("is no address; write it like 'bounces@example.org'")
    return value


def _host(value: str) -> str:
    value = value.strip()
    name, colon, port = value.partition(":")
    if re.search(r"[/\s]", value):
        raise ValueError("is no name of a server; write it like 'smtp.example.org', without '/'")
    if colon and port.isdecimal():
        raise ValueError(f"says a port, too; write {name!r} here, and {port} as the port")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)  # a port or a host in brackets that is none is a ValueError
    plain = value.isascii() and not re.search(r"[\x00-\x20\x7f<>\"\\]", value)
    if not plain or parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("is no web address; write it like 'https://papers.example.org'")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be a plain web address, with no password, '?' or '#' in it")
    return value.rstrip("/")


def _site_address(value: str) -> str:
    return _web_address(value) if value else value


def endpoint_address(value: str) -> str:
    """An address that may end in a query (`?api-version=...`), which goes behind every path."""
    path, mark, query = value.partition("?")
    if re.search(r"[#\s?]", query) or not query.isascii():
        raise ValueError("has a query that cannot be sent; write it like '?api-version=2024-10-21'")
    return f"{_web_address(path)}{mark}{query}"


def _picture(value: str) -> str:
    if value and not value.startswith("https://"):
        raise ValueError("must begin with https:// (mail programs load no other picture)")
    return _web_address(value) if value else value


def _address_with(blank: str, value: str) -> str:
    if value.count(blank) != 1 or re.search(r"[{}]", value.replace(blank, "")):
        raise ValueError(f"must hold {blank!r} once, where the category goes")
    return _web_address(value.replace(blank, "cs.SD")) and value


def _address_with_all(blanks: tuple[str, ...], value: str) -> str:
    """An address that may ask (`?show=2000`), with blanks to fill in."""
    bare = value
    for blank in blanks:
        if value.count(blank) != 1:
            raise ValueError(f"must hold {', '.join(blanks)} once each")
        bare = bare.replace(blank, "1")
    path, _, query = bare.partition("?")
    if re.search(r"[{}#\s?]", path + query) or not query.isascii():
        raise ValueError(f"must hold {', '.join(blanks)} once each, and no other braces or spaces")
    return _web_address(path) and value


def _category(value: str) -> str:
    try:
        return taxonomy.category(value)
    except WrongUseError as error:
        raise ValueError(str(error)) from error


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text.isprintable():
        raise ValueError("holds a line break or another character that no key has")
    return value


def strong(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < 16:  # noqa: PLR2004 - 16 characters carry 96 random bits
        raise ValueError("a secret key needs at least 16 characters; `newsletter init` makes one")
    return key


def check_value(kind: Any, text: str) -> str:  # noqa: ANN401 - one of the kinds below
    """One value as the settings would take it.

    Raises:
        WrongUseError: the line says what is wrong with it.
    """
    try:
        return str(TypeAdapter(kind).validate_python(text))
    except ValidationError as error:
        message = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        raise WrongUseError(f"{text!r}: {message[:1].lower()}{message[1:]}") from None


Line = Annotated[str, AfterValidator(_line), Field(min_length=1, max_length=200)]
Title = Annotated[Line, Field(max_length=120)]
Text = Annotated[str, AfterValidator(_encodable)]
Sender = Annotated[str, AfterValidator(_sender)]
Mailbox = Annotated[str, AfterValidator(_mailbox), Field(max_length=254)]
Host = Annotated[str, AfterValidator(_host)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
SiteAddress = Annotated[str, AfterValidator(_site_address)]
EndpointAddress = Annotated[str, AfterValidator(endpoint_address)]
FeedAddress = Annotated[str, AfterValidator(partial(_address_with, "{categories}"))]
ListingAddress = Annotated[str, AfterValidator(partial(_address_with, "{category}"))]
CatchupAddress = Annotated[
    str, AfterValidator(partial(_address_with_all, ("{category}", "{day}", "{page}")))
]
RecentAddress = Annotated[str, AfterValidator(partial(_address_with_all, ("{category}",)))]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
SecretKeys = Annotated[
    tuple[Annotated[Secret, AfterValidator(strong)], ...],
    BeforeValidator(split),
    Field(min_length=1),
]
Categories = Annotated[
    tuple[Annotated[str, AfterValidator(_category)], ...],
    BeforeValidator(split),
    AfterValidator(_once),
    Field(min_length=1),
]
Detail = Literal["full", "brief", "titles"]
Group = Literal["section", "category"]
Language = Annotated[str, BeforeValidator(_language), AfterValidator(_known_language)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Colour = Annotated[str, AfterValidator(colours.colour)]
Picture = Annotated[str, AfterValidator(_picture)]
Options = Annotated[dict[str, Any], Field(repr=False)]  # what an installed part makes of them


def _possible(path: Path) -> Path:
    """A path as file systems have it."""
    if any(len(os.fsencode(part)) > _LONGEST_NAME for part in path.parts):
        raise ValueError(f"has a name of more than {_LONGEST_NAME} bytes, which no disk takes")
    if "\0" in str(path) or len(os.fsencode(path)) > _LONGEST_PATH:
        raise ValueError("can be no path: it is too long, or holds a zero byte")
    return path


def _database(url: str) -> str:
    if url.startswith("sqlite"):
        name = url.partition("://")[2].removeprefix("/").partition("?")[0]
        if name in ("", ":memory:"):
            raise ValueError("names no file, and nothing would stay; write sqlite:///newsletter.db")
        _possible(Path(name))
    return url


FilePath = Annotated[Path, AfterValidator(_possible)]
DatabaseAddress = Annotated[
    str, AfterValidator(_database), Field(repr=False)
]  # may hold a password
