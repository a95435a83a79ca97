"""arXiv's web pages, read."""
