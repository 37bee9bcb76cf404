"""The tools."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database

router = APIRouter(prefix="/tools")
Database = Annotated[sqlite3.Connection, Depends(database)]


class NewTool(BaseModel):
    """What is sent to add a tool."""

    name: str = Field(min_length=1, max_length=100)
    copies: int = Field(default=1, ge=1, le=20)


class Tool(NewTool):
    """A tool that is kept."""

    id: int
    free: int


@router.get("")
def every(connection: Database) -> list[Tool]:
    """All tools, in the order they were added."""
    rows = connection.execute(
        "SELECT id, name, copies, copies - (SELECT count(*) FROM loans WHERE tool = tools.id AND back IS NULL) AS free"
        " FROM tools ORDER BY id"
    )
    return [Tool(id=row["id"], name=row["name"], copies=row["copies"], free=row["free"]) for row in rows]


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def add(new: NewTool, connection: Database) -> Tool:
    """Add a tool; 409 where one is called so."""
    try:
        with connection:
            added = connection.execute(
                "INSERT INTO tools (name, copies) VALUES (?, ?) RETURNING id", (new.name, new.copies)
            ).fetchone()
    except sqlite3.IntegrityError as error:
        raise HTTPException(409, "a tool is called so") from error
    return Tool(id=added["id"], name=new.name, copies=new.copies, free=new.copies)
