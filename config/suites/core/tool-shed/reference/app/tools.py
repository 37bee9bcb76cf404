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

    name: str = Field(min_length=1, max_length=60)
    deposit: int = Field(ge=0, le=50000)


class Tool(NewTool):
    """A tool that is lent."""

    id: int


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def add(new: NewTool, connection: Database) -> Tool:
    """Add a tool; 409 where one is called so."""
    try:
        with connection:
            added = connection.execute(
                "INSERT INTO tools (name, deposit) VALUES (?, ?) RETURNING id", (new.name, new.deposit)
            ).fetchone()
    except sqlite3.IntegrityError as error:
        raise HTTPException(409, "a tool is called so") from error
    return Tool(id=added["id"], name=new.name, deposit=new.deposit)
