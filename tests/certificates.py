"""Certificates for servers on loopback, made by openssl; nobody trusts them who is not told to."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl makes the certificates")


@dataclass(frozen=True)
class Certificate:
    file: Path
    context: ssl.SSLContext

    def trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(self.file))


def certificate(folder: Path, name: str) -> Certificate:
    """A self-signed one, good for that name."""
    key, file = folder / f"{name}.key", folder / f"{name}.pem"
    command = [
        *("req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=test"),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-addext", f"subjectAltName={name}"),
        *("-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
        *("-keyout", str(key), "-out", str(file)),
    ]
    subprocess.run([str(OPENSSL), *command], check=True, capture_output=True)  # noqa: S603
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return Certificate(file, context)
