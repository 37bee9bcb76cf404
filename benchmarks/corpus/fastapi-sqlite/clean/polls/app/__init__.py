"""Polls in which everybody has one vote."""
