"""How tests are shared out to the workers of `pytest -n`: a file stays whole, and one worker has the Docker Engine."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before the workers are told what there is."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_share(item)))


def _share(item: pytest.Item) -> str:
    # A fixture may only ask for the Engine where its parameter says so, which stands in the test's name.
    engine = "docker_daemon" in getattr(item, "fixturenames", ()) or "docker" in item.name.partition("[")[2]
    return "docker" if engine else str(item.path.relative_to(item.config.rootpath))
