"""SpamAssassin: nothing of ours looks like spam."""

import re
import subprocess

import pytest

from tests.gates import specimens, tools

pytestmark = [pytest.mark.slow, specimens.MADE_ONCE]

HIGHEST = 0.0


def verdicts(raws: dict[str, bytes]) -> dict[str, tuple[float, str]]:
    """Score and names of the rules that hit, of each mail; local rules only, nothing learned."""
    (program,) = tools.need("spamassassin")
    # Perl reads its thousand rules once for all of them; the answers come in an order of its own.
    mailbox = b"".join(
        f"From x Fri Jul 11 06:30:00 2025\nX-Specimen: {name}\n".encode() + _escaped(raw)
        for name, raw in raws.items()
    )
    told = subprocess.run(  # noqa: S603 - the judge over our own mails
        [program, "-L", "-x", "--cf=use_bayes 0", "--mbox"],
        input=mailbox,
        capture_output=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr.decode()
    found = {}
    for each in re.split(rb"^From ", told.stdout, flags=re.MULTILINE)[1:]:
        name = re.search(rb"^X-Specimen: (.*)$", each, re.MULTILINE)
        status = re.search(_STATUS, each, re.MULTILINE)
        assert name is not None
        assert status is not None
        rules = re.sub(r"\s+", "", status[2].decode())
        found[name[1].decode()] = (float(status[1]), rules)
    return found


_STATUS = (
    rb"^X-Spam-Status: \w+, score=(-?[0-9.]+) required=[0-9.]+\s+tests=((?:.|\n\t)*?)\s+autolearn"
)


def _escaped(raw: bytes) -> bytes:
    return re.sub(rb"^(>*From )", rb">\1", raw.replace(b"\r\n", b"\n"), flags=re.MULTILINE) + b"\n"


def test_spamassassin_gives_no_mail_more_than_nothing() -> None:
    every = (*specimens.all_specimens(), *specimens.large_days())
    raws = {each.name: each.mail.as_bytes() for each in every}
    found = verdicts(raws)
    assert found.keys() == raws.keys()
    suspect = [f"{name}: {score} {why}" for name, (score, why) in found.items() if score > HIGHEST]
    assert not suspect


def test_the_gate_sees_a_mail_without_a_date_and_a_spammers_words() -> None:
    good = specimens.all_specimens()[0].mail.as_bytes()
    words = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    found = verdicts(
        {
            "good": good,
            "dateless": re.sub(rb"Date: .*\r\n", b"", good),
            "spam": b"From: a@b.example\r\nSubject: test\r\n\r\n" + words + b"\r\n",
        }
    )
    assert found["good"][0] <= HIGHEST < found["dateless"][0]
    assert found["spam"][0] > 900
