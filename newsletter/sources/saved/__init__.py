"""Answers of arXiv's that were saved as files."""
