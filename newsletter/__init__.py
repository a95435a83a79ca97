"""A self-hosted arXiv newsletter."""

__version__ = "0.1.0"
