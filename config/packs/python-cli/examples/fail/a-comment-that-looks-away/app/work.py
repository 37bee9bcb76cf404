def value(text: str) -> object:
    # ast-grep-ignore: no-eval
    return eval(text)
