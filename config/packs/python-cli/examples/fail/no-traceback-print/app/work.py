import traceback


def tell() -> int:
    traceback.print_exc()
    return 1
