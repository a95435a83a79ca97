"""The reader's way in: what they name, what comes of it before it is saved, and what ends it."""

import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.interests import PickReason, ReasonType, interest_store, issue_picks, named_interest
from newsletter.interests.files import UnreadableListError, read_file
from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.named_interest import InterestType
from newsletter.issues import issue_queries, issue_store
from newsletter.languages import LANGUAGES, SOURCE
from newsletter.models import InterestRow, NamedPaperRow
from newsletter.rendering.translations import translations
from newsletter.subscribers import erasure, lifecycle
from newsletter.subscribers.link_claims import PicksClaim, TuneClaim
from tests.web.conftest import ENGLISH, Hand, Site, opened, path_of, pressed_after_a_while
from tests.web.test_preferences import ADA, link_of
from tests.web.test_stolen_mail import data_of, move

NEW = "ada@elsewhere.example"
BOTTLENECK, SECURE = "2507.07867", "2507.07799"


@pytest.fixture
def site(with_issue: Settings) -> Iterator[Site]:
    """With an issue of the bundled day, and Ada who gets it."""
    for opened_ in opened(with_issue, Hand()):
        opened_.confirmed(ADA)
        yield opened_


def page_of(site: Site) -> str:
    return f"{link_of(site)}/interests"


def token_of(site: Site, kind: type[TuneClaim | PicksClaim]) -> str:
    ada = site.subscriber(ADA)
    assert ada is not None
    return bootstrap.signed_links(site.settings).token_to(kind, ada.id, ADA)


def save(site: Site, **written: object) -> TestResponse:
    return site.post(page_of(site), save="1", **written)


def named(site: Site) -> set[tuple[str, str, bool]]:
    with site.database.read() as session:
        ada = lifecycle.get_subscriber(session, ADA)
        rows = interest_store.rows_of(session, ada.id)
        return {(row.kind, row.value, row.wanted) for row in rows}


def test_interests_are_shown_saved_changed_and_taken_back(site: Site) -> None:
    assert f'href="{path_of(page_of(site))}"' in site.get(link_of(site)).text
    first = site.get(page_of(site))
    assert first.headers["Cache-Control"] == "no-store"
    assert "Re-Bottleneck" not in first.text
    written = {"author": "Casebeer, Jonah\r\nAda Lovelace", "word": "codec, diffus*"}
    shown = site.post(page_of(site), show="1", **written, pasted=f"arXiv:{SECURE}").text
    for told in ("Nothing is saved yet", "by Jonah Casebeer, whom you follow", "mentions codec"):
        assert told in shown
    assert "1 entry read · 1 matched by arXiv identifier · 0 by title only · 0 refused" in shown
    assert "a paper you like" in shown
    assert not named(site)
    with site.database.read() as session:
        assert not session.scalar(select(func.count()).select_from(NamedPaperRow))
    saved = save(site, **written, carried=json.dumps([[SECURE, "", ""], 7, ["", " ", "x"]]))
    assert saved.status_code == 303
    untold = "The text of 1 paper comes from arXiv before your next mail"
    assert untold in site.post(page_of(site), show="1", pasted="arXiv:2401.00001").text
    assert untold not in shown
    assert "Saved." in site.get(saved.headers["Location"]).text
    assert named(site) == {
        ("author", "Casebeer, Jonah", True),
        ("author", "Ada Lovelace", True),
        ("word", "codec", True),
        ("word", "diffus*", True),
        ("paper", SECURE, True),
    }
    save(site, word="codec", **{"not-word": "diffus*", "take-back": [SECURE]})
    assert named(site) == {("word", "codec", True), ("word", "diffus*", False)}
    entries = json.loads(site.get(data_of(site, ADA)).text)["interests"]
    assert {entry["origin"] for entry in entries} == {"page"}


def test_a_file_is_counted_and_what_it_refuses_is_said(site: Site) -> None:
    bibtex = (
        "@article{a, title={One}, eprint={2507.07270}}\n@article{b, title={Two}}\n"
        "@article{c, year={2025}}\n@article{d, title={One}, eprint={2507.07270}}\n"
    )

    def upload(content: bytes, **pressed: str) -> TestResponse:
        """Joined by hand: Werkzeug's client leaves its own file open where the body is long."""
        address = path_of(page_of(site))
        fields = pressed_after_a_while(site, address) | pressed
        disposition = 'Content-Disposition: form-data; name="%s"'
        parts = [f"{disposition % name}\r\n\r\n{value}".encode() for name, value in fields.items()]
        parts.append(f'{disposition % "file"}; filename="a"\r\n\r\n'.encode() + content)
        body = b"".join(b"--=\r\n" + part + b"\r\n" for part in parts) + b"--=--\r\n"
        kind = 'multipart/form-data; boundary="="'
        return site.client.post(address, data=body, content_type=kind, headers=ENGLISH)

    told = upload(bibtex.encode(), show="1").text
    assert "BibTeX: 4 entries read · 1 matched by arXiv identifier · 1 by title only" in told
    assert "has neither an arXiv identifier nor a title" in told
    assert "2507.07270: stands there twice" in told
    assert "Keep these 2 papers when I save" in told
    assert "4 entries read" in upload(bibtex.encode(), save="1").text
    with site.database.read() as session:
        titles = set(session.scalars(select(NamedPaperRow.title)))
    assert "Two" in titles
    (by_title,) = (value for _, value, _ in named(site) if value.startswith("title:"))
    save(site, **{"take-back": [by_title]})
    assert {value for _, value, _ in named(site)} == {"2507.07270"}
    for content, answer in (
        (b"%PDF-1.7", "the file is a PDF"),
        (b"nothing", "there is no paper in the file"),
        (b"@article{a, title={" + b"x" * 4_000_000, "A file can have 4 MB"),
        (b"@article{a, title={" + b"x" * 10_000_000, "A file can have 4 MB"),
    ):
        refused = upload(content, save="1")
        assert (refused.status_code, answer in refused.text) == (400, True)


HOSTILE: tuple[tuple[dict[str, object], str], ...] = (
    ({"author": "\n".join(f"Author {n}" for n in range(5000))}, "100 are the most here"),
    ({"word": "(((((", "author": "Ada"}, "“(((((” is no word."),
    ({"author": "<b>"}, ""),
    ({"author": "<!>"}, "“&lt;!&gt;” is no name."),
    ({"word": "(a+)+$\n(?:.*){9,}x", "not-category": "cs.SD"}, "“(a+)+$” would find nothing"),
    ({"word": "di*"}, "“di*” would find nothing: write words, and a star only at the end"),
    ({"category": "cs.SD cs.NOPE"}, "“cs.NOPE” is no category"),
    ({"word": "Codec", "not-word": "codec"}, "“codec” stands on both sides"),
    ({"pasted": "2513.00001"}, ""),
    ({"pasted": "\x00 \x01"}, "No paper was found"),
    ({"carried": "[" * 100_000, "judged": "?"}, ""),
)


def test_hostile_words_get_one_line_and_change_nothing(site: Site) -> None:
    for written, trouble in HOSTILE:
        told = site.post(page_of(site), show="1", **written)
        assert (told.status_code, trouble in told.text) == (400 if trouble else 200, True)
        assert told.text.count('class="trouble"') == bool(trouble)
        assert "<b>" not in told.text
    assert not named(site)
    impossible = site.post(page_of(site), show="1", pasted="see arXiv:2513.00001")
    assert "2513.00001: is no identifier that arXiv can have given" in impossible.text
    slip = site.post(
        page_of(site), show="1", word="codec", author="!", carried=json.dumps([[SECURE, "", ""]])
    )
    assert "Keep this paper when I save" in slip.text
    assert slip.text.index('class="trouble"') < slip.text.index("<form")  # above any picks
    assert ">codec</textarea>" in slip.text


BROKEN = [
    *(b"%PDF-1.7", b"PK\x03\x04", b"SQLite", b"BZh", b"\x00", b"nothing"),
    "\u30bf\u30a4\u30c8\u30eb\u306e\u8ad6\u6587\n".encode("shift_jis"),
    b"@article{a, title={Never closed",
    b'Title,Url\n"A,2507.07270\n',
    b"a,2507.07270\nb,2507.07271\nc,none\n",
    b'{"title": "A"}\n{"title"\n{"title": "B"}\n[7]',
    b'[{"title": "A"}, {"title"',
    b"[7]",
    b"@a{b, title={One}}\n@a{c, title={One}}\n@a{d, year=2020}\n",
    b"see arXiv:2513.00001, https://example.org/x, foo2507.07270",
    b"1. 2507.07270\n2. 2507.07271\n3. none\n",
    b"<rdf:RDF",
    b'<!DOCTYPE a><rdf:RDF xmlns:rdf="a"/>',
]


def test_each_reason_for_a_refusal_is_told_in_every_language(site: Site) -> None:
    reasons = {"the file has more than %(about)s entries", "and what follows: too much is broken"}
    for content in BROKEN:
        try:
            reasons |= {entry.reason for entry in read_file(content).refused}
        except UnreadableListError as error:
            reasons.add(error.reason)
    assert len(reasons) == 23
    for language in set(LANGUAGES) - {SOURCE}:
        catalogue = translations(language)
        assert [it for it in reasons if catalogue.gettext(it) == it] == []
    german = {"Accept-Language": "de"}
    address = path_of(page_of(site))
    for pasted, told in (
        ("@article{a, title={One", "die geschweiften Klammern von title schließen nicht"),
        ("arXiv:2513.00001", "Reiner Text: 1 Eintrag gelesen"),
        ("a,2507.07270\nb,2507.07271\nc,none", "Zeile 3: c none: hat keine arXiv-Kennung"),
        ("nothing", "in der Datei steht kein Artikel; lesbar sind"),
    ):
        fields = pressed_after_a_while(site, address) | {"show": "1", "pasted": pasted}
        assert told in site.client.post(address, data=fields, headers=german).text


def test_of_too_many_papers_the_rest_is_counted(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(named_interest.MOST, InterestType.PAPER, 3)
    four = "2401.00001 2401.00002 2401.00003 2401.00004"
    for way in ("show", "save"):
        told = site.post(page_of(site), pasted=four, **{way: "1"}).text
        assert "3 papers are the most; 1 found no room." in told
    two = "2402.00001 2402.00002"
    for way in ("show", "save"):  # those that are saved take room as well
        told = site.post(page_of(site), pasted=two, **{way: "1"}).text
        assert "3 papers are the most; 2 found no room." in told
    back = {"take-back": ["2401.00001"]}
    told = site.post(page_of(site), show="1", pasted=f"{two} 2401.00002", **back).text
    assert "3 papers are the most; 1 found no room." in told
    assert len(named(site)) == 3
    refused = site.post(f"/tune/{token_of(site, TuneClaim)}/{SECURE}/more").text
    assert "There is no room" in refused


def test_more_and_less_of_a_card_act_are_changed_and_undone(site: Site) -> None:
    link = f"/tune/{token_of(site, TuneClaim)}/{SECURE}"
    site.client.get(f"{link}/more")
    site.client.post(f"{link}/more")  # without having seen the page
    assert not named(site)
    shown = site.get(f"{link}/more")
    assert "SecureSpeech" in shown.text
    noted = site.press(shown, f"{link}/more")
    assert named(site) == {("paper", SECURE, True)}
    again = site.press(site.get(f"{link}/more"), f"{link}/more")
    assert "Taken back" in site.press(again, "").text
    assert not named(site)
    site.press(site.get(f"{link}/more"), f"{link}/more")
    less = site.press(site.get(f"{link}/more"), f"{link}/more", way="less")
    assert "Less like this: noted" in less.text
    assert named(site) == {("paper", SECURE, False)}
    assert "More like this: noted" in site.press(less, "").text
    assert "Taken back" in site.press(noted, "").text
    assert not named(site)
    for wrong in (f"{link}/perhaps", link.replace(SECURE, "2507.00001") + "/more"):
        assert site.get(wrong).status_code == 404
    assert site.get(f"/tune/{link_of(site).rpartition('/')[2]}/{SECURE}/more").status_code == 400


def test_a_page_has_both_links_to_each_paper_of_a_day(site: Site) -> None:
    tune = f"/tune/{token_of(site, TuneClaim)}"
    with site.database.read() as session:
        (issue,) = issue_queries.list_issues(session, ["audio"], 1)
        names = [
            entry.paper.id.arxiv_id for entry in issue_store.load_issue(session, issue).entries
        ]
    shown = site.get(f"{tune}/audio/{issue.day}/{issue.day}")
    for name in names:
        assert shown.text.count(f'"{tune}/{name}/more"') == 1
        assert shown.text.count(f'"{tune}/{name}/less"') == 1
    for wrong in (f"audio/{issue.day}/2025-07-32", "audio/2001-01-01/2001-01-02", "else/" * 3):
        assert site.get(f"{tune}/{wrong}").status_code == 404
    assert site.get(f"/tune/x/audio/{issue.day}/{issue.day}").status_code == 400


def test_a_machine_that_presses_every_button_changes_nothing(site: Site) -> None:
    link = f"/tune/{token_of(site, TuneClaim)}/{SECURE}/more"
    for more in ({"robot": "1"}, {}):
        hidden = site.get(link).text.partition('name="shown" value="')[2].partition('"')[0]
        told = site.client.post(
            link, data={"shown": hidden} | more, headers={"Accept-Language": "en"}
        )
        assert "Machines press buttons too" in told.text
    assert not named(site)


def test_the_links_end_with_the_reader_and_say_so(site: Site) -> None:
    save(site, word="codec")
    tune = f"/tune/{token_of(site, TuneClaim)}/{SECURE}/less"
    feed = f"/picks/{token_of(site, PicksClaim)}"
    old = link_of(site)
    assert site.get(feed).status_code == 200
    move(site, ADA, NEW)
    for link in (tune, f"{old}/interests", f"{old}/namesake/{SECURE}?author=x", feed):
        for answer in (site.get(link), site.post(link, save="1")):
            assert "had its day" in answer.text or answer.status_code == 405
    assert site.get(feed).status_code == 410
    ada = site.subscriber(NEW)
    assert ada is not None
    links = bootstrap.signed_links(site.settings)
    tune = f"/tune/{links.token_to(TuneClaim, ada.id, NEW)}/{SECURE}/less"
    assert "Less like this?" in site.get(tune).text
    site.post(links.unsubscribe(ada.id, "-"))
    assert "You have left" in site.post(tune).text
    with site.database.write.begin() as session:
        erasure.erase(session, lifecycle.get_subscriber(session, NEW), site.clock.now)
    assert "Nobody is here by this link" in site.get(tune).text


def test_a_namesake_is_told_from_whom_one_follows(site: Site) -> None:
    save(site, author="Jonah Casebeer")
    page = site.get(page_of(site)).text
    assert "Not this one?" in page
    link = page.partition('class="whole" href="')[2].partition('"')[0].replace("&amp;", "&")
    asked = site.get(link).text
    assert 'value="Paris Smaragdis" checked' in asked
    assert 'name="not_in" value="cs.SD">' in asked
    assert "tick it only if yours does not write there" in asked
    told = site.post(link, **{"not": "1", "not_with": ["Paris Smaragdis"], "not_in": []})
    assert "Told apart" in told.text
    page = site.get(page_of(site)).text
    assert "not with Paris Smaragdis" in page
    assert "whom you follow" not in page
    site.post(link, only="1", names="Dimitrios Bralios; CS.CV;")
    page = site.get(page_of(site)).text
    assert "only with Dimitrios Bralios · only in cs.CV" in " ".join(page.split())
    assert "by Jonah Casebeer, whom you follow" in page
    save(site, author="Jonah Casebeer", **{"mixed-up": ["Jonah Casebeer"]})
    with site.database.read() as session:
        assert session.scalars(select(InterestRow.detail)).all() == [{}]
    assert site.get(link.replace("Jonah", "Jonas")).status_code == 404


def test_a_mail_leads_to_the_namesakes_of_its_papers(site: Site) -> None:
    link = f"/tune/{token_of(site, TuneClaim)}/{BOTTLENECK}"
    save(site, author="Jonah Casebeer; Ada Lovelace")
    for way in ("more", "less"):
        page = site.get(f"{link}/{way}").text
        assert page.count("Not this Jonah Casebeer?") == 1
        assert "Not this Ada Lovelace?" not in page
    address = page.partition('class="onward"><a href="')[2].partition('"')[0]
    assert 'value="Paris Smaragdis" checked' in site.get(address).text
    site.client.post(address, data={"not": "1", "not_with": ["Paris Smaragdis"]})
    assert "not with" not in site.get(page_of(site)).text  # without having seen the page
    told = site.post(address, **{"not": "1", "not_with": ["Paris Smaragdis"]})
    assert "Told apart" in told.text
    assert f'href="{link}/more"' in told.text
    page = site.get(page_of(site)).text
    assert "not with Paris Smaragdis" in page
    assert "whom you follow" not in page
    assert site.get(f"{link}/namesake?author=Ada+Lovelace").status_code == 404
    assert site.get(address.replace("/tune/", "/tune/x")).status_code == 400


def test_ones_own_picks_are_a_feed(site: Site) -> None:
    save(site, author="Jonah Casebeer", word="codec")
    link = f"/picks/{token_of(site, PicksClaim)}"
    assert link in site.get(page_of(site)).text
    answer = site.get(link)
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)  # noqa: S314 - ours
    entries = feed.findall("{*}entry")
    assert "Re-Bottleneck" in (entries[0].findtext("{*}title") or "")
    assert "by Jonah Casebeer, whom you follow" in (entries[0].findtext("{*}content") or "")
    assert len({entry.findtext("{*}id") for entry in entries}) == len(entries)
    again = site.client.get(link, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    why = PickReason(ReasonType.IN_TITLE, "", ("speech",))
    with site.database.write.begin() as session:  # as a mail had them
        issue = issue_queries.get_issue(session, "audio", None)
        ada = lifecycle.get_subscriber(session, ADA)
        picks = {ada.id: [IssuePick(SECURE, (why,)), IssuePick(SECURE, (why,))]}
        issue_picks.keep_picks(session, issue.id, picks, site.clock.now)
    anew = site.client.get(link, headers={"If-None-Match": answer.headers["ETag"]})
    (entry,) = ET.fromstring(anew.data).findall("{*}entry")  # noqa: S314 - ours
    assert "has speech in its title" in (entry.findtext("{*}content") or "")
    assert site.get(f"/picks/{token_of(site, TuneClaim)}").status_code == 400
