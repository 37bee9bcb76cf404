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


class Tool(NewTool):
    """A tool that is kept."""

    id: int


@router.get("")
def every(connection: Database) -> list[Tool]:
    """All tools, in the order they were added."""
    rows = connection.execute("SELECT id, name FROM tools ORDER BY id")
    return [Tool(id=row["id"], name=row["name"]) for row in rows]


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def add(new: NewTool, connection: Database) -> Tool:
    """Add a tool; 409 where one is called so."""
    try:
        with connection:
            added = connection.execute("INSERT INTO tools (name) VALUES (?) RETURNING id", (new.name,)).fetchone()
    except sqlite3.IntegrityError as error:
        raise HTTPException(409, "a tool is called so") from error
    return Tool(id=added["id"], name=new.name)
