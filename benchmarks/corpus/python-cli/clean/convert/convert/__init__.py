"""Turns CSV into JSON, with numbers and dates as what they are."""
