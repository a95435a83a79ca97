"""`newsletter check` says in words what is ready and what is not."""

import json

from newsletter.config import Settings
from tests.conftest import Cli


def test_a_fresh_installation_hears_what_to_set_before_it_goes_public(
    cli: Cli, settings: Settings
) -> None:
    said = cli("check")
    assert said.code == 0
    assert "site.url is http://127.0.0.1:8000: links in mails work on this machine only" in said.out
    assert "reachable, its tables are this program's" in said.out
    assert settings.folder.exists()


def test_a_missing_database_is_a_trouble_with_its_cure(cli: Cli, settings: Settings) -> None:
    (settings.folder / "newsletter.db").unlink()
    said = cli("check", "--json")
    assert said.code == 1
    (trouble,) = [each for each in json.loads(said.out) if each["level"] == "trouble"]
    assert "`newsletter db upgrade` creates it" in trouble["text"]
