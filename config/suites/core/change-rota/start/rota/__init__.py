"""Who has which week."""
