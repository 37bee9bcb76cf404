"""More routes."""

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends

from app.database import database

router = APIRouter(prefix="/more")


@router.delete("/{name}", status_code=204)
def delete(name: str, connection: Annotated[sqlite3.Connection, Depends(database)]) -> None:
    with connection:
        connection.execute("DELETE FROM items WHERE name = ?", (name,))
