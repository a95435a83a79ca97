"""Tells the targets of [notify] which readers came or went: by signed webhooks, and by mail."""
