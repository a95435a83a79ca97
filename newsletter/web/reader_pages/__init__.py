"""What a reader does behind a link."""
