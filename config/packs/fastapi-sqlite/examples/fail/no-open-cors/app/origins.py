"""For pages of other origins."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware


def open_for_all(app: FastAPI) -> None:
    app.add_middleware(CORSMiddleware, allow_origins=["*"])
