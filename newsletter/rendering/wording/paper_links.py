"""A paper's links: the PDF, and the code, data and pages that its authors name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

from newsletter import tex
from newsletter.sources.base import Paper

PROJECT_PAGE = "project page"

_HOSTS = {
    "github.com": "GitHub",
    "gitlab.com": "GitLab",
    "codeberg.org": "Codeberg",
    "bitbucket.org": "Bitbucket",
    "gitee.com": "Gitee",
    "huggingface.co": "Hugging Face",
    "modelscope.cn": "ModelScope",
    "kaggle.com": "Kaggle",
    "zenodo.org": "Zenodo",
    "figshare.com": "figshare",
    "osf.io": "OSF",
    "openreview.net": "OpenReview",
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
}
_PAGES = (".github.io", ".gitlab.io", ".codeberg.page", ".netlify.app", ".vercel.app")
# These name the paper itself or where it appeared.
_ELSEWHERE = ("arxiv.org", "doi.org", "creativecommons.org", "orcid.org")
_SAYS_PAGE = re.compile(
    r"(?:project|home|web)[\s-]?(?:page|(?:web)?site)[^.;,]{0,20}\Z", re.IGNORECASE
)
_MOST = 3
_LONGEST = 300

_LINKED = re.compile(r'<a href="([^"]+)"')
_NAKED = re.compile(
    rf"(?<![\w./@-])(?:www\.)?(?:{'|'.join(map(re.escape, _HOSTS))})/[\w.%~+/-]*[\w/]"
    r"|(?<![\w./@-])[\w-]+\.(?:github|gitlab)\.io(?:/[\w.%~+/-]*[\w/])?"
)


@dataclass(frozen=True)
class PaperLink:
    """Somewhere to go; `name` is a service's own, a host's, or `PROJECT_PAGE`."""

    name: str
    url: str


@lru_cache(maxsize=2048)
def paper_links(paper: Paper) -> tuple[PaperLink, ...]:
    """At most three, the comment's first, each name once."""
    links: dict[str, PaperLink] = {}
    for text, any_host in ((paper.comment or "", True), (paper.abstract, False)):
        for url in addresses(text):
            name = _name(url, any_host=any_host)
            if name and "." in name and _SAYS_PAGE.search(text[: max(0, text.find(url))]):
                name = PROJECT_PAGE
            if name and name not in links:
                links[name] = PaperLink(name, url)
    return tuple(links.values())[:_MOST]


def addresses(text: str) -> Iterator[str]:
    """Every web address in a text of arXiv's, those without `https://` only where we know them."""
    if "." not in text:
        return
    html = tex.to_html(text)
    for match in _LINKED.finditer(html):
        if len(match[1]) <= _LONGEST:
            yield unescape(match[1])
    for match in _NAKED.finditer(re.sub(r"<a\b.*?</a>|<[^>]*>", " ", html)):
        yield f"https://{match[0]}"


def _name(url: str, *, any_host: bool) -> str | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # brackets that hold no address
        return None
    if host in _HOSTS:
        return _HOSTS[host] if len(parts.path) > 1 else None
    if host.endswith(_PAGES):
        return PROJECT_PAGE
    elsewhere = host.endswith(_ELSEWHERE) or parts.path.lower().endswith(".pdf")
    return host if any_host and "." in host and not elsewhere else None
