"""More routes."""

from fastapi import APIRouter


router = APIRouter(prefix="/more")


def remove(name: str) -> None:
    raise KeyError(name)


router.add_api_route("/{name}", remove, methods=["DELETE"], status_code=204)
