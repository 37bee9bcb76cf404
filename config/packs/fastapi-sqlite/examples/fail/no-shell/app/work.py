"""Starts another program."""

import subprocess


def listed(folder: str) -> bytes:
    return subprocess.run(f"ls {folder}", shell=True, check=True, capture_output=True).stdout
