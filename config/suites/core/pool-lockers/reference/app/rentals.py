"""Taking lockers and giving them back."""

from __future__ import annotations

import sqlite3
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database
from app.fees import fee_cents

router = APIRouter(prefix="/rentals")
Database = Annotated[sqlite3.Connection, Depends(database)]
MOST = 2


class NewRental(BaseModel):
    """What is sent to take a locker."""

    guest: str = Field(min_length=1, max_length=40)
    size: Literal["small", "large"]
    minute: int = Field(ge=0, le=1439)


class Rental(NewRental):
    """A locker that was taken."""

    id: int
    locker: int


class Return(BaseModel):
    """What is sent to give a locker back."""

    minute: int = Field(ge=0, le=1439)


class Returned(BaseModel):
    """What a rental costs."""

    id: int
    fee: int


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def take(new: NewRental, connection: Database) -> Rental:
    """Hand out the lowest free locker; 409 where the guest has two, or none is free."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        held = connection.execute(
            "SELECT count(*) AS count FROM rentals WHERE guest = ? AND ended IS NULL", (new.guest,)
        ).fetchone()
        if held["count"] >= MOST:
            raise HTTPException(409, "the guest has two lockers")
        locker = _free(connection, new.size)
        if locker is None and new.size == "small":
            locker = _free(connection, "large")
        if locker is None:
            raise HTTPException(409, "no locker is free")
        added = connection.execute(
            "INSERT INTO rentals (locker, guest, size, minute) VALUES (?, ?, ?, ?) RETURNING id",
            (locker, new.guest, new.size, new.minute),
        ).fetchone()
    return Rental(id=added["id"], locker=locker, guest=new.guest, size=new.size, minute=new.minute)


@router.post("/{number}/return", dependencies=[Depends(authorised)])
def give_back(number: int, sent: Return, connection: Database) -> Returned:
    """Free a locker and tell the fee; 404 where there is no such rental, 409 where it cannot end then."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        rental = connection.execute("SELECT * FROM rentals WHERE id = ?", (number,)).fetchone()
        if rental is None:
            raise HTTPException(404, "there is no such rental")
        if rental["ended"] is not None or sent.minute < rental["minute"]:
            raise HTTPException(409, "it came back already, or began later")
        connection.execute("UPDATE rentals SET ended = ? WHERE id = ?", (sent.minute, number))
    fee = fee_cents(rental["size"], rental["minute"], sent.minute)
    return Returned(id=number, fee=fee)


def _free(connection: sqlite3.Connection, size: str) -> int | None:
    row = connection.execute(
        "SELECT min(number) AS number FROM lockers"
        " WHERE size = ? AND number NOT IN (SELECT locker FROM rentals WHERE ended IS NULL)",
        (size,),
    ).fetchone()
    return None if row["number"] is None else int(row["number"])
