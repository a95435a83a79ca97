"""CSS into style attributes, as mail programs need it."""

import threading

from newsletter.rendering.lean_markup import without_waste

# premailer's parser state is shared: one at a time.
_ONE_AT_A_TIME = threading.Lock()


def inline(html: str) -> str:
    """The page with its rules in style attributes; `@media` rules stay in the head."""
    from newsletter.rendering.offline_premailer import (
        OfflinePremailer,  # 0.2 s, and only a mail needs it
    )

    with _ONE_AT_A_TIME:
        inlined: str = OfflinePremailer(html).transform(pretty_print=False)
    return without_waste(inlined)
