"""Who reads here and said no elsewhere: a list brings their no, wherever they moved to."""

import csv
from pathlib import Path

from newsletter.database.db import Database
from tests.conftest import Cli
from tests.web.conftest import Site
from tests.web.test_stolen_mail import move

ADA, NEW = "ada@reader.example", "ada@new.example"
CONSENT = ("--consent", "moved here")


def list_of(*columns: str, **cells: str) -> str:
    with Path("people.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = [(f"{who}@reader.example", *said.split("|")) for who, said in cells.items()]
        csv.writer(stream).writerows([("email", *columns), *rows])
    return "people.csv"


def imported(cli: Cli, list_: str) -> tuple[str, str]:
    said = cli("subscribers", "import", list_, *CONSENT)
    return said.out, said.err


def test_todays_list_says_no_of_somebody_whom_yesterdays_brought(
    cli: Cli, database: Database
) -> None:
    imported(cli, list_of("unsubscribed", ada="0", bob="0"))
    out, _ = imported(cli, list_of("unsubscribed", ada="1", bob="0"))
    assert "unsubscribed=1; left here now" in out
    assert out.endswith("= 1 already-in, 1 not-subscribed\n")
    shown = cli("subscribers", "show", ADA).out
    assert "left" in shown
    out, _ = imported(cli, list_of("unsubscribed", ada="0", bob="0"))
    assert out.endswith("= 1 already-in, 1 left\n")
    assert database


def test_the_newer_of_two_dates_counts(cli: Cli, database: Database) -> None:
    first = list_of("confirmed", ada="2024-06-01", bob="2024-06-01")
    imported(cli, first)
    out, err = imported(cli, list_of("unsubscribed_at", ada="2024-05-01", bob="2024-07-01"))
    assert out.endswith("= 2 not-subscribed\n")
    assert out.count("left here now") == 1
    assert (
        f"1 reader of ours said no by the list, and yes here, later for all we know: {ADA}" in err
    )
    assert database


def test_who_said_yes_here_by_their_own_mailbox_leaves_by_a_later_no_alone(
    site: Site, cli: Cli
) -> None:
    site.post("/", email=ADA, newsletter="audio")
    site.work()
    link = site.link(site.sent[-1], "confirm")
    site.press(site.get(link), link)
    _, err = imported(cli, list_of("unsubscribed", ada="1"))
    assert ADA in err
    day = f"{site.clock.now:%Y-%m-%d}"
    earlier = day.replace(day[:4], str(int(day[:4]) - 1))
    imported(cli, list_of("unsubscribed_at", ada=earlier))
    assert site.held(ADA) == {"audio"}
    imported(cli, list_of("unsubscribed_at", ada="2100-01-01"))
    assert site.held(ADA) == set()


def test_their_own_no_finds_who_moved(site: Site, cli: Cli) -> None:
    site.confirmed(ADA, "audio")
    move(site, ADA, NEW)
    imported(cli, list_of("unsubscribed_at", ada="2100-01-01"))
    assert site.held(NEW) == set()
