"""What arXiv announced on a day that is over."""
