"""A bakery's doughs."""
