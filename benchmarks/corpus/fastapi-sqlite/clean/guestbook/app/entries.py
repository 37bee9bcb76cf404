"""What guests wrote."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, Field

from app.authorisation import anyone, authorised
from app.database import database

router = APIRouter(prefix="/entries")
Database = Annotated[sqlite3.Connection, Depends(database)]


class NewEntry(BaseModel):
    """What a guest sends."""

    name: str = Field(min_length=1, max_length=60)
    text: str = Field(min_length=1, max_length=2000)


class Entry(NewEntry):
    """An entry of the book."""

    id: int
    written: str


class Page(BaseModel):
    """Some entries, the newest first; `next` is what to ask for `before`, null on the last page."""

    entries: list[Entry]
    next: int | None


@router.get("")
def read(
    connection: Database, before: int | None = None, most: Annotated[int, Query(ge=1, le=100)] = 20
) -> Page:
    """A page of the book."""
    rows = connection.execute(
        "SELECT id, name, text, written FROM entries WHERE (?1 IS NULL OR id < ?1) ORDER BY id DESC LIMIT ?2",
        (before, most + 1),
    ).fetchall()
    entries = [Entry(**dict(row)) for row in rows[:most]]
    return Page(entries=entries, next=entries[-1].id if len(rows) > most else None)


@router.post("", status_code=201, dependencies=[Depends(anyone)])
def write(new: NewEntry, connection: Database) -> Entry:
    """Write into the book."""
    with connection:
        row = connection.execute(
            "INSERT INTO entries (name, text) VALUES (?, ?) RETURNING id, name, text, written", (new.name, new.text)
        ).fetchone()
    return Entry(**dict(row))


@router.delete("/{number}", status_code=204, dependencies=[Depends(authorised)])
def remove(number: int, connection: Database) -> None:
    """Take an entry out; 404 where there is none."""
    with connection:
        if connection.execute("DELETE FROM entries WHERE id = ?", (number,)).rowcount == 0:
            raise HTTPException(404, "there is no such entry")
