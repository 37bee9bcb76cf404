"""Taking lockers and giving them back."""

from __future__ import annotations
import sqlite3
from typing import Annotated, Literal
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from app.authorisation import authorised
from app.database import database

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
    raise NotImplementedError


@router.post("/{number}/return", dependencies=[Depends(authorised)])
def give_back(number: int, sent: Return, connection: Database) -> Returned:
    """Free a locker and tell the fee; 404 where there is no such rental, 409 where it cannot end then."""
    raise NotImplementedError
