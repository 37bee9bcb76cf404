"""Firing programs of a pottery kiln."""
