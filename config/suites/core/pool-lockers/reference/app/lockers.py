"""The lockers."""

from __future__ import annotations

import sqlite3
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database

router = APIRouter(prefix="/lockers")
Database = Annotated[sqlite3.Connection, Depends(database)]


class Locker(BaseModel):
    """A locker of the pool."""

    number: int = Field(ge=1, le=999)
    size: Literal["small", "large"]


class Listed(Locker):
    """A locker, and whether it can be had."""

    free: bool


@router.get("")
def every(connection: Database) -> list[Listed]:
    """All lockers, in the order of their numbers."""
    rows = connection.execute(
        "SELECT number, size, number NOT IN (SELECT locker FROM rentals WHERE ended IS NULL) AS free"
        " FROM lockers ORDER BY number"
    )
    return [Listed(number=row["number"], size=row["size"], free=bool(row["free"])) for row in rows]


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def add(new: Locker, connection: Database) -> Locker:
    """Add a locker; 409 where there is one of that number."""
    try:
        with connection:
            connection.execute("INSERT INTO lockers (number, size) VALUES (?, ?)", (new.number, new.size))
    except sqlite3.IntegrityError as error:
        raise HTTPException(409, "there is a locker of that number") from error
    return new
