"""Who has which room, and when."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, HTTPException
from pydantic import AwareDatetime, BaseModel, Field, model_validator

from app.authorisation import authorised
from app.database import database

router = APIRouter(prefix="/bookings")
Database = Annotated[sqlite3.Connection, Depends(database)]


class NewBooking(BaseModel):
    """What is sent to book a room."""

    room: str = Field(pattern=r"^[A-Z]\d{1,3}$")
    starts: AwareDatetime
    ends: AwareDatetime
    who: str = Field(min_length=1, max_length=60)

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.starts >= self.ends:
            raise ValueError("it ends before it starts")
        return self


class Booking(BaseModel):
    """A booking that is kept; times are in UTC."""

    id: int
    room: str
    starts: datetime
    ends: datetime
    who: str


@router.get("")
def every(connection: Database, room: str | None = None) -> list[Booking]:
    """All bookings, or those of one room, in the order of time."""
    rows = connection.execute(
        "SELECT id, room, starts, ends, who FROM bookings WHERE (?1 IS NULL OR room = ?1) ORDER BY starts, id", (room,)
    )
    return [Booking(**dict(row)) for row in rows]


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def book(new: NewBooking, connection: Database) -> Booking:
    """Book a room; 409 where somebody has it at that time."""
    starts, ends = (moment.astimezone(UTC).isoformat() for moment in (new.starts, new.ends))
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        taken = connection.execute(
            "SELECT who FROM bookings WHERE room = ? AND starts < ? AND ends > ?", (new.room, ends, starts)
        ).fetchone()
        if taken is not None:
            raise HTTPException(409, f"{taken['who']} has {new.room} then")
        made = connection.execute(
            "INSERT INTO bookings (room, starts, ends, who) VALUES (?, ?, ?, ?) RETURNING id, room, starts, ends, who",
            (new.room, starts, ends, new.who),
        ).fetchone()
    return Booking(**dict(made))


@router.delete("/{number}", status_code=204, dependencies=[Depends(authorised)])
def cancel(number: int, connection: Database) -> None:
    """Give a room free; 404 where there is no such booking."""
    with connection:
        if connection.execute("DELETE FROM bookings WHERE id = ?", (number,)).rowcount == 0:
            raise HTTPException(404, "there is no such booking")
