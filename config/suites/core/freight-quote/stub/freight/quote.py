"""The quote for the customer."""


def quote(text: str, zone: str) -> str:
    """Weight, freight, long parcels, fuel and total, a line each."""
    raise NotImplementedError
