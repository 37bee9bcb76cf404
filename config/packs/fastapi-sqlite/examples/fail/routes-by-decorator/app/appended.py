"""More routes."""

from fastapi import APIRouter


router = APIRouter(prefix="/more")


def remove(name: str) -> None:
    raise KeyError(name)


router.routes.append(APIRouter().routes[0])
