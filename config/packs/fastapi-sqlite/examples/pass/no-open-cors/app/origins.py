"""For pages of other origins."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware


def open_for(app: FastAPI, origins: list[str]) -> None:
    app.add_middleware(CORSMiddleware, allow_origins=origins, allow_methods=["*"])
