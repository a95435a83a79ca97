"""DKIM signatures (RFC 6376; Ed25519: RFC 8463): they prove the sender and the unchanged text.

Headers are signed relaxed, bodies simple: ours are quoted-printable in short lines, which no
server on the way has a reason to touch, and hashing the bytes as they are costs least.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from newsletter.config import DkimSettings, combinations
from newsletter.errors import WrongUseError

# RFC 6376, 5.4.1, and what RFC 8058 wants signed. Those that are once too often in `h=` cannot be
# added by somebody on the way.
_SIGNED = (
    *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive", "Reply-To"),
)
_ONCE = ("From", "To", "Subject", "Date", "List-Unsubscribe", "List-Unsubscribe-Post")
_MIN_BITS = 1024
Key = RSAPrivateKey | Ed25519PrivateKey


class Signer:
    """Signs with each key. For any thread."""

    def __init__(self, domain: str, keys: Sequence[tuple[str, Key]]) -> None:
        self._domain = domain
        self._keys = keys

    def __call__(self, message: bytes) -> bytes:
        head, _, body = message.partition(b"\r\n\r\n")
        fields = _fields(head + b"\r\n")
        body_hash = base64.b64encode(hashlib.sha256(_simple(body)).digest()).decode()
        names = [name for name in _SIGNED if name.lower() in fields]
        names += [name for name in _ONCE if name in names or name == "From"]
        canonical = b"".join(fields.pop(name.lower(), b"") for name in names)
        signatures = [
            self._header(selector, key, names, body_hash, canonical) for selector, key in self._keys
        ]
        return b"".join([*signatures, message])

    def _header(
        self, selector: str, key: Key, names: Sequence[str], body_hash: str, canonical: bytes
    ) -> bytes:
        kind = "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256"
        listed = ":\r\n\t ".join(
            ":".join(names[start : start + 4]) for start in range(0, len(names), 4)
        )
        unsigned = (
            f"DKIM-Signature: v=1; a={kind}; c=relaxed/simple; d={self._domain};\r\n"
            f"\ts={selector}; h={listed};\r\n\tbh={body_hash};\r\n\tb="
        ).encode()
        hashed = canonical + _relaxed(unsigned)
        if isinstance(key, RSAPrivateKey):
            signature = key.sign(hashed, padding.PKCS1v15(), hashes.SHA256())
        else:
            signature = key.sign(hashlib.sha256(hashed).digest())
        encoded = base64.b64encode(signature)
        lines = [encoded[start : start + 70] for start in range(0, len(encoded), 70)]
        return unsigned + b"\r\n\t ".join(lines) + b"\r\n"


def from_settings(settings: DkimSettings, folder: Path) -> Signer | None:
    """The signer that the settings describe; None where they name no key.

    Raises:
        WrongUseError: the line says what is missing.
    """
    combinations.check_dkim(settings)
    if not settings.keys:
        return None
    keys = [(selector, load(folder / file)) for selector, file in settings.keys.items()]
    return Signer(settings.domain, keys)


def load(file: Path) -> Key:
    """A private key in PEM.

    Raises:
        WrongUseError: there is none, or of another kind.
    """
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise WrongUseError(
            f"the DKIM key {file} cannot be read: {error.strerror};"
            f" `openssl genrsa -out {file} 2048` makes one"
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongUseError(f"{file} holds no private key in PEM without a password") from error
    if isinstance(key, Ed25519PrivateKey):
        return key
    if isinstance(key, RSAPrivateKey) and key.key_size >= _MIN_BITS:
        return key
    raise WrongUseError(f"{file}: DKIM needs an RSA key of {_MIN_BITS} bits or more, or Ed25519")


def dns_record(selector: str, domain: str, key: Key) -> tuple[str, str]:
    """The name and the text of the TXT record that verifiers look for."""
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        kind, encoding = (
            "rsa",
            (
                serialization.Encoding.DER,
                serialization.PublicFormat.SubjectPublicKeyInfo,
            ),
        )
    else:
        kind, encoding = (
            "ed25519",
            (
                serialization.Encoding.Raw,
                serialization.PublicFormat.Raw,
            ),
        )
    encoded = base64.b64encode(public.public_bytes(*encoding)).decode()
    return f"{selector}._domainkey.{domain}", f"v=DKIM1; k={kind}; p={encoded}"


def _fields(head: bytes) -> dict[str, bytes]:
    """Header fields by name, canonical; each is there once."""
    fields = re.split(rb"\r\n(?![ \t])", head)
    return {
        field.partition(b":")[0].decode("ascii", "replace").lower(): _relaxed(field) + b"\r\n"
        for field in fields
        if field
    }


def _relaxed(field: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    name, _, value = field.partition(b":")
    return name.strip().lower() + b":" + b" ".join(value.split())


def _simple(body: bytes) -> bytes:
    """RFC 6376, 3.4.3: one line end at the end."""
    return (
        body.rstrip(b"\r\n") + b"\r\n"
        if body.endswith(b"\r\n\r\n") or not body.endswith(b"\r\n")
        else body
    )
