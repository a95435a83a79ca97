"""Tokens in links: small, and the same that itsdangerous signs, so that old mails' links work."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from newsletter.subscribers.link_claims import (
    ALL,
    ChangeBackClaim,
    ChangeClaim,
    Claim,
    ConfirmClaim,
    DataClaim,
    PreferencesClaim,
    UndoClaim,
    UnsubscribeClaim,
)
from newsletter.subscribers.signed_links import SignedLinks

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
    assert value.split(".")[claim.row_ids :] == claim.value.split(".")[claim.row_ids :]
    assert value.startswith("i") or claim.subscriber_id >= 2**48


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
    if isinstance(claim, PreferencesClaim):
        assert links.is_to("ada@reader.example", 0, claim)


@pytest.mark.parametrize(
    ("token", "claim"),
    [
        (
            "iL2r4rlUp.audio_text.70dbd880.e3h9zrmpquDnzWQBbsujyPv-R4Y",
            ConfirmClaim(7, END, ("audio", "text")),
        ),
        ("i3sV2YOGI.audio.9lyiyq_y5dk2f_qcB1VJmYdm1z0", UnsubscribeClaim(7, "audio")),
        ("i3sV2YOGI.-.AGnC4COFRwLjDDsC1P-5lwdasbI", UnsubscribeClaim(7, ALL)),
        ("iKvp78wpB.audio.70dbd880.2LlWHN6-oa2a2qnPvG6lfelJjeA", UndoClaim(7, END, "audio")),
        ("iDS4TFoVD.iJNz_wyYa.70dbd880.sde1OdIC7Qhe2vFJqbgJEZLQbbg", ChangeClaim(7, END, 31)),
        ("i_XmH2F9T.iD-sUl4oF.70dbd880.dDJQF5Z2ufoLco4CK0e-5RCI8Z4", ChangeBackClaim(7, END, 31)),
        ("inlcPoyGA.-.70dbd880.SPiaXJYTdrmjSC4mLv_iDbNUt_g", DataClaim(7, END)),
        ("ion70IyVe.2pPY94Np.U57cXVeCtqRa1WBp0T5ey4pK_VU", PreferencesClaim(7, "2pPY94Np")),
    ],
)
def test_so_do_links_without_countable_numbers(token: str, claim: Claim) -> None:
    links = SignedLinks(SITE, ["a newer key that signs now", SECRET])
    assert links.read(type(claim), token) == claim
    assert SignedLinks(SITE, [SECRET]).token(claim) == token


def test_nobody_can_count_by_links_or_tell_that_two_are_of_one_person() -> None:
    links = SignedLinks(SITE, [SECRET])
    names = [links.token(UnsubscribeClaim(each, "audio")).split(".")[0] for each in range(2000)]
    assert len({*names}) == 2000
    assert {len(name) for name in names} == {9}
    assert sorted(names) != names
    steps = {int.from_bytes(name.encode()) - int.from_bytes(names[0].encode()) for name in names}
    assert len(steps) == 2000
    change = links.token(ChangeClaim(7, END, 31)).split(".")
    assert change[:2] != ["7", "31"]
    assert change[0] != names[7]


def test_a_link_that_names_no_change_is_none() -> None:
    links = SignedLinks(SITE, [SECRET])
    for subject in ("audio", "-", str(2**63), "-1"):
        assert links.read(ChangeClaim, links.sign(ChangeClaim.purpose, f"7.{subject}")) is None
