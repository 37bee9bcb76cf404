"""More routes."""

from fastapi import APIRouter


router = APIRouter(prefix="/more")


def remove(name: str) -> None:
    raise KeyError(name)


OPTIONS = {"methods": ["DELETE"]}


@router.api_route("/{name}", **OPTIONS)
def remove_it(name: str) -> None:
    remove(name)
