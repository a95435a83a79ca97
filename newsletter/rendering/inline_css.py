"""CSS into style attributes, as mail programs need it."""

import re
import threading

# premailer's parser state is shared: one at a time.
_ONE_AT_A_TIME = threading.Lock()

_SPENT = ' class="lean"'  # once its rules stand in attributes, the class is for nothing
# Every byte of a style is one less for papers; a "<" of a text is escaped, so only tags match.
_STYLE = re.compile(r'(<[a-z][^<>]*? style=")([^"]*)')


def inline(html: str) -> str:
    """The page with its rules in style attributes; `@media` rules stay in the head."""
    from newsletter.rendering.offline_premailer import (
        OfflinePremailer,  # 0.2 s, and only a mail needs it
    )

    with _ONE_AT_A_TIME:
        inlined: str = OfflinePremailer(html).transform(pretty_print=False)
    inlined = inlined.replace(_SPENT, "")
    return _STYLE.sub(lambda found: found[1] + found[2].replace("; ", ";"), inlined)
