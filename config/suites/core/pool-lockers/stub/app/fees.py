"""What a rental costs, in cents."""

FREE = 5

HOUR = {"small": 150, "large": 250}

HALF_HOUR = {"small": 60, "large": 100}

MOST = {"small": 600, "large": 1000}


def fee_cents(size: str, begin: int, end: int) -> int:
    """The cents of a rental from one minute to another."""
    raise NotImplementedError
