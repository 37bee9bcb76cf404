"""Fares of a tram."""
