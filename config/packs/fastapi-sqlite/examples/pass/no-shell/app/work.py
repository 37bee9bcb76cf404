"""Starts another program."""

import subprocess


def listed(folder: str) -> bytes:
    return subprocess.run(["ls", "--", folder], check=True, capture_output=True).stdout
