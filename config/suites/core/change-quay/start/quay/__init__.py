"""A marina's berths."""
