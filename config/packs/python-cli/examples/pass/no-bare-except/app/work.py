def number(text: str) -> int | None:
    try:
        return int(text)
    except (TypeError, ValueError):
        return None


def careful(work) -> None:
    try:
        work()
    except BaseException:
        print("it did not end")
        raise
