"""At the root, where nobody starts it."""
