import getopt
import sys


def main() -> int:
    options, rest = getopt.getopt(sys.argv[1:], "v")
    print(options, rest, sys.argv[1])
    return 0
