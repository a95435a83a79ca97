"""HMAC (RFC 2104) of many short words under one key: each mail bears several.

`hmac.digest` looks its hash up by name and hashes the key for each anew; a copy does neither.
"""

import hmac


class PreparedHmac:
    """A key, hashed once; may be used from any thread."""

    def __init__(self, key: bytes, hash_name: str) -> None:
        self._empty = hmac.new(key, digestmod=hash_name)

    def digest(self, words: bytes) -> bytes:
        mac = self._empty.copy()
        mac.update(words)
        return mac.digest()
