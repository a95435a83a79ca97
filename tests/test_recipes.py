"""The recipes of CONTRIBUTING.md work as they stand there."""

import json
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from newsletter import bootstrap, paths
from newsletter.cli import resources
from newsletter.config import Settings, load, sections
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.feedback import webhook_queue
from newsletter.finding import Finding, Severity
from newsletter.models import BatchRow, DeliveryRow, DeliveryState, FeedbackRow, QuarantineRow
from newsletter.outbox import EmailType
from newsletter.plugins import completed
from newsletter.subscribers import list_export, queries
from newsletter.transports.base import Transport
from newsletter.transports.files import Files
from newsletter.transports.smtp.transport import Smtp
from newsletter.web.app import create_app
from tests.conftest import NOW, Cli
from tests.plugins import install_plugin
from tests.rendering.test_golden_mails import SPECIMENS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def example(kind: str, first_words: str) -> str:
    blocks = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (found,) = [block for block in blocks if block.startswith(f"# {first_words}")]
    return str(found)


def test_a_source_and_a_transport_of_ones_own_make_a_day(
    cli: Cli, settings: Settings, readers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = settings.folder / "packages"
    named = tomllib.loads(example("toml", "its pyproject.toml"))["project"]["entry-points"]
    assert named["newsletter.sources"] == {"json-day": "my_source:from_settings"}
    for module, entry_point in (
        ("my_source", "newsletter.sources: json-day"),
        ("my_transport", "newsletter.transports: lines"),
    ):
        source = example("python", f"{module}.py")
        install_plugin(packages, monkeypatch, module, source, entry_point)
    chosen = tomllib.loads(example("toml", "newsletter.toml"))["source"]
    day = settings.folder / chosen["options"]["file"]
    day.write_text(
        json.dumps(
            [
                {
                    "id": "2507.07270v1",
                    "title": "A title of one's own",
                    "abstract": "We show a thing. It works.",
                    "authors": ["Ada Lovelace"],
                    "categories": ["cs.SD"],
                }
            ]
        )
    )
    monkeypatch.setenv("NEWSLETTER_SOURCE__USE", chosen["use"])
    monkeypatch.setenv("NEWSLETTER_SOURCE__OPTIONS__FILE", str(day))
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__USE", "lines")
    monkeypatch.setenv("NEWSLETTER_TRANSPORT__OPTIONS__FILE", str(settings.folder / "lines.txt"))
    said = cli("run")
    assert said.code == 0, said.err
    lines = (settings.folder / "lines.txt").read_text(encoding="utf-8").splitlines()
    assert [line.partition(" ")[0] for line in lines] == readers
    assert all("A title of one's own" in line for line in lines)


def test_feedback_of_a_provider_of_ones_own_acts(
    cli: Cli, database: Database, readers: list[str]
) -> None:
    cli("run")
    recipe: dict[str, Any] = {}
    exec(compile(example("python", "my_feedback.py"), "my_feedback.py", "exec"), recipe)  # noqa: S102 - our own page
    with database.write.begin() as session:
        reference = session.scalars(select(DeliveryRow.reference)).first()
        items = [{"id": 1, "reference": reference, "what": "bounced", "reason": "no such user"}]
        result = recipe["keep"](session, [*items, *items], NOW)
        assert (result.new, result.known, result.moved) == (1, 1, 1)
    with database.read() as session:
        states = list(session.scalars(select(DeliveryRow.state)))
    assert states.count(DeliveryState.FAILED) == 1
    assert states.count(DeliveryState.SENT) == len(readers) - 1


def test_posted_bodies_of_a_provider_of_ones_own_are_read_by_its_parser(
    cli: Cli, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("run")
    module = settings.folder / "acme_webhook.py"
    module.write_text(example("python", module.name), encoding="utf-8")
    monkeypatch.syspath_prepend(settings.folder)
    monkeypatch.setitem(webhook_queue._PARSERS, "acme", "acme_webhook")
    good = {"id": 1, "reference": "r", "what": "delivered"}
    body = json.dumps([good, {"what": "delivered"}, {**good, "what": "eaten"}]).encode()
    webhook_queue.enqueue(database, "acme", body, NOW)
    webhook_queue.apply_waiting(database, lambda: NOW)
    with database.read() as session:
        assert [row.source for row in session.scalars(select(FeedbackRow))] == ["acme"]
        odd = session.scalars(select(QuarantineRow)).all()
    assert [json.loads(row.content).get("what") for row in odd] == ["delivered", "eaten"]


@pytest.mark.parametrize("email_type", EmailType)
def test_every_mail_has_its_templates_and_is_looked_at_by_the_gates(email_type: EmailType) -> None:
    folder = paths.templates() / "email" / email_type
    assert {file.name for file in folder.iterdir()} >= {"subject.txt", "body.txt", "body.html"}
    languages = ("en",) if email_type is EmailType.NOTICE else ("en", "zh")
    assert {f"{email_type}-{language}" for language in languages} <= set(SPECIMENS)


def test_every_table_of_the_settings_is_on_their_page() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    tables = set(Settings.model_fields) - {"folder"}
    assert {table for table in tables if f"[{table}]" not in page} == set()


def test_no_newsletter_can_be_called_as_a_page_is(settings: Settings) -> None:
    app = create_app(settings)
    app.extensions["newsletter.database"].dispose()
    first = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    pages = {part for part in first if part and "<" not in part and "." not in part}
    assert pages <= set(sections._TAKEN)
    assert {"feedback", "hooks"} <= set(sections._TAKEN)  # only there where they are set up


def test_every_column_of_the_list_has_a_value() -> None:
    member = queries.Member("ada@reader.example", "confirmed", "en", None, NOW, None, None)
    assert tuple(list_export._values(member)) == list_export.COLUMNS


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_name_that_the_page_has_in_backticks_is_there(page: str) -> None:
    files = [
        file
        for folder in ("newsletter", "templates", "alembic", "tests")
        for file in (ROOT / folder).rglob("*")
        if "node_modules" not in file.parts
    ]
    paths_there = [file.as_posix() for file in (*ROOT.iterdir(), *files)]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files if file.suffix == ".py")
    words = set(re.findall(r"\w+", code))
    text = re.sub(
        r"^```.*?^```", "", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    named = re.findall(r"`([^`\n]+)`", text)
    missing = [
        name
        for name in named
        if (
            not any(there.endswith(f"/{name}") for there in paths_there)
            if re.fullmatch(r"[\w/-]+\.(?:py|toml|html|txt|md)", name)
            else re.fullmatch(r"[\w.]+", name) and not words.issuperset(name.strip(".").split("."))
        )
    ]
    assert missing == []


def test_every_command_has_a_module_of_its_name() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    commands = re.findall(r"^## newsletter ([\w-]+)", page, re.MULTILINE)
    modules = {place.stem for place in (ROOT / "newsletter" / "cli").iterdir()}
    assert {command for command in commands if command.replace("-", "_") not in modules} == set()


def test_a_batch_can_be_sent_as_a_job_of_its_own(
    cli: Cli, settings: Settings, database: Database, readers: list[str]
) -> None:
    """As a worker on another machine would: only the number of the batch is handed over."""
    (settings.folder / "outbox").write_text("in the way")  # nothing can be sent yet
    assert cli("run").code == 1
    (settings.folder / "outbox").unlink()
    with database.read() as session:
        (batch_id,) = session.scalars(select(BatchRow.id))
    with resources.open_services(load(settings.folder / "newsletter.toml")) as services:
        assert daily.deliver_batch(services, batch_id) is None
    assert len(list((settings.folder / "outbox").iterdir())) == len(readers)
    assert "nothing to do" in cli("run").out


def test_what_a_part_lacks_is_as_its_kind_has_it_and_what_it_has_is_its_own(
    settings: Settings,
) -> None:
    class Plain:
        """As a stranger may write it: nothing of ours."""

        at_once = 3

        def send(self, mails: list[str]) -> list[str]:
            return [mail.upper() for mail in mails]

    class Told(Plain):
        def check_health(self, _settings: Settings, _now: datetime) -> list[Finding]:
            return [Finding("transport", Severity.WARNING, f"{self.at_once} at once")]

    plain, told = completed(Transport, Plain()), completed(Transport, Told())
    assert (plain.at_once, plain.connections, plain.taken("a", NOW.date())) == (3, None, None)
    mails: Any = ["a mail"]
    (carried,) = plain.send(mails)
    assert carried == "A MAIL"  # type: ignore[comparison-overlap]
    plain.close()
    (usual,) = plain.check_health(settings, NOW)
    assert usual.text.endswith("is an installed part; `newsletter send-test` tries it")
    (own,) = told.check_health(settings, NOW)
    assert own.text == "3 at once"
    with pytest.raises(AttributeError):
        plain.of_nobody  # type: ignore[attr-defined]  # noqa: B018


STRANGER = """
from pathlib import Path
from newsletter.subscribers import list_export, queries
from newsletter.transports.base import Transport

class Pigeons(Transport):
    at_once = 1
    stays_here = True

    @classmethod
    def writes_to(cls, settings):
        return settings.folder / "loft"

def from_settings(settings) -> Pigeons:
    raise RuntimeError("no pigeon is at home")
"""


def test_a_class_is_asked_before_there_is_a_part_and_one_that_is_not_named_is_any_of_its_kind(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = settings.folder / "packages"
    for name, source in (("pigeons", STRANGER), ("mute", STRANGER.replace(" -> Pigeons", ""))):
        install_plugin(packages, monkeypatch, name, source, f"newsletter.transports: {name}")

    def asked(name: str) -> type[Transport]:
        transport = settings.transport.model_copy(update={"use": name})
        return bootstrap.transport_type(settings.model_copy(update={"transport": transport}))

    assert (asked("pigeons").stays_here, asked("files"), asked("smtp")) == (True, Files, Smtp)
    assert asked("pigeons").writes_to(settings) == settings.folder / "loft"
    assert asked("mute") is asked("nobody's") is Transport


def test_a_name_stands_in_the_file_that_the_page_names_beside_it() -> None:
    named = re.findall(
        r"((?:`\w+` and )?`\w+`) (?:\(|of |in )`((?:newsletter|tests)/[\w/]+\.py)`",
        PAGE,
    )
    missing = [
        f"{name} ({file})"
        for names, file in named
        for name in re.findall(r"\w+", names.replace(" and ", " "))
        if not re.search(
            rf"^ *(?:def |class )?{name}\b[(:= ]", (ROOT / file).read_text("utf-8"), re.MULTILINE
        )
    ]
    assert missing == []
