"""Books rooms, so that no two people have one at once."""
