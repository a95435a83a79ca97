"""Tokens in links: small, and the same that itsdangerous signs, so that old mails' links work."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from newsletter.subscribers.tokens import (
    ALL,
    ChangeBackClaim,
    ChangeClaim,
    Claim,
    ConfirmClaim,
    DataClaim,
    PreferencesClaim,
    SignedLinks,
    UndoClaim,
    UnsubscribeClaim,
)

KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
ENDS = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
IDS = st.integers(1, 2**63 - 1)
KINDS = (
    ConfirmClaim,
    UnsubscribeClaim,
    UndoClaim,
    PreferencesClaim,
    ChangeClaim,
    ChangeBackClaim,
    DataClaim,
)
CLAIMS: st.SearchStrategy[Claim] = st.one_of(
    st.builds(ConfirmClaim, IDS, ENDS, st.lists(SLUGS, min_size=1).map(tuple)),
    st.builds(UnsubscribeClaim, IDS, SLUGS | st.just(ALL)),
    st.builds(UndoClaim, IDS, ENDS, SLUGS | st.just(ALL)),
    st.builds(PreferencesClaim, IDS, st.from_regex(r"[A-Za-z0-9_-]{8}", fullmatch=True)),
    st.builds(ChangeClaim, IDS, ENDS, IDS),
    st.builds(ChangeBackClaim, IDS, ENDS, IDS),
    st.builds(DataClaim, IDS, ENDS),
)

SITE = "https://papers.example.org"
SECRET = "a key that signs for ever"
END = datetime(2030, 1, 1, tzinfo=UTC)


@given(KEYS, CLAIMS)
def test_a_token_is_what_itsdangerous_signs(key: str, claim: Claim) -> None:
    token = SignedLinks(SITE, [key]).token(claim)
    value = Signer(key, salt=f"newsletter.{claim.purpose}").unsign(token).decode()
    assert value == claim.value
    assert value.split(".")[0] == str(claim.subscriber_id)


@given(KEYS, KEYS, CLAIMS)
def test_it_is_read_for_ever_after_a_new_key_has_come(old: str, new: str, claim: Claim) -> None:
    token = SignedLinks(SITE, [old]).token(claim)
    after = SignedLinks(SITE, [new, old])
    assert after.read(type(claim), token) == claim
    others = [kind for kind in KINDS if kind is not type(claim)]
    assert not any(after.read(kind, token) for kind in others)


@pytest.mark.parametrize(
    ("token", "claim"),
    [
        (
            "7.audio_text.70dbd880.US7kz3pDcJQ8sIM-2vp8iUVBILw",
            ConfirmClaim(7, END, ("audio", "text")),
        ),
        ("7.audio.l13-09TnCtJifRLdeXbpHPf_HpE", UnsubscribeClaim(7, "audio")),
        ("7.-.8sObJLZRVtSLY_5wMErZgsojFrQ", UnsubscribeClaim(7, ALL)),
        ("7.audio.70dbd880.lixadC9SSm2rAuDNDHLWuBNxtYA", UndoClaim(7, END, "audio")),
        ("7.-.70dbd880.25VJs3garZbgscv7oOIEzIk4CnA", UndoClaim(7, END, ALL)),
        ("7.31.70dbd880.2YWRLvfoIvmk1rr3cVOlh2oAtQI", ChangeClaim(7, END, 31)),
        ("7.31.70dbd880.7WbocR05R83jI4zpbgBL9FcnRp0", ChangeBackClaim(7, END, 31)),
        ("7.-.70dbd880.NKynBqfXSIKx0IBso7ZSD23nVrs", DataClaim(7, END)),
        ("7.2pPY94Np.VYkmuPzjXap9_Rm4g5Raf1d-hq8", PreferencesClaim(7, "2pPY94Np")),
    ],
)
def test_links_of_mails_that_are_out_mean_what_they_meant(token: str, claim: Claim) -> None:
    links = SignedLinks(SITE, [SECRET])
    assert links.read(type(claim), token) == claim
    assert links.token(claim) == token
    if isinstance(claim, PreferencesClaim):
        assert links.is_to("ada@reader.example", claim)
        assert links.preferences_token(7, "ada@reader.example") == token


def test_a_link_that_names_no_change_is_none() -> None:
    links = SignedLinks(SITE, [SECRET])
    for subject in ("audio", "-", str(2**63), "-1"):
        assert links.read(ChangeClaim, links.sign(ChangeClaim.purpose, f"7.{subject}")) is None
