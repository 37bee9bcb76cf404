import ast
import operator

OPERATORS = {"+": operator.add, "-": operator.sub}


def value(text: str) -> object:
    return ast.literal_eval(text)


def evaluate(left: float, name: str, right: float) -> float:
    return OPERATORS[name](left, right)
