"""What the gate knows comes from pages that mirrors write in several ways; an age that is misread lets anything in."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from slipway.sandboxes import SandboxUnavailable
from slipway.sandboxes.dependencies.cached import Cached
from slipway.sandboxes.dependencies.projects import File, NodeProjects, Project, PythonProjects, Release, is_node_name
from slipway.sandboxes.dependencies.registries import Registry


def days(project: Project | None) -> dict[str, float | None]:
    assert project is not None
    ages = {version: release.uploaded for version, release in project.releases.items()}
    return {version: None if at is None else round((time.time() - at) / 86400) for version, at in ages.items()}


def python(registry, *more: str) -> PythonProjects:
    return PythonProjects(Registry((f"{registry.url}/simple", *more)))


async def test_an_index_that_tells_times(registry) -> None:
    registry.add_wheel("hull", "1.0", days=100)
    digest = registry.add_wheel("hull", "2.0", days=5)
    registry.add_file("hull", "hull-2.0.tar.gz", b"x", 7)
    registry.add_file("hull", "hull-3.0.exe", b"x", 1)
    found = await python(registry).find("hull")
    assert days(found) == {"1.0": 100, "2.0": 5}
    assert found is not None
    assert (found.name, found.sources) == ("hull", (f"{registry.url}/simple",))
    assert found.born == found.releases["1.0"].uploaded
    newest = found.releases["2.0"].files[0]
    assert (newest.url, newest.digest, newest.wheel) == (
        f"{registry.url}/files/hull-2.0-py3-none-any.whl", digest, True,
    )  # fmt: skip
    assert await python(registry).find("nothing") is None


async def test_an_old_version_is_as_old_as_its_newest_file(registry) -> None:
    """Who takes over a package can add a file to a version that everybody trusts."""
    registry.add_wheel("hull", "1.0", days=400)
    registry.add_file("hull", "hull-1.0-cp311-cp311-manylinux1_x86_64.whl", b"x", 1)
    assert days(await python(registry).find("hull")) == {"1.0": 1}


PAGE = (
    b'<a href="../../files/hull-1.0-py3-none-any.whl#sha256=aa">a</a>'
    b'<a href="/files/hull-2.0.tar.gz" data-yanked="bad">b</a><a>c</a>'
)


async def test_a_mirror_of_plain_pages_with_the_json_api_beside_it(registry) -> None:
    registry.pages["/simple/hull/"] = ("text/html", PAGE)
    told = {"releases": {"1.0": [
        {"filename": "hull-1.0-py3-none-any.whl", "upload_time_iso_8601": "2020-01-02T00:00:00.000000Z"},
    ]}}  # fmt: skip
    registry.pages["/pypi/hull/json"] = ("application/json", json.dumps(told).encode())
    assert await python(registry).find("hull") == Project(
        "hull",
        {
            "1.0": Release(
                (File(f"{registry.url}/files/hull-1.0-py3-none-any.whl", "sha256:aa", 1577923200.0, wheel=True),)
            ),
            "2.0": Release((File(f"{registry.url}/files/hull-2.0.tar.gz", "", None),), withdrawn=True),
        },
        (f"{registry.url}/simple",),
    )


async def test_a_mirror_of_plain_pages_tells_no_age(registry) -> None:
    registry.pages["/simple/hull/"] = ("text/html", PAGE)
    found = await python(registry).find("hull")
    assert days(found) == {"1.0": None, "2.0": None}
    assert found is not None
    assert found.born is None


async def test_a_package_in_two_indexes_is_known_to_be_in_both(registry) -> None:
    registry.add_wheel("hull", "1.0")
    registry.pages["/more/hull/"] = ("text/html", b'<a href="hull-9.0-py3-none-any.whl">a</a>')
    found = await python(registry, f"{registry.url}/more").find("hull")
    assert found is not None
    assert (sorted(found.releases), found.sources) == (
        ["1.0", "9.0"], (f"{registry.url}/simple", f"{registry.url}/more"),
    )  # fmt: skip


async def test_an_npm_registry_and_that_of_a_scope(registry) -> None:
    integrity = registry.add_npm("@corp/hull", "1.2.0", {}, {}, days=50)
    projects = NodeProjects(Registry((f"{registry.url}/elsewhere",), {"@corp": f"{registry.url}/npm"}))
    found = await projects.find("@corp/hull")
    assert days(found) == {"1.2.0": 50}
    assert found is not None
    (file,) = found.releases["1.2.0"].files
    assert (file.url, file.digest) == (f"{registry.url}/npm/@corp/hull/-/hull-1.2.0.tgz", integrity)
    assert await projects.find("hull") is None
    assert registry.asked == ["/npm/@corp%2Fhull", "/elsewhere/hull"]


async def test_what_is_no_registry_is_told(registry) -> None:
    registry.pages["/npm/hull"] = ("application/json", b"[]")
    with pytest.raises(SandboxUnavailable, match="is no page of a package registry"):
        await NodeProjects(Registry((f"{registry.url}/npm",))).find("hull")
    with pytest.raises(SandboxUnavailable, match="cannot be reached"):
        await NodeProjects(Registry(("http://127.0.0.1:1",))).find("hull")


async def test_a_page_is_asked_for_once_while_it_is_remembered(registry, tmp_path: Path) -> None:
    registry.add_wheel("hull", "1.0")
    cached = Cached(python(registry), tmp_path)
    first = await cached.find("hull")
    assert await Cached(python(registry), tmp_path).find("hull") == first
    assert registry.asked == ["/simple/hull/"]
    assert await Cached(python(registry), tmp_path, seconds=0).find("hull") == first
    assert await cached.find("nothing") is None
    assert await cached.find("nothing") is None
    assert registry.asked == ["/simple/hull/"] * 2 + ["/simple/nothing/"] * 2


def test_names_of_npm_packages() -> None:
    good = ["react", "@types/node", "lodash.merge", "a~b", "3d"]
    bad = ["React", "@types", "@/a", "a/b", "../a", "a b", "", ".a", "_a", "ü", "@a/b/c", "a" * 215, "a\n"]
    assert [name for name in [*good, *bad] if is_node_name(name)] == good
