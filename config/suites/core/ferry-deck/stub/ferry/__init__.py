"""The loading of a small car ferry."""
