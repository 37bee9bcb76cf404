"""Sharing whole cents."""


def share(cents: int, weights: list[int]) -> list[int]:
    """The cents of each weight, which together are `cents`. The sum of the weights is above 0."""
    whole = sum(weights)
    shares = [cents * weight // whole for weight in weights]
    lost = [cents * weight % whole for weight in weights]
    places = sorted(range(len(weights)), key=lambda place: -lost[place])
    for place in places[: cents - sum(shares)]:
        shares[place] += 1
    return shares
