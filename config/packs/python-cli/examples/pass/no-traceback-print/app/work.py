import sys


def tell(error: OSError) -> int:
    print(f"app: {error.filename}: {error.strerror}", file=sys.stderr)
    return 1
