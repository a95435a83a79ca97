"""Signatures are those of the library, whatever key and words."""

import hmac
from hashlib import sha1, sha256

from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.prepared_hmac import PreparedHmac


@given(st.binary(max_size=200), st.lists(st.binary(max_size=200), min_size=1))
def test_prepared_key_signs_as_the_library_does(key: bytes, words: list[bytes]) -> None:
    for name, new in (("sha1", sha1), ("sha256", sha256)):
        prepared = PreparedHmac(key, new)
        assert [prepared.digest(each) for each in words] == [
            hmac.digest(key, each, name) for each in words
        ]
