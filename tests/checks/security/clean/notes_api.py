"""Notes over HTTP."""

import hmac
import os
import sqlite3
from typing import Annotated, Optional

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database: str = "notes.db"
    api_key: str
    token_url: str = "/auth/token"
    origins: list[str] = []


settings = Settings()
app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=settings.origins, allow_methods=["GET", "POST"])


class NoteIn(BaseModel):
    title: str = Field(..., min_length=1)
    body: Optional[str] = Field(None, alias="text")


def database():
    connection = sqlite3.connect(settings.database)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


Db = Annotated[sqlite3.Connection, Depends(database)]


def require_key(x_api_key: str = Header(...)) -> None:
    if not hmac.compare_digest(x_api_key, settings.api_key):
        raise HTTPException(401, "wrong key")


@app.get("/notes")
def read_notes(db: Db, q: str | None = None, sort: str = "id", limit: int = 20):
    if sort not in ("id", "title"):
        raise HTTPException(422, "sort by id or title")
    where, values = "", []
    if q:
        where = " WHERE title LIKE ?"
        values.append(f"%{q}%")
    rows = db.execute(f"SELECT * FROM notes{where} ORDER BY {sort} LIMIT {limit}", values)
    return [dict(row) for row in rows]


@app.post("/notes", status_code=201, dependencies=[Depends(require_key)])
def create_note(note: NoteIn, db: Db):
    made = db.execute("INSERT INTO notes (title, body) VALUES (?, ?)", (note.title, note.body))
    return {"id": made.lastrowid, **note.model_dump()}


if __name__ == "__main__":
    uvicorn.run(app, host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "8000")))
