"""The relay races of a sports day."""
