"""A list of people is taken in: whatever state it is in, and never against somebody's no."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.models import ImportRow, Standing, SubscriberRow, SubscriptionRow, SuppressionRow
from newsletter.subscribers import lifecycle, opt_out, suppression
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.undeclared_encoding import oddities
from tests.conftest import BY_HAND, NOW, Cli

pytestmark = pytest.mark.on_both_databases

CONSENT = ("--consent", "signed on paper, July fair")


@pytest.fixture
def two(settings: Settings) -> Settings:
    """A second newsletter, `text`."""
    file = settings.folder / "newsletter.toml"
    second = '\n[[newsletters]]\nslug = "text"\ntitle = "Text"\ncategories = ["cs.CL"]\n'
    file.write_text(file.read_text(encoding="utf-8") + second, encoding="utf-8")
    return settings


def write(content: str) -> str:
    Path("people.csv").write_text(content, encoding="utf-8")
    return "people.csv"


def fates(cli: Cli, *args: str) -> list[tuple[str, str, str]]:
    """Address, fate and detail of every line, by the report."""
    report = Path(f"report-{len(list(Path().glob('report-*')))}.csv")
    cli("subscribers", "import", *args, *CONSENT, "--report", str(report))
    assert report.stat().st_mode & 0o777 == 0o600
    with report.open(encoding="utf-8-sig", newline="") as stream:
        return [(row["address"], row["fate"], row["detail"]) for row in csv.DictReader(stream)]


def listed(cli: Cli, *args: str) -> list[str]:
    return [each["email"] for each in json.loads(cli("subscribers", "list", "--json", *args).out)]


def test_people_with_proof_of_consent_are_in_at_once(cli: Cli, database: Database) -> None:
    list_ = write("email\nada@reader.example\nBob@Reader.example\n")
    said = cli("subscribers", "import", list_, *CONSENT)
    assert (said.code, said.out) == (0, "people.csv: 2 entries = 2 added\n")
    assert listed(cli, "--standing", "confirmed") == ["ada@reader.example", "bob@reader.example"]
    with database.read() as session:
        assert lifecycle.get_subscriber(session, "ada@reader.example").consent == CONSENT[1]
    assert "2 subscribers = 2 sent" in cli("run").out


def test_the_history_says_who_was_taken_in_when_for_what_and_by_which_proof(
    cli: Cli, two: Settings
) -> None:
    assert two
    cli("subscribers", "add", "ada@reader.example", "--to", "audio", *CONSENT)
    columns = "email,newsletters,confirmed,consent\n"
    bob = "bob@reader.example,audio text,2024-05-06T07:08:09Z,button\n"
    list_ = write(f"{columns}ada@reader.example,text,,\n{bob}carl@reader.example,text,,\n")
    for _ in range(2):
        cli("subscribers", "import", list_, *CONSENT)
    proof = f"the operator's proof: {CONSENT[1]}"
    told = {
        name: json.loads(cli("subscribers", "show", f"{name}@reader.example", "--json").out)
        for name in ("ada", "bob", "carl")
    }
    said = {
        name: [(each["act"], each["newsletters"], each["wording"]) for each in known["history"]]
        for name, known in told.items()
    }
    assert said == {
        "ada": [("confirmed", ["audio"], proof), ("confirmed", ["text"], proof)],
        "bob": [("confirmed", ["audio", "text"], f"{proof}; there: button")],
        "carl": [("confirmed", ["text"], proof)],
    }
    assert told["bob"]["history"][0]["at"].startswith("2024-05-06 07:08:09")


def test_without_proof_of_consent_nobody_is_taken_in(cli: Cli, database: Database) -> None:
    said = cli("subscribers", "import", write("email\nada@reader.example\n"), "--consent", " ")
    assert said.code == 2
    assert "an import needs --consent TEXT" in said.err
    assert listed(cli) == []
    assert database


def test_nobody_comes_back_who_said_no(cli: Cli, database: Database, readers: list[str]) -> None:
    cli("subscribers", "remove", readers[0])
    cli("subscribers", "erase", readers[1], "--yes")
    cli("subscribers", "erase", "never@reader.example", "--yes")
    with database.write.begin() as session:
        suppression.suppress(session, readers[2], "bounced: no such mailbox", NOW)
        suppression.suppress(session, "dead@reader.example", "complaint", NOW)
        back = lifecycle.add_subscriber(
            session, readers[3], SubscriptionRequest(["audio"], "brief", "en"), None, NOW
        )
        opt_out.unsubscribe(session, back, None, BY_HAND, NOW)
        lifecycle.add_subscriber(
            session, readers[3], SubscriptionRequest(["audio"], "brief", "en"), None, NOW
        )
    asked = [*readers[:4], "NEVER@reader.example", "dead@reader.example", readers[4]]
    assert fates(cli, write("email\n" + "\n".join(asked))) == [
        (readers[0], "left", ""),
        (readers[1], "erased", ""),
        (readers[2], "suppressed", "bounced: no such mailbox"),
        (readers[3], "left", "asked to come back, has not confirmed"),
        ("NEVER@reader.example", "erased", ""),
        ("dead@reader.example", "suppressed", "complaint"),
        (readers[4], "already-in", ""),
    ]
    assert readers[1] not in listed(cli)
    assert set(listed(cli, "--standing", "confirmed")) == {*readers[4:]}
    assert listed(cli, "--standing", "suppressed") == [readers[2]]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_who_cannot_be_mailed_here_is_not_mailed_by_whoever_takes_the_export_in(
    cli: Cli, database: Database, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("subscribers", "import", write("email\nada@reader.example\nbob@reader.example"), *CONSENT)
    with database.write.begin() as session:
        suppression.suppress(session, "ada@reader.example", "complaint", NOW)
    cli("subscribers", "export", "--format", form, "--output", "out")
    monkeypatch.setenv("NEWSLETTER_DATABASE__URL", f"sqlite:///{tmp_path}/elsewhere.db")
    cli("db", "upgrade")
    assert fates(cli, "out") == [
        ("ada@reader.example", "not-subscribed", "suppressed"),
        ("bob@reader.example", "added", ""),
    ]
    assert fates(cli, write("ada@reader.example")) == [("ada@reader.example", "left", "")]


def test_one_person_in_several_spellings_is_one(cli: Cli, database: Database) -> None:
    spelt = [
        "Ada@Bücher.example",
        "ada@xn--bcher-kva.example",
        " ADA@BÜCHER.EXAMPLE ",
        "ada+x@b.de",
    ]
    found = fates(cli, write("email\n" + "\n".join([*spelt, "a@b.de"])))
    assert [fate for _, fate, _ in found] == ["added", "duplicate", "duplicate", "added", "added"]
    assert len(listed(cli)) == 3
    assert database


def test_a_name_of_any_script_is_one_person_however_it_is_written(
    cli: Cli, database: Database
) -> None:
    spelt = ["用户@例子.example", "用户@xn--fsqu00a.example", "Jürgen@b.de", "JU\u0308RGEN@b.de"]
    found = fates(cli, write("email\n" + "\n".join([*spelt, "jurgen@b.de"])))
    assert [fate for _, fate, _ in found] == ["added", "duplicate", "added", "duplicate", "added"]
    assert set(listed(cli)) == {"用户@xn--fsqu00a.example", "jürgen@b.de", "jurgen@b.de"}
    assert listed(cli, "--search", "JU\u0308R") == ["jürgen@b.de"]
    assert database


def test_a_list_of_addresses_with_names_in_quotes_is_read(cli: Cli, database: Database) -> None:
    written = '"Ada A." <ada@reader.example>\n"B., Bob" <bob@reader.example>\nc@reader.example\n'
    assert [fate for _, fate, _ in fates(cli, write(written))] == ["added"] * 3
    assert database


def test_a_guessed_encoding_makes_nobody_s_name(cli: Cli, database: Database) -> None:
    """Bytes that Windows' own encoding reads as a name may be another one elsewhere."""
    Path("people.csv").write_bytes("email\nJürgen@b.de\nada@b.de\n".encode("cp1252"))
    ((_, fate, detail), _) = fates(cli, "people.csv")
    assert (fate, "--encoding" in detail) == ("bad-address", True)
    assert listed(cli) == ["ada@b.de"]
    found = fates(cli, "people.csv", "--encoding", "cp1252")
    assert [each[1] for each in found] == ["added", "already-in"]
    assert listed(cli) == ["ada@b.de", "jürgen@b.de"]
    assert database


@pytest.mark.parametrize(
    ("encoding", "names", "yes", "no"),
    [
        ("gb18030", "邮箱,状态", "已订阅", "已退订"),
        ("big5", "電子郵件,狀態", "已訂閱", "取消訂閱"),
        ("cp932", "メールアドレス,状態", "購読中", "配信停止"),
        ("euc_jp", "メールアドレス,状態", "購読中", "配信停止"),
        ("iso2022_jp", "メールアドレス,状態", "購読中", "配信停止"),
        ("cp949", "이메일,상태", "구독중", "수신거부"),
        ("koi8_r", "Почта,Статус", "Подписан", "Отписан"),
        ("cp1251", "Почта,Статус", "Подписан", "Отписан"),
        ("cp866", "Почта,Статус", "Подписан", "Отписан"),
        ("cp1253", "email,Κατάσταση", "Ενεργός", "Απεγγραφή"),
        ("cp1255", "email,סטטוס", "subscribed", "הוסר"),
        ("cp1256", "email,الحالة", "subscribed", "لغو اشتراک"),
        ("utf-32", "email,Статус", "Подписан", "Отписан"),
        ("utf-16", "email,Статус", "Подписан", "Отписан"),
    ],
)
def test_a_list_whose_encoding_nothing_shows_takes_nobody_in_until_it_is_named(
    cli: Cli, database: Database, encoding: str, names: str, yes: str, no: str
) -> None:
    content = f"{names}\nada@b.de,{yes}\nbob@b.de,{no}\n"
    Path("people.csv").write_bytes(content.encode(encoding, "replace"))
    if not encoding.startswith("utf"):
        stopped = cli("subscribers", "import", "people.csv", *CONSENT)
        assert (stopped.code, "(--encoding)" in stopped.err) == (2, True)
        assert stopped.err.count("\n") == 1
        assert encoding in stopped.err
    named = () if encoding.startswith("utf") else ("--encoding", encoding)
    found = fates(cli, "people.csv", *named)
    assert [fate for _, fate, _ in found] == ["added", "not-subscribed"]
    assert database


@pytest.mark.parametrize(
    "words",
    [
        "Éléonore;Crédit à l’été;« naïf » créée n° 5",
        "Muñoz Peña;¿qué?;¡sí! 5º",
        "São João;ações",
        "Größe;Öl;„Zitat“;Ägypten;ÜBERSICHT",
        "Åsa;Häämäärä;hääyö",
        "Þórður Ævar;rødgrød",
        "col·laboració;L´Hospitalet;m²;20°C;€5;Foo™;© 2024",
    ],
)
def test_western_words_are_known_as_such_and_what_others_write_is_not(words: str) -> None:
    assert oddities([words.encode("cp1252").decode("cp1252")]).is_western
    assert not oddities([words.encode().decode("cp1252", "replace")]).is_western


def test_every_line_that_cannot_be_read_is_named(cli: Cli, database: Database) -> None:
    content = (
        'email,note\nada@reader.example,"unclosed\nbob@reader.example,\nc@reader.example,a"b\n'
        'd@reader.example,"a"b\nno address,\n,empty\ne@reader.example,1,2,3\n'
        f'nul\0@reader.example,\n"{"x" * 5_000_000}",\n=cmd|x!A1,\nf@reader.example\n'
    )
    said = cli("subscribers", "import", write(content), *CONSENT, "--json")
    assert said.code == 1
    assert json.loads(said.out)["fates"] == {
        "added": 3,
        "bad-address": 2,
        "line-too-long": 1,
        "misplaced-quote": 1,
        "no-address": 1,
        "not-text": 1,
        "quote-not-closed": 1,
        "too-many-cells": 1,
    }
    assert "Traceback" not in said.err
    report = fates(cli, write(content))
    assert ("'=cmd|x!A1", "bad-address") in [each[:2] for each in report]
    assert database


def test_the_terminal_shows_the_first_twenty_and_no_control_character(
    cli: Cli, database: Database
) -> None:
    content = "email\n" + "".join(f"\x1b[31m{number}\u202e\n" for number in range(30))
    said = cli("subscribers", "import", write(content), *CONSENT)
    assert len(said.out.splitlines()) == 1 + 20 + 3
    assert "... and more; --report FILE has every line" in said.out
    assert "\x1b" not in said.out
    assert "\u202e" not in said.out
    assert database


def test_a_dry_run_tells_the_same_and_keeps_nothing(cli: Cli, database: Database) -> None:
    list_ = write("email\nada@reader.example\nada@reader.example\nnobody\n")
    rehearsed = cli("subscribers", "import", list_, *CONSENT, "--dry-run")
    assert "(a rehearsal: nothing was kept)" in rehearsed.out
    with database.read() as session:
        for table in (SubscriberRow, SubscriptionRow, ImportRow, SuppressionRow):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    real = cli("subscribers", "import", list_, *CONSENT)
    assert rehearsed.out.replace("  (a rehearsal: nothing was kept)", "") == real.out
    assert rehearsed.code == real.code == 1


def test_the_list_says_which_newsletters_and_who_is_none(
    cli: Cli, two: Settings, database: Database
) -> None:
    content = (
        "email;newsletters;language;status\n"
        "ada@reader.example;audio=full text;zh;subscribed\n"
        "bob@reader.example;;en;unsubscribed\n"
        "chen@reader.example;nosuch;en;active\n"
        "dora@reader.example;;;pending\n"
        "ada@reader.example;text=titles;;\n"
    )
    assert fates(cli, write(content)) == [
        ("ada@reader.example", "added", ""),
        ("bob@reader.example", "not-subscribed", "unsubscribed"),
        ("chen@reader.example", "unknown-newsletter", "nosuch"),
        ("dora@reader.example", "not-subscribed", "pending"),
        ("ada@reader.example", "duplicate", ""),
    ]
    with database.read() as session:
        ada = lifecycle.get_subscriber(session, "ada@reader.example")
        assert ada.language == "zh"
        held = {each.newsletter: each.detail for each in lifecycle.subscriptions(session, ada)}
        assert held == {"audio": "full", "text": "brief"}
    # Who left elsewhere is kept out here too, by a hash; their address is not kept.
    assert fates(cli, write("email\nbob@reader.example\n")) == [("bob@reader.example", "left", "")]
    assert listed(cli) == ["ada@reader.example"]
    said = cli("subscribers", "import", write("email,List\nbob@new.example,News\n"), *CONSENT)
    assert "1 entry with newsletters that are not configured here; --to SLUG" in said.err
    assert two


def test_who_left_one_newsletter_gets_another_but_not_that_one(
    cli: Cli, two: Settings, readers: list[str]
) -> None:
    cli("subscribers", "import", write(f"email\n{readers[0]}\n"), *CONSENT, "--to", "text")
    cli("subscribers", "remove", readers[0], "--from", "audio")
    again = write(f"email\n{readers[0]}\n{readers[1]}\n")
    assert fates(cli, again, "--to", "audio") == [
        (readers[0], "left", "audio"),
        (readers[1], "already-in", ""),
    ]
    assert fates(cli, again, "--to", "audio", "--to", "text") == [
        (readers[0], "left", "audio"),
        (readers[1], "subscribed", "text"),
    ]
    assert readers[0] not in listed(cli, "--to", "audio")
    assert two


def test_who_was_asked_and_now_signed_is_in(cli: Cli, database: Database) -> None:
    cli("subscribers", "add", "ada@reader.example")
    assert fates(cli, write("email\nada@reader.example\n")) == [
        ("ada@reader.example", "added", "was asked by mail before")
    ]
    with database.read() as session:
        assert (
            lifecycle.get_subscriber(session, "ada@reader.example").standing == Standing.CONFIRMED
        )


@pytest.mark.slow
def test_the_same_list_again_does_nothing_twice(cli: Cli, database: Database) -> None:
    list_ = write("email\n" + "\n".join(f"r{number}@reader.example" for number in range(2500)))
    assert cli("subscribers", "import", list_, *CONSENT).out.endswith("= 2500 added\n")
    assert cli("subscribers", "import", list_, *CONSENT).out.endswith("= 2500 already-in\n")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SubscriptionRow)) == 2500


# Imports in a process that kills itself with SIGKILL in the middle of its third chunk.
_KILLED = """
import os, signal
from newsletter.cli.main import _run
from newsletter.subscribers.list_import import import_chunk

real, count = import_chunk.ImportChunk.take, 0

def take(self, looked_at):
    global count
    count += 1
    found = real(self, looked_at)
    if count == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return found

import_chunk.ImportChunk.take = take
_run(["subscribers", "import", "people.csv", "--consent", "signed on paper, July fair"])
"""


@pytest.mark.slow
def test_a_killed_import_goes_on_where_it_was(cli: Cli, database: Database) -> None:
    list_ = write("email\n" + "\n".join(f"r{number}@reader.example" for number in range(3700)))
    command = [sys.executable, "-c", textwrap.dedent(_KILLED)]
    killed = subprocess.run(command, check=False, env=os.environ)  # noqa: S603 - our own command
    assert killed.returncode == -signal.SIGKILL
    assert len(listed(cli)) == 1000
    said = cli("subscribers", "import", list_, *CONSENT)
    assert "going on behind the first 1000 entries, which are done" in said.err
    assert said.out == "people.csv: 3700 entries = 3700 added\n"
    assert len(listed(cli)) == 3700
    assert database


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_what_is_exported_can_be_imported_elsewhere(
    cli: Cli,
    two: Settings,
    database: Database,
    form: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_formula = "=2+5+cmd|' /C calc'!A0"
    cli("subscribers", "add", "+tag@reader.example", "--consent", with_formula, "--to", "text")
    consent = ("--consent", "yes")
    for name in ("ada", "bob", "chen", "用户", "jürgen"):
        cli("subscribers", "add", f"{name}@reader.example", *consent, "--detail", "full")
    cli("subscribers", "add", "chen@reader.example", *consent, "--rhythm", "tuesday")
    with database.write.begin() as session:
        for row in session.scalars(select(SubscriptionRow).limit(4)):
            row.left_out = "cross replace" if row.newsletter == "text" else "replace"
    cli("subscribers", "remove", "bob@reader.example")
    cli("subscribers", "add", "pending@reader.example")
    assert cli("subscribers", "export", "--format", form, "--output", "out").code == 0
    file = tmp_path / "out"
    assert file.stat().st_mode & 0o777 == 0o600
    assert cli("subscribers", "export", "--format", form, "--output", "out").code == 2
    before = json.loads(cli("subscribers", "export", "--format", "json").out)
    fresh = two.folder / "fresh"
    fresh.mkdir()
    (fresh / "newsletter.toml").write_bytes((two.folder / "newsletter.toml").read_bytes())
    monkeypatch.setenv("NEWSLETTER_DATABASE__URL", f"sqlite:///{fresh}/fresh.db")
    cli("db", "upgrade")
    said = cli("subscribers", "import", "out", "--consent", "moved here")
    assert said.out.endswith("= 5 added, 2 not-subscribed\n")
    after = json.loads(cli("subscribers", "export", "--format", "json").out)
    kept = ("email", "standing", "newsletters", "rhythm", "left_out", "language", "confirmed")
    assert any("cross+replace" in row["left_out"].values() for row in after)
    confirmed = [row for row in before if row["standing"] == "confirmed"]
    assert [[row[key] for key in kept] for row in after] == [
        [row[key] for key in kept] for row in confirmed
    ]
    (tagged,) = [row for row in after if row["email"] == "+tag@reader.example"]
    assert tagged["consent"] == f"moved here; there: {with_formula}"


def test_no_cell_of_an_export_is_a_formula(cli: Cli, database: Database) -> None:
    for local in ("=1+1", "+1", "'=1"):
        consent = ("--consent", "\t=HYPERLINK(1)\n@SUM")
        cli("subscribers", "add", f"{local}@reader.example", *consent)
    out = cli("subscribers", "export").out
    rows = list(csv.reader(io.StringIO(out)))
    assert len(rows) == 4
    assert not [cell for row in rows for cell in row if cell.lstrip()[:1] in set("=+-@")]
    assert database


def test_the_list_can_be_narrowed_down(cli: Cli, readers: list[str]) -> None:
    cli("subscribers", "add", "ada_x@other.example", "--consent", "yes")
    assert listed(cli, "--domain", "@Other.example") == ["ada_x@other.example"]
    assert listed(cli, "--search", "A_X") == ["ada_x@other.example"]
    assert listed(cli, "--search", "reader0%") == []
    assert listed(cli, "--since", "2025-07-12") == ["ada_x@other.example"]
    assert listed(cli, "--to", "audio", "--standing", "left") == []
    assert len(listed(cli)) == len(readers) + 1


@pytest.mark.slow
def test_a_long_list_comes_page_by_page(cli: Cli, database: Database) -> None:
    emails = sorted(f"r{number}@reader.example" for number in range(2100))
    cli("subscribers", "import", write("email\n" + "\n".join(emails)), *CONSENT)
    assert listed(cli) == emails
    table = cli("subscribers", "list").out.splitlines()
    assert [line.split()[0] for line in table[1:]] == emails
    assert Counter(map(len, table[1:])).total() == 2100
    assert database
