"""What comes back after a mail left: one vocabulary, whoever says it.

`events` is the vocabulary, `keeping` writes it down once and lets it act, `rules` says when an
address is dead, `pauses` when a whole domain does not want us now.
"""

from newsletter.sending.domain_pauses import paused_domains

__all__ = ["paused_domains"]
