"""Templates of one's own: an original is copied, changed, and seen."""

import json

from newsletter import paths
from newsletter.config import Settings
from tests.conftest import Cli

NAME = "email/issue/subject.txt"


def test_an_original_is_copied_once_and_the_changed_copy_replaces_it(
    settings: Settings, cli: Cli
) -> None:
    original = (paths.templates() / NAME).read_text(encoding="utf-8")
    assert cli("templates", "show", NAME).out == original
    unset = cli("templates", "copy", NAME)
    assert (unset.code, unset.out) == (2, "")
    assert "`newsletter config set templates.dir templates` does it" in unset.err

    file = settings.folder / "newsletter.toml"
    file.write_text(f'{file.read_text()}\n[templates]\ndir = "mine"\n')
    assert cli("templates", "copy", NAME).code == 0
    copy = settings.folder / "mine" / NAME
    assert copy.read_text(encoding="utf-8") == original

    copy.write_text("My own\n")
    again = cli("templates", "copy", NAME)
    assert again.code == 2
    assert "is there already" in again.err
    assert copy.read_text() == "My own\n"
    assert cli("templates", "show", NAME).out == original
    listed = json.loads(cli("templates", "list", "--json").out)
    assert [row["name"] for row in listed if row["replaced"]] == [NAME]
    assert str(copy) in cli("templates", "list").out
    assert f"1 of {copy.parents[2]} replace ours" in cli("check").out


def test_only_mails_and_pages_are_templates(cli: Cli) -> None:
    names = [("email/issue/papr.html", "'email/issue/paper.html'"), ("../newsletter.toml", "")]
    names += [
        ("subject", "email/confirm/subject.txt"),
        ("welcome/body.htm", "email/welcome/body.html"),
    ]
    for name, nearest in names:
        said = cli("templates", "show", name)
        assert (said.code, said.out) == (2, "")
        assert f"there is no template {name!r}" in said.err
        assert nearest in said.err
