"""The items."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database

router = APIRouter(prefix="/items")
Database = Annotated[sqlite3.Connection, Depends(database)]


class NewItem(BaseModel):
    """What is sent to add an item."""

    name: str = Field(min_length=1, max_length=100)


class Item(NewItem):
    """An item that is kept."""

    id: int


@router.get("")
def every(connection: Database) -> list[Item]:
    """All items, in the order they were added."""
    rows = connection.execute("SELECT id, name FROM items ORDER BY id")
    return [Item(id=row["id"], name=row["name"]) for row in rows]


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def add(new: NewItem, connection: Database) -> Item:
    """Add an item; 409 where one is called so."""
    try:
        with connection:
            added = connection.execute("INSERT INTO items (name) VALUES (?) RETURNING id", (new.name,)).fetchone()
    except sqlite3.IntegrityError as error:
        raise HTTPException(409, "an item is called so") from error
    return Item(id=added["id"], name=new.name)
