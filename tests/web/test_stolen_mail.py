"""A forwarded issue falls into the wrong hands: what its links can do, and what is taken back."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import bootstrap
from newsletter.models import AddressChangeRow, DeliveryRow, IssueRow, IssueState
from newsletter.sending.readers import freezing
from newsletter.subscribers import lifecycle, suppression
from newsletter.subscribers.link_claims import EraseClaim
from tests.conftest import Cli
from tests.web.conftest import Site, path_of, pressed_after_a_while
from tests.web.test_preferences import ADA, history, link_of, save

THIEF, NEXT = "mallory@elsewhere.example", "mallory@further.example"


def move(site: Site, old: str, new: str) -> str:
    """By the link of a mail of `old`, and a yes from `new`; the way back, mailed to `old`."""
    site.clock.pass_by(minutes=1)
    site.post(f"{link_of(site, old)}/address", email=new)
    site.work()
    link = site.link(site.sent[-1], "change")
    assert "come here now" in site.press(site.get(link), link).text
    site.work()
    assert site.sent[-1].recipient == old
    return site.link(site.sent[-1], "change-back")


def data_of(site: Site, email: str) -> str:
    address = f"{link_of(site, email)}/data"
    site.press(site.get(address), address)
    site.work()
    assert site.sent[-1].recipient == email
    return site.link(site.sent[-1], "data")


def test_a_thief_learns_nothing_and_whatever_they_do_it_is_taken_back(site: Site) -> None:
    site.confirmed(ADA, "audio", "text")
    save(site, link_of(site), newsletter=["audio"])
    before = data_of(site, ADA)
    assert ADA in site.get(before).text
    back = move(site, ADA, THIEF)
    assert "had its day" in site.get(before).text
    told = site.get(data_of(site, THIEF)).text
    assert ADA not in told
    assert "phone" not in told
    assert [entry["act"] for entry in json.loads(told)["history"]] == ["moved"]
    assert site.held(THIEF) == {"audio"}
    move(site, THIEF, NEXT)
    links = bootstrap.signed_links(site.settings)
    thief = site.subscriber(THIEF)
    assert thief is not None
    site.post(links.unsubscribe(thief.id, "-"))
    assert site.held(NEXT) == set()  # a link of an older mail means whom they became, too
    site.clock.pass_by(days=6)
    site.clean()
    assert "Changed back" in site.press(site.get(back), back).text
    assert (site.held(ADA), site.held(THIEF), site.held(NEXT)) == ({"audio"}, set(), set())
    assert history(site, ADA)[-2:] == [("moved", []), ("came back", ["audio"])]
    ada = site.subscriber(ADA)
    assert ada is not None
    site.post(links.unsubscribe(ada.id, "-"))
    assert "had its day" in site.press(site.get(back), back).text


def test_nobody_s_data_show_from_where_the_other_side_pressed(site: Site) -> None:
    site.confirmed(ADA, "audio")
    site.confirmed(THIEF, "text")
    back = move(site, ADA, THIEF)
    moved = json.loads(site.get(data_of(site, THIEF)).text)["history"][-1]
    assert (moved["act"], bool(moved["network"])) == ("moved", True)
    site.press(site.get(back), back)
    lost = json.loads(site.get(data_of(site, THIEF)).text)["history"][-1]
    assert (lost["act"], lost["network"]) == ("left", None)
    own = json.loads(site.get(data_of(site, ADA)).text)["history"][-2:]
    assert [(entry["act"], bool(entry["network"])) for entry in own] == [
        ("moved", False),
        ("came back", True),
    ]


def test_no_script_and_no_machine_asks_another_address(site: Site) -> None:
    site.confirmed(ADA, "audio")
    link = path_of(f"{link_of(site, ADA)}/address")
    site.client.post(link, data={"email": THIEF})
    given = pressed_after_a_while(site, link) | {"email": THIEF}
    machine = {"User-Agent": "Mozilla/5.0 HeadlessChrome/120"}
    assert site.client.post(link, data=given, headers=machine).status_code == 400
    site.work()
    assert site.sent == []
    assert site.post(link, email="nobody").status_code == 400
    assert site.press(site.get(link), link, email=THIEF).status_code == 200
    site.work()
    assert [mail.recipient for mail in site.sent] == [THIEF]


@pytest.mark.parametrize("taken_back", [True, False])
def test_a_thief_who_erases_themselves_erases_nobody_else(site: Site, taken_back: bool) -> None:  # noqa: FBT001 - two ends of one story
    site.confirmed(ADA, "audio")
    site.confirmed(THIEF, "text")
    back = move(site, ADA, THIEF)
    assert site.held(THIEF) == {"audio", "text"}
    thief = site.subscriber(THIEF)
    assert thief is not None
    links = bootstrap.signed_links(site.settings)
    erase = links.url(EraseClaim(thief.id, site.clock.now + timedelta(days=1)))
    page = site.get(erase)
    assert "a week after you changed it" in page.text
    assert "You are erased" in site.press(page, erase).text
    with site.database.read() as session:
        assert session.scalars(select(AddressChangeRow.new_email)).one() == ""
        assert suppression.suppression_reason(session, THIEF) == suppression.ERASED
        assert suppression.suppression_reason(session, ADA) is None
    site.clock.pass_by(days=6, hours=23)
    site.clean()
    if taken_back:
        assert "Changed back" in site.press(site.get(back), back).text
        assert site.held(ADA) == {"audio"}
        site.clock.pass_by(days=2)
        site.clean()
        assert site.held(ADA) == {"audio"}
        return
    site.clock.pass_by(hours=2)
    site.clean()
    assert "had its day" in site.get(back).text
    assert site.subscriber(ADA) is None
    with site.database.read() as session:
        assert suppression.suppression_reason(session, ADA) == suppression.ERASED
        assert not session.scalars(select(AddressChangeRow)).all()


def test_what_was_stolen_once_does_not_work_again(site: Site) -> None:
    site.confirmed(ADA, "audio")
    stolen = link_of(site, ADA)
    back = move(site, ADA, THIEF)
    page = site.press(site.get(back), back)
    assert "The links to your preferences in older mails have ended" in page.text
    (onward,) = re.findall(r'href="([^"]*/preferences/[^"]*)"', page.text)
    for ended in (stolen, f"{stolen}/address", f"{stolen}/interests"):
        assert "had its day" in site.get(ended).text
    assert "had its day" in site.post(f"{stolen}/address", email=NEXT).text
    assert "had its day" not in site.get(onward).text
    save(site, onward, newsletter=["audio"], rhythm="weekly")
    move(site, ADA, NEXT)
    site.confirmed(ADA, "text")  # they sign up anew instead
    assert "had its day" in site.get(onward).text


def test_what_the_new_address_said_yes_to_by_itself_stays(site: Site) -> None:
    site.confirmed(ADA, "audio", "text")
    site.confirmed(THIEF, "text")
    back = move(site, ADA, THIEF)
    site.press(site.get(back), back)
    assert (site.held(ADA), site.held(THIEF)) == ({"audio", "text"}, {"text"})


@pytest.mark.parametrize("then", ["moves on", "moves on and erases", "leaves", "stays"])
def test_no_link_of_a_thief_brings_back_what_was_taken_back(site: Site, then: str) -> None:
    site.confirmed(ADA, "audio", "text")
    back = move(site, ADA, THIEF)
    thief = site.subscriber(THIEF)
    assert thief is not None
    links = bootstrap.signed_links(site.settings)
    theirs = []
    if then == "leaves":
        theirs = [_leave(site, thief.id)]
    elif then != "stays":
        theirs = [move(site, THIEF, NEXT)]
    if then == "moves on and erases":
        further = site.subscriber(NEXT)
        assert further is not None
        erase = links.url(EraseClaim(further.id, site.clock.now + timedelta(days=1)))
        assert "You are erased" in site.press(site.get(erase), erase).text
    assert "Changed back" in site.press(site.get(back), back).text
    theirs += [_leave(site, thief.id)]
    for link in theirs:
        assert "had its day" in site.press(site.get(link), link).text
    assert (site.held(ADA), site.held(THIEF), site.held(NEXT)) == ({"audio", "text"}, set(), set())


def test_what_was_a_thief_s_own_comes_back_to_them_from_a_move_of_theirs(site: Site) -> None:
    site.confirmed(ADA, "audio")
    site.confirmed(THIEF, "text")
    back = move(site, ADA, THIEF)
    further_back = move(site, THIEF, NEXT)
    site.press(site.get(back), back)
    assert (site.held(ADA), site.held(NEXT)) == ({"audio"}, {"text"})
    assert "Changed back" in site.press(site.get(further_back), further_back).text
    assert (site.held(ADA), site.held(THIEF), site.held(NEXT)) == ({"audio"}, {"text"}, set())


def _leave(site: Site, subscriber_id: int) -> str:
    """By a link of an older mail; the way back that its page shows."""
    page = site.post(bootstrap.signed_links(site.settings).unsubscribe(subscriber_id, "-"))
    return str(re.findall(r'action="([^"]*/undo/[^"]+)"', page.text)[0])


def test_who_signs_up_at_an_address_of_old_is_not_whom_it_left(site: Site) -> None:
    site.confirmed(ADA, "audio")
    move(site, ADA, THIEF)
    site.clock.pass_by(days=30)
    site.sign_up(ADA, "text")
    site.work()
    confirm = site.link(site.sent[-1], "confirm")
    site.press(site.get(confirm), confirm)
    ada = site.subscriber(ADA)
    assert ada is not None
    site.post(bootstrap.signed_links(site.settings).unsubscribe(ada.id, "-"))
    assert (site.held(ADA), site.held(THIEF)) == (set(), {"audio"})


def test_an_issue_that_waits_goes_along_and_comes_back(site: Site) -> None:
    site.confirmed(ADA, "audio")
    with site.database.write.begin() as session:
        issue = IssueRow(
            newsletter="audio",
            day=site.clock.now.date(),
            title="Audio",
            language="en",
            categories=[],
            notes={},
            state=IssueState.FROZEN,
            frozen_at=site.clock.now,
        )
        session.add(issue)
        session.flush()
        freezing.freeze_audience(session, issue)

    def waits_for() -> str | None:
        with site.database.read() as session:
            number = session.scalars(select(DeliveryRow.subscriber_id)).one()
            emails = (ADA, THIEF)
            rows = (lifecycle.find_subscriber(session, email) for email in emails)
            return next(row.email for row in rows if row is not None and row.id == number)

    back = move(site, ADA, THIEF)
    assert waits_for() == THIEF
    site.press(site.get(back), back)
    assert waits_for() == ADA


def test_the_operator_s_hand_follows_who_moved(site: Site, cli: Cli) -> None:
    site.confirmed(ADA, "audio")
    move(site, ADA, NEXT)
    list_ = Path("gone.csv")
    list_.write_text(f"email\n{ADA}\n", encoding="utf-8")
    said = cli("subscribers", "import", str(list_), "--as", "suppressed").out
    assert f"moved to {NEXT} and reads on" in said  # the old address may just be dead
    assert site.held(NEXT) == {"audio"}
    said = cli("subscribers", "import", str(list_), "--as", "left").out
    assert f"as {NEXT}, where they moved" in said
    assert site.held(NEXT) == set()


def test_who_is_removed_by_the_address_of_old_leaves_where_they_moved(site: Site, cli: Cli) -> None:
    site.confirmed(ADA, "audio")
    move(site, ADA, NEXT)
    said = cli("subscribers", "remove", ADA).out
    assert said == f"{ADA} left every newsletter, as {NEXT}, where they moved.\n"
    assert site.held(NEXT) == set()
    assert "already; nothing was changed" in cli("subscribers", "remove", ADA).out
