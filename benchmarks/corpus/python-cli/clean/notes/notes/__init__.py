"""Keeps notes in a database, and finds them by words."""
