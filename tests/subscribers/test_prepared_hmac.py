"""Signatures are those of the library, whatever key and words."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.prepared_hmac import PreparedHmac


@given(st.binary(max_size=200), st.lists(st.binary(max_size=200), min_size=1))
def test_prepared_key_signs_as_the_library_does(key: bytes, words: list[bytes]) -> None:
    for name in ("sha1", "sha256"):
        prepared = PreparedHmac(key, name)
        assert [prepared.digest(word) for word in words] == [
            hmac.digest(key, word, name) for word in words
        ]
