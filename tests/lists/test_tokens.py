"""Tokens in links: small, and the same that itsdangerous signs, so that old mails' links work."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from newsletter.subscribers.tokens import Claim, Purpose, SignedLinks

KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
ENDS = st.none() | st.integers(0, 2**32).map(lambda each: datetime.fromtimestamp(each, UTC))
CLAIMS = st.builds(Claim, st.integers(1, 2**63 - 1), SLUGS, ENDS)


@given(KEYS, st.sampled_from(Purpose), CLAIMS)
def test_a_token_is_what_itsdangerous_signs(key: str, purpose: Purpose, claim: Claim) -> None:
    token = SignedLinks("https://papers.example.org", [key]).token(purpose, claim)
    value = Signer(key, salt=f"newsletter.{purpose}").unsign(token).decode()
    assert value.split(".")[:2] == [str(claim.subscriber_id), claim.newsletter]


@given(KEYS, KEYS, st.sampled_from(Purpose), CLAIMS)
def test_it_is_read_for_ever_after_a_new_key_has_come(
    old: str, new: str, purpose: Purpose, claim: Claim
) -> None:
    token = SignedLinks("https://papers.example.org", [old]).token(purpose, claim)
    after = SignedLinks("https://papers.example.org", [new, old])
    assert after.read(purpose, token) == claim
    others = set(Purpose) - {purpose}
    assert not any(after.read(other, token) for other in others)
