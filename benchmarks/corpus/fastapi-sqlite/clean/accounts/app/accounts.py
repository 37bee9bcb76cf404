"""Accounts and sessions."""

from __future__ import annotations

import secrets
import sqlite3
import time
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from app.authorisation import anyone, current_account
from app.database import database
from app.passwords import digest, hashed, new_salt

router = APIRouter()
Database = Annotated[sqlite3.Connection, Depends(database)]
CurrentAccount = Annotated[str, Depends(current_account)]
_HOURS = 8
_NOBODY = new_salt()


class Credentials(BaseModel):
    """What somebody knows."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,29}$")
    password: str = Field(min_length=10, max_length=200)


class Account(BaseModel):
    """What others may know of it."""

    name: str


class Session(BaseModel):
    """A token, to be sent as `Authorization: Bearer ...`."""

    token: str
    seconds: int


@router.post("/accounts", status_code=201, dependencies=[Depends(anyone)])
def register(new: Credentials, connection: Database) -> Account:
    """Make an account; 409 where the name is taken."""
    salt = new_salt()
    try:
        with connection:
            connection.execute(
                "INSERT INTO accounts (name, salt, hash) VALUES (?, ?, ?)",
                (new.name, salt, hashed(new.password, salt)),
            )
    except sqlite3.IntegrityError as error:
        raise HTTPException(409, "the name is taken") from error
    return Account(name=new.name)


@router.post("/sessions", status_code=201, dependencies=[Depends(anyone)])
def sign_in(sent: Credentials, connection: Database) -> Session:
    """A token for some hours; 401 where name and password do not belong together."""
    row = connection.execute("SELECT id, salt, hash FROM accounts WHERE name = ?", (sent.name,)).fetchone()
    # As long for a name that nobody has: nobody can tell which names there are.
    given = hashed(sent.password, row["salt"] if row else _NOBODY)
    if row is None or not secrets.compare_digest(given, row["hash"]):
        raise HTTPException(401, "name and password do not belong together")
    token, until = secrets.token_urlsafe(32), time.time() + _HOURS * 3600
    with connection:
        connection.execute("DELETE FROM sessions WHERE until <= ?", (time.time(),))
        connection.execute(
            "INSERT INTO sessions (digest, account, until) VALUES (?, ?, ?)", (digest(token), row["id"], until)
        )
    return Session(token=token, seconds=_HOURS * 3600)


@router.get("/me")
def me(name: CurrentAccount) -> Account:
    """Who asks."""
    return Account(name=name)


@router.delete("/me", status_code=204)
def leave(name: CurrentAccount, connection: Database) -> None:
    """Remove the account of who asks, and sign it out everywhere."""
    with connection:
        connection.execute("DELETE FROM accounts WHERE name = ?", (name,))
