"""More routes."""

from fastapi import APIRouter


router = APIRouter(prefix="/more")


def remove(name: str) -> None:
    raise KeyError(name)


removes = router.delete


@removes("/{name}", status_code=204)
def remove_it(name: str) -> None:
    remove(name)
