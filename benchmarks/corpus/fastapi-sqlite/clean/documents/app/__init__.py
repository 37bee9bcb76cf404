"""Keeps documents as files, and what is known of them in the database."""
