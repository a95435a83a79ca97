"""The public archive: issues, their feeds and calendar."""
