"""What changed."""

from __future__ import annotations

import subprocess

from fastapi import APIRouter

router = APIRouter(prefix="/history")


@router.get("/{branch}")
def changes(branch: str) -> list[str]:
    """The changes on a branch."""
    words = ["git", "log", "--oneline", branch]
    done = subprocess.run(words, capture_output=True, check=True, text=True)
    return done.stdout.splitlines()
