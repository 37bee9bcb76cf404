"""More routes."""

from fastapi import APIRouter


router = APIRouter(prefix="/more")


def remove(name: str) -> None:
    raise KeyError(name)


getattr(router, "delete")("/{name}", status_code=204)(remove)
