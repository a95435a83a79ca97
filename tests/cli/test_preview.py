"""The live preview, and a mail sent as a test."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from signal import SIGINT

import pytest
from flask.testing import FlaskClient

from newsletter import paths
from newsletter.config import LookSettings, Settings
from newsletter.database.db import Database
from newsletter.models import DeliveryRow, FeedbackRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.recipient import Recipient
from newsletter.rendering.templates import template_environment
from newsletter.rendering.theme import Theme, force_color_scheme
from newsletter.subscribers import lifecycle, suppression
from newsletter.web.preview import LivePreview, Render, create_preview
from tests.conftest import NOW, Cli
from tests.gates import days, specimens

VARIANT = "detail=brief&language=en"


@pytest.fixture
def own_templates(tmp_path: Path) -> Iterator[Path]:
    """An operator's folder, with one template of their own."""
    folder = tmp_path / "looks"
    (folder / "email" / "issue").mkdir(parents=True)
    shutil.copy(paths.templates() / "email/issue/subject.txt", folder / "email/issue/subject.txt")
    yield folder
    template_environment.cache_clear()


@pytest.fixture
def page(own_templates: Path) -> FlaskClient:
    looks = Theme(LookSettings(), own_templates)
    digest = days.bundled_day("en")

    def render() -> Render:
        mails = IssueEmails(digest, specimens.SITE, specimens.LINKS, looks)
        return lambda detail, language: mails.mail(
            Recipient(7, "ada@reader.example", detail, language, NOW.date(), "preview")
        )

    live = LivePreview(render, [own_templates])
    app = create_preview(live, "Audio 2025-07-11", ("brief", "en"))
    return app.test_client()


def test_the_page_shows_what_is_sent_its_weight_and_no_finding(page: FlaskClient) -> None:
    state = page.get(f"/state?{VARIANT}").json
    assert state is not None
    mail = message_from_bytes(page.get(f"/mail.eml?{VARIANT}").data, policy=policy.default)
    html = mail.get_body(("html",))
    assert html is not None
    assert state["subject"] == mail["Subject"]
    assert state["findings"] == []
    (_, decoded, limit), (_, encoded, _) = state["weights"]
    assert decoded < encoded < limit == 100_000
    assert abs(decoded - len(html.get_content().encode())) < 2000
    assert page.get(f"/mail.txt?{VARIANT}").text == state["text"]


def test_light_and_dark_are_shown_whatever_the_browser_prefers(page: FlaskClient) -> None:
    light, dark = (
        page.get(f"/mail.html?{VARIANT}&scheme={each}").text for each in ("light", "dark")
    )
    assert "prefers-color-scheme" not in light + dark
    assert '<meta name="color-scheme" content="dark">' in dark
    assert "@media (min-width: 0)" in dark
    assert "@media (max-width: 0)" in light


def test_the_page_is_new_when_a_template_is(page: FlaskClient, own_templates: Path) -> None:
    before = page.get(f"/state?{VARIANT}").json
    assert page.get(f"/state?{VARIANT}").json == before
    (own_templates / "email/issue/subject.txt").write_text("My own {{ digest.title }}\n")
    after = page.get(f"/state?{VARIANT}").json
    assert before is not None
    assert after is not None
    assert after["stamp"] != before["stamp"]
    assert after["subject"] == "My own Audio & Signals"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{% if %}", "Expected an expression"),
        ("{{ digest.titel }}", "titel"),
        ("{{ unheard_of }}", "'unheard_of' is undefined"),
        ("{{ 1 + 'a' }}", "unsupported operand"),
        ("{% include 'email/nothing.txt' %}", "email/nothing.txt"),
    ],
)
def test_a_broken_template_is_told_with_its_line_until_it_is_mended(
    page: FlaskClient, own_templates: Path, line: str, reason: str
) -> None:
    file = own_templates / "email/issue/subject.txt"
    good = file.read_text()
    file.write_text(f"One\nTwo\n{line}\nFour\n")
    state = page.get(f"/state?{VARIANT}").json
    assert state is not None
    assert "subject.txt:3: " in state["trouble"]
    assert reason in state["trouble"]
    assert [3, line, True] in state["source"]
    assert [1, "One", False] in state["source"]
    assert page.get(f"/mail.html?{VARIANT}").status_code == 409
    file.write_text(good)
    assert page.get(f"/state?{VARIANT}").json["trouble"] == ""  # type: ignore[index]


def test_another_host_and_another_variant_are_refused(page: FlaskClient) -> None:
    assert page.get("/", headers={"Host": "evil.example:80"}).status_code == 403
    assert page.get("/", headers={"Host": "127.0.0.1:8000"}).status_code == 200
    for asked in ("", "?detail=brief", "?detail=all&language=en", "?detail=brief&language=xx"):
        assert page.get(f"/state{asked}").status_code == 404
    assert "default-src 'none'" in page.get("/").headers["Content-Security-Policy"]


def test_only_questions_about_the_scheme_are_answered() -> None:
    css = "@media (prefers-color-scheme: dark) and (max-width: 9px) {} @media (max-width: 480px) {}"
    assert force_color_scheme(css, "dark") == css.replace(
        "(prefers-color-scheme: dark)", "(min-width: 0)"
    )


@pytest.mark.usefixtures("readers")
@pytest.mark.slow
def test_preview_serves_on_this_machine_until_ctrl_c(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    running = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "newsletter", "preview", "--serve", "--port", str(port)],
        cwd=settings.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    try:
        assert running.stderr.readline() == f"http://127.0.0.1:{port} (stop with Ctrl-C)\n"
        with socket.create_connection(("127.0.0.1", port), timeout=30):
            pass
    finally:
        running.send_signal(SIGINT)
        _, rest = running.communicate(timeout=30)
    assert "Traceback" not in rest


def test_a_page_and_a_file_at_once_are_refused(cli: Cli, settings: Settings) -> None:
    said = cli("preview", "--serve", "--output", str(settings.folder / "x.html"))
    assert said.code == 2
    assert "writes no file" in said.err


def sent(settings: Settings) -> list[Path]:
    return sorted((settings.folder / "outbox").glob("*.eml"))


def test_a_test_is_sent_marked_and_written_down_nowhere(
    cli: Cli, settings: Settings, database: Database
) -> None:
    said = cli("send-test", "Me@Reader.example")
    assert said.code == 0
    assert said.out.startswith("me@reader.example: accepted by files as test-audio-2025-07-11-")
    (file,) = sent(settings)
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["Subject"].startswith("测试：26 篇论文")
    assert mail["To"] == "me@reader.example"
    assert mail["Message-ID"].startswith("<test-")
    with database.read() as session:
        assert session.query(DeliveryRow).count() == 0
        assert session.query(FeedbackRow).count() == 0
    assert cli("issues", "list").out.startswith("No issue yet")


@pytest.mark.usefixtures("readers")
def test_leaving_by_a_test_leaves_nobody(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    from newsletter.web import create_app

    cli("send-test", readers[0])
    mail = message_from_bytes(sent(settings)[0].read_bytes(), policy=policy.default)
    link = mail["List-Unsubscribe"].split(">")[0].lstrip("<")
    app = create_app(settings, clock=lambda: NOW)
    answer = app.test_client().post(link.removeprefix(settings.site.url))
    app.extensions["newsletter.database"].dispose()
    assert answer.status_code == 200
    with database.read() as session:
        assert {lifecycle.get_subscriber(session, each).standing for each in readers} == {
            "confirmed"
        }


def test_who_must_not_be_mailed_gets_no_test_either(
    cli: Cli, settings: Settings, database: Database
) -> None:
    with database.write.begin() as session:
        suppression.suppress(session, "me@reader.example", "complained", NOW)
    said = cli("send-test", "me@reader.example")
    assert said.code == 2
    assert "me@reader.example must not be mailed: complained" in said.err
    assert sent(settings) == []


def test_a_test_that_is_not_accepted_is_one_line(cli: Cli, settings: Settings) -> None:
    (settings.folder / "outbox").write_text("a file where the folder should be")
    said = cli("send-test", "me@reader.example")
    assert said.code == 1
    assert "the test to me@reader.example was not accepted: " in said.err
    assert cli("send-test", "nobody").code == 2
