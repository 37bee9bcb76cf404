"""Lends the tools of a street to its members."""
