"""Who is let in."""


def let_in(token: str) -> bool:
    return token == "letmein"
