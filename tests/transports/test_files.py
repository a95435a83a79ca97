"""Mails in a folder: whole or not at all, and never one over another."""

import mailbox
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsletter.config import Settings
from newsletter.finding import Severity
from newsletter.rendering.message import Message
from newsletter.transports import files
from newsletter.transports.base import SendStatus, TransportDownError
from newsletter.transports.files import Files, file_name
from tests.conftest import NOW
from tests.transports.smtp_standins import mail_to

LONGEST = f"{'l' * 64}@{'d' * 60}.{'d' * 60}.{'d' * 60}.example"


def send(folder: Path, *mails: Message) -> list[str]:
    """The names of the files that the outcomes tell of."""
    outcomes = [outcome for mail in mails for _, outcome in Files(folder).send([mail])]
    assert {outcome.status for outcome in outcomes} == {SendStatus.ACCEPTED}
    return [outcome.provider_id or "" for outcome in outcomes]


def test_a_file_is_named_after_issue_and_reader_and_holds_the_bytes_of_the_mail(
    tmp_path: Path,
) -> None:
    mail = mail_to("ada@reader.example")
    assert send(tmp_path / "a" / "b", mail) == ["audio-2025-07-11-ada@reader.example.eml"]
    (file,) = (tmp_path / "a" / "b").iterdir()
    assert file.read_bytes() == mail.as_bytes()


@pytest.mark.parametrize(
    "address",
    ["../../etc/passwd@a.example", "a/b@a.example", "|rm*?@a.example", LONGEST],
)
def test_no_address_leads_out_of_the_folder_or_is_too_long(tmp_path: Path, address: str) -> None:
    (name,) = send(tmp_path, mail_to(address))
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert len(os.fsencode(name)) < 200


def test_a_name_is_plain_ascii_whatever_the_address() -> None:
    name = file_name(mail_to("名\u202e前/\0\n@例え.example"))
    assert name.isascii()
    assert name.isprintable()
    assert "/" not in name


def test_addresses_that_look_alike_as_names_get_a_file_each(tmp_path: Path) -> None:
    mails = [mail_to(f"a{mark}b@a.example") for mark in "_/*?"]
    mails += [mail_to(LONGEST), mail_to(f"{LONGEST}x")]
    names = send(tmp_path, *mails)
    assert len({*names}) == len(mails)
    assert [(tmp_path / name).read_bytes() for name in names] == [m.as_bytes() for m in mails]


def test_a_second_mail_to_the_same_reader_leaves_the_first_where_it_is(tmp_path: Path) -> None:
    first = mail_to("ada@reader.example", stream="confirm")
    second = Message(**{**vars(first), "reference": "f" * 24})
    names = send(tmp_path, first, second)
    assert [(tmp_path / name).read_bytes() for name in names] == [
        first.as_bytes(),
        second.as_bytes(),
    ]


def test_the_same_mail_sent_again_is_still_one_file(tmp_path: Path) -> None:
    mail = mail_to("ada@reader.example")
    first, again = send(tmp_path, mail, mail)
    assert first == again
    assert len(list(tmp_path.iterdir())) == 1


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """As on a full disk, writing beyond some bytes fails (here with EFBIG)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_stops_the_sending_and_leaves_no_half_a_mail(tmp_path: Path) -> None:
    mails = [mail_to("ada@reader.example"), mail_to("bob@reader.example")]
    send(tmp_path, mails[0])
    with (
        room_for(len(mails[1].as_bytes()) // 2),
        pytest.raises(TransportDownError, match="cannot be written: File too large"),
    ):
        list(Files(tmp_path).send([mails[1]]))
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [mails[0].as_bytes()]


def test_a_folder_that_is_a_file_stops_the_sending(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("I was here first")
    with pytest.raises(TransportDownError, match="cannot be written"):
        list(Files(tmp_path / "outbox").send([mail_to("ada@reader.example")]))


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_stops_the_sending(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(TransportDownError, match="Permission denied"):
            list(Files(tmp_path).send([mail_to("ada@reader.example")]))
    finally:
        tmp_path.chmod(0o700)


def test_the_configured_folder_starts_from_that_of_the_configuration(settings: Settings) -> None:
    list(files.from_settings(settings).send([mail_to("ada@reader.example")]))
    outbox = settings.folder / "outbox"
    assert len(list(outbox.glob("*.eml"))) == 1
    assert outbox.stat().st_mode & 0o777 == 0o700  # mails are nobody else's
    deep = settings.folder / "made" / "for" / "it"
    list(Files(deep).send([mail_to("ada@reader.example")]))
    assert {path.stat().st_mode & 0o777 for path in (deep, *deep.parents[:2])} == {0o700}
    (found,) = files.from_settings(settings).check_health(settings, NOW)
    assert found.level is Severity.OK
    outbox.chmod(0o755)
    (found,) = files.from_settings(settings).check_health(settings, NOW)
    assert found.level is Severity.WARNING
    assert f"`chmod 700 {outbox}`" in found.text


def test_a_maildir_has_a_file_for_each_mail_that_any_mail_program_finds(tmp_path: Path) -> None:
    mails = [mail_to("ada@reader.example"), mail_to("bob@reader.example")]
    for _ in range(2):  # the same mails again are the same files
        outcomes = [outcome.status for _, outcome in Files(tmp_path, maildir=True).send(mails)]
        assert outcomes == [SendStatus.ACCEPTED] * 2
    box = mailbox.Maildir(tmp_path, create=False)
    assert sorted(str(each["To"]) for each in box) == [mail.recipient for mail in mails]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_a_killed_process_had_half_written_is_taken_away(tmp_path: Path) -> None:
    nobody = 2**22 + 1  # more than any process number
    half = tmp_path / f".{'a' * 24}.{nobody}.part"
    half.write_text("half a m")
    send(tmp_path, mail_to("ada@reader.example"))
    assert not half.exists()
