"""Accounts with passwords, and tokens for who signs in."""
