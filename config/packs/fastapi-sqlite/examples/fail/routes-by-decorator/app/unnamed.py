"""More routes."""

from app.main import create_app


def remove(name: str) -> None:
    raise KeyError(name)


create_app().delete("/{name}", status_code=204)(remove)
