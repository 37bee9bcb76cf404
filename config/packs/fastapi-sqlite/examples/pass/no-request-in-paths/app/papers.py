"""Papers, each a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.settings import Settings

router = APIRouter(prefix="/papers")
KINDS = {"text": Path("papers"), "note": Path("notes")}


class Paper(BaseModel):
    """What is sent to keep a paper."""

    text: str = Field(max_length=10_000)


def settings(request: Request) -> Settings:
    """The service's."""
    return request.app.state.settings


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def add(new: Paper) -> dict[str, str]:
    """Keep a paper under a name of ours."""
    name = uuid4().hex
    (KINDS["text"] / name).write_text(new.text, encoding="utf-8")
    return {"name": name}


@router.get("/{kind}/{name}")
def one(kind: str, name: UUID) -> FileResponse:
    """A paper; the kind chooses its folder out of those that there are."""
    if kind not in KINDS:
        raise HTTPException(404, "there is no such kind")
    return FileResponse(KINDS[kind] / str(name))


@router.get("/all/{name}")
def any_kind(name: str, known: Annotated[Settings, Depends(settings)]) -> FileResponse:
    """A paper by its path, which does not lead out of the folder."""
    folder = Path(known.database).parent.resolve()
    place = (folder / name).resolve()
    if not place.is_relative_to(folder):
        raise HTTPException(404, "there is no such paper")
    return FileResponse(place)
