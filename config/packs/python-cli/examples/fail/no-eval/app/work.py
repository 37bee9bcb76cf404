def value(text: str) -> object:
    return eval(text)
