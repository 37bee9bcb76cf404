"""Quotes for shipments of parcels."""
