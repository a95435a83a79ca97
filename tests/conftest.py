"""A newsletter in a folder of its own, and its command line, as an operator has them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter import assembly, config, starting
from newsletter.cli import _run
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.subscribers import life
from newsletter.subscribers.life import Wish

NOW = datetime(2025, 7, 11, 6, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Cli = Callable[..., Said]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NEWSLETTER_CONFIG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NEWSLETTER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cli(capfdbinary: pytest.CaptureFixture[bytes]) -> Cli:
    """Run a command in this process, in the test's own folder."""

    def run(*args: str) -> Said:
        capfdbinary.readouterr()
        code = _run(args)
        out, err = capfdbinary.readouterr()
        return Said(code, out.decode(), err.decode())

    return run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The bundled day's newsletter, `audio`, with a database and nobody in it."""
    return starting.start(tmp_path / "newsletter.toml", starting.DEMO, {})


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with assembly.database(settings) as opened:
        yield opened


@pytest.fixture
def readers(database: Database) -> list[str]:
    """Twelve confirmed readers of `audio`, four at each level of detail."""
    emails = [f"reader{number:02}@reader.example" for number in range(12)]
    with database.write.begin() as session:
        for number, email in enumerate(emails):
            wish = Wish(["audio"], config.DETAILS[number % 3], "zh")
            life.add(session, email, wish, "said so on the phone", NOW)
    return emails
