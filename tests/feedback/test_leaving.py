"""Whichever way somebody leaves, it stands in their history, once, with the way."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import Standing
from newsletter.subscribers import address_change, lifecycle
from newsletter.web.button_presses import BUTTON, PressMarker
from newsletter.web.pages import EXTENSION
from tests.conftest import NOW, Cli
from tests.feedback import mails
from tests.feedback.samples import SigningKey, body, fold, said

Readers = dict[str, str]


def unsubscribe_link(settings: Settings, database: Database, reader: str) -> str:
    with database.read() as session:
        number = lifecycle.get_subscriber(session, reader).id
    return bootstrap.signed_links(settings).unsubscribe(number, "audio")


def history(cli: Cli, reader: str) -> list[dict[str, object]]:
    shown = json.loads(cli("subscribers", "show", reader, "--json").out)
    assert shown["standing"] == Standing.LEFT
    told: list[dict[str, object]] = shown["history"]
    return told


def left(way: str, wording: str) -> dict[str, object]:
    return {"act": "left", "newsletters": ["audio"], "way": way, "wording": wording}


def last_of(told: list[dict[str, object]]) -> dict[str, object]:
    assert [each["act"] for each in told] == ["confirmed", "left"]
    return {name: told[-1][name] for name in ("act", "newsletters", "way", "wording")}


def read(cli: Cli, folder: Path, raw: bytes) -> None:
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "new" / f"{len(list(folder.rglob('*')))}.mail").write_bytes(raw)
    assert cli("feedback", "--maildir", str(folder)).code == 0


@pytest.mark.parametrize(
    ("form", "way", "wording"),
    [
        ({}, "page", "Unsubscribe"),
        ({"List-Unsubscribe": "One-Click"}, "one-click", "List-Unsubscribe=One-Click"),
    ],
)
def test_by_the_page_and_by_one_click(  # noqa: PLR0913, PLR0917 - fixtures, and the table above
    cli: Cli,
    client: FlaskClient,
    settings: Settings,
    database: Database,
    sent: Readers,
    form: dict[str, str],
    way: str,
    wording: str,
) -> None:
    reader = next(iter(sent))
    path = urlsplit(unsubscribe_link(settings, database, reader)).path
    state = client.application.extensions[EXTENSION]
    shown = PressMarker(state.limits_key, path).made(state.clock() - timedelta(seconds=10))
    for _ in range(2):
        data = form or {"shown": shown, BUTTON: "1"}
        headers = {"Accept-Language": "en", "User-Agent": "Mozilla/5.0"}
        assert client.post(path, data=data, headers=headers).status_code == 200
    assert last_of(history(cli, reader)) == left(way, wording)


def test_by_a_mail_to_the_address_in_list_unsubscribe(
    cli: Cli, settings: Settings, database: Database, sent: Readers, tmp_path: Path
) -> None:
    reader = next(iter(sent))
    token = unsubscribe_link(settings, database, reader).rpartition("/")[2]
    for _ in range(2):
        read(cli, tmp_path / "box", mails.plain(token))
    wording = "an unsubscribe link as a mail's subject"
    assert last_of(history(cli, reader)) == left("mail", wording)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: 26 papers", "unsubscribe"),
        ("Re: 26 papers", "Please remove me from this list. Thank you!\n\nAda"),
        ("unsubscribe", ""),
        ("Re: 26 papers", "请退订，谢谢"),
        ("AW: 26 papers", "Bitte abmelden\n\nAm 11. Juli schrieb Daily:\n> not spam\n"),
        ("Re: 26 papers", "Désabonnez-moi, merci"),
    ],
)
def test_by_an_answer_that_says_nothing_else(
    cli: Cli, sent: Readers, tmp_path: Path, subject: str, text: str
) -> None:
    reader, reference = next(iter(sent.items()))
    answered = f"<{reference}@{mails.OURS}>"
    for _ in range(2):
        read(cli, tmp_path / "box", mails.plain(subject, text, From=reader, References=answered))
    wording = "an answer that asks to get no more"
    assert last_of(history(cli, reader)) == left("mail", wording)


def test_who_asks_without_a_proof_is_named_to_the_operator_and_stays_a_reader(
    cli: Cli, sent: Readers, tmp_path: Path
) -> None:
    (forged, _), (other, reference), (talks, own), (hi, _), *_ = sent.items()
    answers = {"References": f"<{reference}@{mails.OURS}>"}
    read(cli, tmp_path / "box", mails.plain("unsubscribe", From=forged))
    read(cli, tmp_path / "box", mails.plain("Re: 26 papers", "退订", From=forged, **answers))
    doubtful = "I do not want this. Unsubscribe bob@reader.example?"
    mail = mails.plain("Re: 26 papers", doubtful, From=talks, In_Reply_To=f"<{own}@{mails.OURS}>")
    (tmp_path / "box" / "new" / "last.mail").write_bytes(mail)
    said = cli("feedback", "--maildir", str(tmp_path / "box"))
    assert said.out == "1 mail: 1 asking to leave\n"
    assert f"{talks} asks to leave" in said.err
    assert f"`newsletter subscribers remove {talks}`" in said.err
    read(cli, tmp_path / "box", mails.plain("I like your letters", "Never unsubscribed!", From=hi))
    for reader in (forged, other, talks):
        assert (
            json.loads(cli("subscribers", "show", reader, "--json").out)["standing"] == "confirmed"
        )
    asking = cli("feedback", "--asking").out.splitlines()
    assert [line.rpartition(" ")[2] for line in asking] == [forged, talks]
    assert "2 readers ask to leave" in cli("check").out
    for reader in (forged, talks):
        cli("subscribers", "remove", reader)
    assert cli("feedback", "--asking").out == "Nobody asks.\n"
    assert "to leave" not in cli("check").out


def test_by_the_operator_on_their_behalf(cli: Cli, sent: Readers) -> None:
    reader = next(iter(sent))
    for _ in range(2):
        cli("subscribers", "remove", reader)
    assert last_of(history(cli, reader)) == left("operator", "newsletter subscribers remove")


@pytest.mark.parametrize(
    ("kind", "way", "wording"),
    [("abuse", "complaint", "complaint"), ("opt-out", "provider", "unsubscribe")],
)
def test_by_a_complaint_that_comes_as_a_mail(
    cli: Cli, sent: Readers, tmp_path: Path, kind: str, way: str, wording: str
) -> None:
    reader, reference = next(iter(sent.items()))
    read(cli, tmp_path / "box", mails.arf(reference, kind))
    read(cli, tmp_path / "box", mails.arf(reference, kind) + b"\n")
    assert last_of(history(cli, reader)) == left(way, f"{wording}, told by mail")


@pytest.mark.parametrize(
    ("name", "way", "wording"),
    [("spamreport", "complaint", "complaint"), ("unsubscribe", "provider", "unsubscribe")],
)
def test_by_what_the_provider_says(  # noqa: PLR0913, PLR0917 - fixtures, and the table above
    cli: Cli,
    client: FlaskClient,
    key: SigningKey,
    sent: Readers,
    name: str,
    way: str,
    wording: str,
) -> None:
    reader, reference = next(iter(sent.items()))
    for number in range(2):
        raw = body([said(name, reference, sg_event_id=f"event-{number}")])
        answer = client.post("/hooks/sendgrid", data=raw, headers=key.headers(raw))
        assert answer.status_code == 202
    fold(client.application)
    assert last_of(history(cli, reader)) == left(way, f"{wording}, told by sendgrid")


def test_an_unsubscribe_token_by_mail_means_also_whom_they_became_by_a_move(
    cli: Cli, settings: Settings, database: Database, sent: Readers, tmp_path: Path
) -> None:
    before, after, *_ = sent
    token = unsubscribe_link(settings, database, before).rpartition("/")[2]
    with database.write.begin() as session:
        change = address_change.request_change(
            session, lifecycle.get_subscriber(session, before), after, NOW
        )
        address_change.apply_change(session, change, NOW)
    read(cli, tmp_path / "box", mails.plain(token))
    assert last_of(history(cli, after))["way"] == "mail"
