"""Statements."""

FOUND = "SELECT id FROM items"
