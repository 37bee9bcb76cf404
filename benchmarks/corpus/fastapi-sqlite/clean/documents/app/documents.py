"""The documents."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Body, Depends, HTTPException, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel

from app.authorisation import authorised
from app.contents import Contents
from app.database import database

router = APIRouter(prefix="/documents")
Database = Annotated[sqlite3.Connection, Depends(database)]
Name = Annotated[str, InPath(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Data = Annotated[bytes, Body(media_type="application/octet-stream", max_length=1_000_000)]


def contents(request: Request) -> Contents:
    """Beside the database."""
    return Contents(Path(request.app.state.settings.database).with_suffix(".files"))


Kept = Annotated[Contents, Depends(contents)]


class Document(BaseModel):
    """What is known of a document."""

    name: str
    digest: str
    size: int


@router.get("")
def every(connection: Database) -> list[Document]:
    """All documents, by name."""
    return [Document(**dict(row)) for row in connection.execute("SELECT name, digest, size FROM documents ORDER BY name")]


@router.put("/{name}", dependencies=[Depends(authorised)])
def put(name: Name, data: Data, connection: Database, kept: Kept) -> Document:
    """Keep a document, in the place of one that was called so."""
    document = Document(name=name, digest=kept.keep(data), size=len(data))
    with connection:
        connection.execute(
            "INSERT OR REPLACE INTO documents (name, digest, size) VALUES (?, ?, ?)",
            (document.name, document.digest, document.size),
        )
    return document


@router.get("/{name}")
def get(name: Name, connection: Database, kept: Kept) -> Response:
    """Its bytes; 404 where there is none."""
    row = connection.execute("SELECT digest FROM documents WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise HTTPException(404, "there is no such document")
    return Response(kept.read(row["digest"]), media_type="application/octet-stream")
