"""What changed."""

from __future__ import annotations

import subprocess

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

router = APIRouter(prefix="/history")
BRANCHES = {"now": "main", "next": "develop"}


class Text(BaseModel):
    """Text whose words are counted."""

    text: str


@router.get("/{branch}")
def changes(branch: str, last: int = 10) -> list[str]:
    """The last changes on one of the branches that there are."""
    if branch not in BRANCHES:
        raise HTTPException(404, "there is no such branch")
    words = ["git", "log", "--oneline", f"-{last}", BRANCHES[branch]]
    done = subprocess.run(words, capture_output=True, check=True, text=True)
    return done.stdout.splitlines()


@router.get("/words/counted")
def counted(new: Text) -> int:
    """How many words there are."""
    done = subprocess.run(["wc", "-w"], input=new.text, capture_output=True, check=True, text=True)
    return int(done.stdout)
