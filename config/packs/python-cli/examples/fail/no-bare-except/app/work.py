def number(text: str) -> int | None:
    try:
        return int(text)
    except:
        return None


def other(text: str) -> int | None:
    try:
        return int(text)
    except BaseException:
        return None
