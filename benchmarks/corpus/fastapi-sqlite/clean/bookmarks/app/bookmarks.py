"""The bookmarks and their tags."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field, HttpUrl

from app.authorisation import authorised
from app.database import database

router = APIRouter(prefix="/bookmarks")
Database = Annotated[sqlite3.Connection, Depends(database)]
Tag = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,30}$")]


class NewBookmark(BaseModel):
    """What is sent to add one."""

    address: HttpUrl
    title: str = Field(min_length=1, max_length=200)
    tags: list[Tag] = Field(default=[], max_length=20)


class Bookmark(BaseModel):
    """A bookmark that is kept."""

    id: int
    address: str
    title: str
    tags: list[str]


@router.get("")
def find(connection: Database, tag: str | None = None, words: str = "") -> list[Bookmark]:
    """Those that have `tag` and whose title holds `words`, the newest first."""
    rows = connection.execute(
        """
        SELECT id, address, title FROM bookmarks
        WHERE instr(lower(title), lower(?1)) > 0 OR ?1 = ''
        ORDER BY id DESC
        """,
        (words,),
    )
    found = [_bookmark(connection, row["id"], row["address"], row["title"]) for row in rows.fetchall()]
    return [bookmark for bookmark in found if tag is None or tag in bookmark.tags]


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def add(new: NewBookmark, connection: Database) -> Bookmark:
    """Keep an address; 409 where it is kept."""
    try:
        with connection:
            added = connection.execute(
                "INSERT INTO bookmarks (address, title) VALUES (?, ?) RETURNING id", (str(new.address), new.title)
            ).fetchone()
            pairs = [(added["id"], tag) for tag in sorted(set(new.tags))]
            connection.executemany("INSERT INTO tags (bookmark, name) VALUES (?, ?)", pairs)
    except sqlite3.IntegrityError as error:
        raise HTTPException(409, "the address is kept") from error
    return _bookmark(connection, added["id"], str(new.address), new.title)


@router.delete("/{number}", status_code=204, dependencies=[Depends(authorised)])
def remove(number: int, connection: Database) -> None:
    """Drop one; 404 where there is none."""
    with connection:
        if connection.execute("DELETE FROM bookmarks WHERE id = ?", (number,)).rowcount == 0:
            raise HTTPException(404, "there is no such bookmark")


def _bookmark(connection: sqlite3.Connection, number: int, address: str, title: str) -> Bookmark:
    tags = connection.execute("SELECT name FROM tags WHERE bookmark = ? ORDER BY name", (number,))
    return Bookmark(id=number, address=address, title=title, tags=[tag["name"] for tag in tags])
