"""Signatures that somebody else's program verifies."""

from pathlib import Path

import dkim as verifier
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from newsletter.config import DkimSettings, Settings
from newsletter.errors import WrongUseError
from newsletter.transports.base import SendStatus
from newsletter.transports.smtp import dkim
from newsletter.transports.smtp.transport import Smtp
from tests.conftest import Cli
from tests.transports.smtp_standins import RealSmtp, mail_to, smtp_settings

DOMAIN = "papers.example.org"
MADE: dict[str, dkim.Key | ec.EllipticCurvePrivateKey] = {
    "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ed": ed25519.Ed25519PrivateKey.generate(),
    "ec": ec.generate_private_key(ec.SECP256R1()),
}


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, Path]:
    files = {}
    for name, key in MADE.items():
        files[name] = tmp_path / f"{name}.pem"
        files[name].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return files


def signer(keys: dict[str, Path], *selectors: str) -> dkim.Signer:
    chosen = DkimSettings(domain=DOMAIN, keys={each: keys[each] for each in selectors})
    made = dkim.from_settings(chosen, Path())
    assert made is not None
    return made


def verified(message: bytes, keys: dict[str, Path], number: int = 0) -> bool:
    """As a receiver does it, with the records that `newsletter check` tells to publish."""
    records = dict(dkim.dns_record(each, DOMAIN, dkim.load(keys[each])) for each in ("rsa", "ed"))

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        del timeout
        record = records.get(name.decode().rstrip("."))
        return record.encode() if record else None

    try:
        return bool(verifier.DKIM(message).verify(idx=number, dnsfunc=look_up))
    except verifier.ValidationError:
        return False


@pytest.mark.parametrize("selector", ["rsa", "ed"])
def test_a_signature_holds_and_falls_with_any_change(keys: dict[str, Path], selector: str) -> None:
    message = signer(keys, selector)(mail_to("ada@reader.example").as_bytes())
    assert verified(message, keys)
    for old, new in (
        (b"List-Unsubscribe: <https://papers", b"List-Unsubscribe: <https://p\xd0\xb0pers"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
        (b"To: ada@", b"To: eve@"),
        (b"Hello", b"Hallo"),
        (b"From:", b"From: eve@evil.example\r\nFrom:"),
    ):
        assert old in message
        assert not verified(message.replace(old, new, 1), keys)


def test_an_address_in_utf_8_is_signed_as_it_stands(keys: dict[str, Path]) -> None:
    mail = mail_to("用户@xn--fsqu00a.example")
    with RealSmtp() as server:
        transport = Smtp(smtp_settings(server.port), signer(keys, "rsa", "ed"))
        assert [outcome.status for _, outcome in transport.send([mail])] == [SendStatus.ACCEPTED]
        transport.close()
    ((_, recipient, message),) = server.postbox.taken
    assert recipient == mail.recipient
    assert [verified(message, keys, number) for number in (0, 1)] == [True, True]
    changed = message.replace("To: 用户".encode(), "To: 客户".encode(), 1)
    assert changed != message
    assert not verified(changed, keys)


def test_both_keys_sign_one_mail(keys: dict[str, Path]) -> None:
    message = signer(keys, "rsa", "ed")(mail_to("ada@reader.example").as_bytes())
    assert [verified(message, keys, number) for number in (0, 1)] == [True, True]


def test_one_click_is_under_the_signature(keys: dict[str, Path]) -> None:
    message = signer(keys, "rsa")(mail_to("ada@reader.example").as_bytes())
    signature = message.partition(b"bh=")[0].lower()
    assert b"list-unsubscribe:" in signature
    assert b"list-unsubscribe-post" in signature
    assert max(map(len, message.split(b"\r\n"))) <= 998


def test_what_arrives_over_smtp_still_verifies(keys: dict[str, Path]) -> None:
    with RealSmtp() as server:
        transport = Smtp(smtp_settings(server.port), signer(keys, "rsa", "ed"))
        ((_, outcome),) = transport.send([mail_to("ada@reader.example")])
        transport.close()
        assert outcome.status is SendStatus.ACCEPTED
        ((_, _, raw),) = server.postbox.taken
    assert verified(raw, keys)


def test_keys_that_cannot_sign_are_refused_in_words(keys: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "text.pem").write_text("no key")
    for file, words in (
        (tmp_path / "none.pem", "openssl genrsa"),
        (tmp_path / "text.pem", "holds no private key"),
        (keys["ec"], "RSA key"),
    ):
        with pytest.raises(WrongUseError, match=words):
            dkim.load(file)
    with pytest.raises(WrongUseError, match=r"dkim\.domain is missing"):
        dkim.from_settings(DkimSettings(keys={"rsa": keys["rsa"]}), Path())
    assert dkim.from_settings(DkimSettings(), Path()) is None


@pytest.mark.usefixtures("keys")
def test_check_tells_the_record_to_publish(cli: Cli, settings: Settings) -> None:
    file = settings.folder / "newsletter.toml"
    file.write_text(
        f'{file.read_text()}\n[dkim]\ndomain = "{DOMAIN}"\nkeys = {{ ed = "ed.pem" }}\n'
    )
    assert f'ed._domainkey.{DOMAIN} TXT "v=DKIM1; k=ed25519; p=' in cli("check").out
