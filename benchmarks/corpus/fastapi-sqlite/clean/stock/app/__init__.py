"""Knows how much of each article is in stock."""
