"""`python -m newsletter` is `newsletter`."""

from newsletter.cli.main import main

main()
