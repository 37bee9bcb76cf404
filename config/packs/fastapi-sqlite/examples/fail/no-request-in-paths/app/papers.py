"""Papers, each a file."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from app.authorisation import authorised

router = APIRouter(prefix="/papers")
FOLDER = Path("papers")


class Paper(BaseModel):
    """What is sent to keep a paper."""

    name: str
    text: str


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def add(new: Paper) -> dict[str, int]:
    """Keep a paper under the name that it is sent with."""
    place = FOLDER / f"{new.name}.txt"
    return {"written": place.write_text(new.text, encoding="utf-8")}
