"""An issue that went out to twelve readers, and the web application that SendGrid posts to."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from newsletter import bootstrap, config, scaffold
from newsletter.cli.main import _run
from newsletter.config import FeedbackSettings, Settings
from newsletter.database.db import Database
from newsletter.subscribers import lifecycle
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.web import create_app
from tests.conftest import NOW
from tests.feedback.samples import SigningKey, references

_READERS = [f"reader{number:02}@reader.example" for number in range(12)]


@pytest.fixture(scope="session")
def after_a_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as it is after `newsletter run`; made once, since each test needs a copy."""
    folder = tmp_path_factory.mktemp("after-a-run")
    settings = scaffold.write_configuration(folder / "newsletter.toml", scaffold.DEMO, {})
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        for number, email in enumerate(_READERS):
            wish = SubscriptionRequest(["audio"], config.DETAILS[number % 3], "zh")
            lifecycle.add_subscriber(session, email, wish, "said so on the phone", NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSLETTER_CACHE_DIR", str(folder / "cache"))
        patch.setenv("NEWSLETTER_STATE_DIR", str(folder / "state"))
        assert _run(["run", "--config", str(folder / "newsletter.toml")]) == 0
    return folder


@pytest.fixture
def settings(after_a_run: Path, tmp_path: Path) -> Settings:
    for name in ("newsletter.toml", "newsletter.db"):
        shutil.copy(after_a_run / name, tmp_path / name)
    shutil.copytree(after_a_run / "state", tmp_path / "state")
    return config.load(tmp_path / "newsletter.toml", {})


@pytest.fixture
def sent(database: Database) -> dict[str, str]:
    """Address -> reference, of an issue that was sent to all twelve."""
    with database.read() as session:
        found = references(session)
    assert list(found) == _READERS
    return found


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return SigningKey()


@pytest.fixture
def app(settings: Settings, key: SigningKey) -> Iterator[Flask]:
    hearing = FeedbackSettings(sendgrid_public_key=key.public)
    app = create_app(settings.model_copy(update={"feedback": hearing}), clock=lambda: NOW)
    yield app
    app.extensions["newsletter.database"].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
