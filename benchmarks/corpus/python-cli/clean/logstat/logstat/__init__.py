"""Counts the requests of a web server's log."""
