"""Short names, and where they lead."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, HttpUrl

from app.authorisation import authorised
from app.database import database

router = APIRouter()
Database = Annotated[sqlite3.Connection, Depends(database)]
Name = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,30}$")]


class Target(BaseModel):
    """Where a name leads."""

    target: HttpUrl


class Link(BaseModel):
    """A name, where it leads, and how often it was followed."""

    name: str
    target: str
    visits: int


@router.get("/links")
def every(connection: Database) -> list[Link]:
    """All links, the most visited first."""
    rows = connection.execute("SELECT name, target, visits FROM links ORDER BY visits DESC, name")
    return [Link(**dict(row)) for row in rows]


@router.put("/links/{name}", dependencies=[Depends(authorised)])
def put(name: Name, new: Target, connection: Database) -> Link:
    """Let `name` lead somewhere; its visits stay."""
    with connection:
        row = connection.execute(
            """
            INSERT INTO links (name, target) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET target = excluded.target
            RETURNING name, target, visits
            """,
            (name, str(new.target)),
        ).fetchone()
    return Link(**dict(row))


@router.get("/to/{name}")
def follow(name: Name, connection: Database) -> RedirectResponse:
    """Lead on; 404 where the name leads nowhere."""
    with connection:
        row = connection.execute(
            "UPDATE links SET visits = visits + 1 WHERE name = ? RETURNING target", (name,)
        ).fetchone()
    if row is None:
        raise HTTPException(404, "the name leads nowhere")
    return RedirectResponse(row["target"], status_code=307)
