"""Whoever finds this types one command and looks at a real newsletter."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsletter.cli.main import _run
from tests.conftest import Cli

pytestmark = pytest.mark.xdist_group("demo")  # one process shows it, once


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder, for those who only look."""
    folder = tmp_path_factory.mktemp("demo") / "here"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSLETTER_CACHE_DIR", str(folder.parent / "cache"))
        patch.setenv("NEWSLETTER_STATE_DIR", str(folder.parent / "state"))
        assert _run(["demo", str(folder)]) == 0
    return folder


def mails(outbox: Path) -> dict[str, EmailMessage]:
    return {
        file.name: message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in sorted(outbox.glob("*.eml"))
    }


def test_the_demo_sends_the_bundled_day_to_its_three_examples(cli: Cli, tmp_path: Path) -> None:
    said = cli("demo", "here")
    assert said.code == 0
    assert "12 new, 3 cross-lists, 11 replacements (the bundled sample)" in said.out
    assert "3 subscribers = 3 sent + 0 skipped + 0 failed + 0 uncertain" in said.out
    assert "here/audio-2025-07-11.html" in said.out
    assert len(mails(tmp_path / "here" / "outbox")) == 3


def test_each_mail_has_both_parts_and_the_same_papers_in_the_same_order(
    shown: Path,
) -> None:
    for mail in mails(shown / "outbox").values():
        html, text = mail.get_body(("html",)), mail.get_body(("plain",))
        assert html is not None
        assert text is not None
        links = [
            line.strip()
            for line in text.get_content().splitlines()
            if line.strip().startswith("https://arxiv.org/abs/")
        ]
        assert len(links) == 26
        places = [html.get_content().index(f'"{link}"') for link in links]
        assert places == sorted(places)


def test_the_examples_have_different_preferences(shown: Path) -> None:
    ada, bob, chen = mails(shown / "outbox").values()
    abstract = "Integration of information from non-auditory cues"
    sentence = "该论文属于音频-视觉语音分离任务"
    bodies = [mail.get_body(("plain",)) for mail in (ada, bob, chen)]
    full, brief, titles = [" ".join(body.get_content().split()) for body in bodies if body]
    assert abstract in full
    assert abstract not in brief
    assert sentence in brief
    assert sentence not in titles
    assert "12 new · 3 cross-lists · 11 replacements" in titles


def test_the_day_calls_itself_a_sample_and_never_complete(shown: Path) -> None:
    page = (shown / "audio-2025-07-11.html").read_text(encoding="utf-8")
    assert "随附样例" in page
    assert "完整" not in page


def test_the_demo_again_sends_nothing_twice(cli: Cli, tmp_path: Path) -> None:
    cli("demo", "here")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "here/outbox").iterdir()}
    said = cli("demo", "here")
    assert said.code == 0
    assert "nothing to do" in said.out
    assert before == {
        file: file.stat().st_mtime_ns for file in (tmp_path / "here/outbox").iterdir()
    }


def test_the_demo_leaves_somebody_elses_folder_alone(cli: Cli, tmp_path: Path) -> None:
    cli("init", "--config", "mine/newsletter.toml")
    before = (tmp_path / "mine/newsletter.toml").read_text()
    said = cli("demo", "mine")
    assert said.code == 2
    assert "is no demo; name another folder" in said.err
    assert (tmp_path / "mine/newsletter.toml").read_text() == before


def test_the_configuration_is_readable_by_its_owner_only(shown: Path) -> None:
    assert (shown / "newsletter.toml").stat().st_mode & 0o077 == 0
