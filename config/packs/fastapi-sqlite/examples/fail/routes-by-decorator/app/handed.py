"""More routes."""

from fastapi import FastAPI


def remove(name: str) -> None:
    raise KeyError(name)


def add_to(service: FastAPI) -> None:
    service.delete("/{name}", status_code=204)(remove)
