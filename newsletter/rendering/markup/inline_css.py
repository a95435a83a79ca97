"""CSS into style attributes, as mail programs need it, and HTML without what it can spare.

In a mail that is full, every byte is one less for papers.
"""

import re
import threading

# premailer's parser state is shared: one at a time.
_ONE_AT_A_TIME = threading.Lock()

_SPENT = ' class="lean"'  # once its rules stand in attributes, the class is for nothing
# A "<" of a text is escaped, so only tags match.
_STYLE = re.compile(r'(<[a-z][^<>]*? style=")([^"]*)')
# A paragraph that stands among others needs no end (HTML, 13.1.2.4). Only those of short cards have
# no class, and they are the hundreds.
_CARD = re.compile(r'(<p(?: lang="[^"]*")?>(?:(?!</?p\b).)*)</p>', re.DOTALL)
_GAP = re.compile(r' (?=[^<>]*(?:<|$))|(?<=") (?=[a-z-]+=")')  # in a text, or between attributes
_LONGEST = 76  # a line of quoted-printable
_MOSTLY_ASCII = 1.2


def inline(html: str) -> str:
    """The page with its rules in style attributes; `@media` rules stay in the head."""
    from newsletter.rendering.markup.offline_premailer import (
        OfflinePremailer,  # 0.2 s, and only a mail needs it
    )

    with _ONE_AT_A_TIME:
        inlined: str = OfflinePremailer(html).transform(pretty_print=False)
    return without_waste(inlined)


def without_waste(html: str) -> str:
    """The same page in fewer bytes, as they are and as quoted-printable."""
    shorter = html.replace(_SPENT, "")
    shorter = _STYLE.sub(lambda found: found[1] + found[2].replace("; ", ";"), shorter)
    return _CARD.sub(lambda found: _folded(found[1]), shorter)


def _folded(card: str) -> str:
    """In lines that need no soft break: those take three bytes, and the end of a line but one more.

    What is not mostly ASCII goes as base64, to which lines are nothing but bytes.
    """
    if _encoded_size(card) > _MOSTLY_ASCII * len(card.encode("utf-8", "replace")):
        return card
    line, *words = _GAP.split(" ".join(card.split("\n")))
    lines = [line]
    size = _encoded_size(line)
    for word in words:
        more = _encoded_size(word) + 1
        if size + more > _LONGEST:
            lines.append(word)
            size = more - 1
        else:
            lines[-1] += f" {word}"
            size += more
    return "\n".join(lines)


def _encoded_size(text: str) -> int:
    plain = len(text.encode("ascii", "ignore"))
    strange = len(text.encode("utf-8", "replace")) - plain
    return plain + 2 * text.count("=") + 3 * strange
