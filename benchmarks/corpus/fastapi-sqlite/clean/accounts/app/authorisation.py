"""Who may do what."""

from __future__ import annotations

import sqlite3
import time
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.database import database
from app.passwords import digest

Database = Annotated[sqlite3.Connection, Depends(database)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


def anyone() -> None:
    """Lets everybody in, on purpose."""


def current_account(connection: Database, credentials: Credentials) -> str:
    """The name of who sends a good token; 401 for everybody else."""
    sent = credentials.credentials if credentials else ""
    row = connection.execute(
        "SELECT name FROM sessions JOIN accounts ON accounts.id = sessions.account WHERE digest = ? AND until > ?",
        (digest(sent), time.time()),
    ).fetchone()
    if row is None:
        raise HTTPException(401, "sign in", {"WWW-Authenticate": "Bearer"})
    return str(row["name"])
