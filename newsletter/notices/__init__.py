"""Tells those that [notify] names who came or went: by signed webhooks, and by mail."""
