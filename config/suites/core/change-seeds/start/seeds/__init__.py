"""A seed bank's lots."""
