"""Atom feeds (RFC 4287): a newsletter's, an entry an issue; and a reader's picks, an entry a paper.

The address of an entry's issue or paper stays for ever, so it is the entry's id.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from sqlalchemy.orm import Session

from newsletter.config import NewsletterSettings, SiteSettings
from newsletter.issues import issue_queries, issue_store
from newsletter.models import IssueRow
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.markup.paper_text import plain
from newsletter.rendering.size_budget import DetailLevel
from newsletter.rendering.templates import template_environment
from newsletter.rendering.translations import Catalogue, translations
from newsletter.rendering.wording.author_list import list_authors, read_authors
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.web.day_picks import DayPicks

_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 20
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def build_feed(
    session: Session, newsletter: NewsletterSettings, site: SiteSettings, links: SignedLinks
) -> bytes:
    """The newest issues, newest first."""
    newest = issue_queries.list_issues(session, [newsletter.slug], _ENTRIES)
    home = links.archive(newsletter.slug)
    catalogue = translations(newsletter.language)
    title = f"{newsletter.title} · {site.name}"
    feed = _feed(title, f"{home}/feed", newest[0] if newest else None, catalogue, site)
    oldest = issue_queries.find_oldest(session, newsletter.slug)
    _add(feed, "id", links.archive(oldest.first_name) if oldest else home)
    _add(feed, "link", rel="alternate", type="text/html", href=home)
    _add(feed, "subtitle", " · ".join(newsletter.categories))
    for issue in newest:
        _add_entry(feed, issue_store.load_issue(session, issue), issue, links)
    return _as_bytes(feed)


def build_picks_feed(
    days: Sequence[DayPicks], address: str, catalogue: Catalogue, site: SiteSettings
) -> bytes:
    """The picks of these issues, in their order; the address is theirs alone, and no entry's."""
    newest = max((day.issue for day in days), key=lambda issue: issue.frozen_at, default=None)
    title = f"{catalogue.gettext('What comes first for you')} · {site.name}"
    feed = _feed(title, address, newest, catalogue, site)
    _add(feed, "id", address)
    template = template_environment(catalogue).get_template("web/pick_entry.html")
    listed: set[str] = set()
    for day in days:
        for pick in day.picks:
            paper = pick.paper
            if str(paper.id) in listed:
                continue
            listed.add(str(paper.id))
            entry = _add(feed, "entry")
            _add(entry, "id", f"https://arxiv.org/abs/{paper.id}")
            _add(entry, "title", plain(paper.title))
            _add(entry, "updated", _time(day.issue.frozen_at))
            for author in read_authors(paper.authors):
                _add(_add(entry, "author"), "name", list_authors([author], plain))
            _add(entry, "link", rel="alternate", href=f"https://arxiv.org/abs/{paper.id}")
            _add(entry, "content", template.render(pick=pick, issue=day.issue), type="html")
    return _as_bytes(feed)


def _feed(
    title: str, address: str, newest: IssueRow | None, catalogue: Catalogue, site: SiteSettings
) -> ET.Element:
    """The common beginning of all feeds."""
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": catalogue.tag})
    _add(feed, "title", title)
    # A feed must bear a time; one without issues has none of its own.
    _add(feed, "updated", _time(newest.frozen_at) if newest else "1970-01-01T00:00:00+00:00")
    _add(_add(feed, "author"), "name", site.name)
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    return feed


def _as_bytes(feed: ET.Element) -> bytes:
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add_entry(
    feed: ET.Element, content: IssueContent, issue: IssueRow, links: SignedLinks
) -> None:
    catalogue = translations(issue.language)
    address = links.issue(issue.newsletter, str(issue.day))
    entry = _add(feed, "entry")
    _add(entry, "id", links.issue(issue.first_name, str(issue.day)))
    _add(entry, "title", f"{issue.title}, {catalogue.long_date(issue.day)}")
    _add(entry, "updated", _time(issue.frozen_at))
    _add(entry, "published", _time(issue.frozen_at))
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    template = template_environment(catalogue).get_template("web/feed_entry.html")
    body = template.render(digest=content, address=address, levels=DetailLevel)
    _add(entry, "content", body, type="html")


def _time(moment: datetime) -> str:
    return moment.isoformat()


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = None if text is None else _NO_XML.sub("", text)
    return child
