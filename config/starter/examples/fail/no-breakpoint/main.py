def main() -> int:
    breakpoint()
    return 0
