"""The gate in front of everything that is installed: its refusals are what a model reads and acts on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from slipway.config.settings import InstallSettings
from slipway.sandboxes.dependencies import DependenciesRefused
from slipway.sandboxes.dependencies.gate import Gate, Pinned
from slipway.sandboxes.dependencies.projects import NodeProjects, PythonProjects
from slipway.sandboxes.dependencies.registries import Registry
from slipway.sandboxes.dependencies.requirements import read_requirements

Settings = Callable[..., InstallSettings]


@pytest.fixture
def gate(registry, install_settings: Settings):
    """A gate for the registry, with changed settings."""

    def make(**changes: object) -> Gate:
        return Gate("python", PythonProjects(Registry((f"{registry.url}/simple",))), install_settings(**changes))

    return make


async def refusals(gate: Gate, text: str) -> tuple[str, ...]:
    with pytest.raises(DependenciesRefused) as caught:
        await gate.requirements(read_requirements(text))
    return caught.value.reasons


async def test_what_is_fine_passes(registry, gate) -> None:
    registry.add_wheel("hull", "1.0", days=100)
    registry.add_wheel("hull", "2.0", days=10)
    registry.add_wheel("hull", "3.0", days=1)
    admitted = await gate().requirements(read_requirements("hull"))
    assert (list(admitted.projects), sorted(admitted.projects["hull"].releases)) == (["hull"], ["1.0", "2.0", "3.0"])
    assert f"{registry.url}/files/hull-2.0-py3-none-any.whl" in admitted.urls()


async def test_every_reason_is_one_sentence_that_says_what_to_do(registry, gate) -> None:
    registry.add_wheel("hull", "1.0", days=100)
    registry.add_wheel("hull", "2.0", days=1)
    registry.add_wheel("fresh-paint", "1.0", days=5)
    found = await refusals(
        gate(deny=["python:tar"]), "reqeusts\ntar\njson\nhulll-of-a-ship\nfresh-paint\nsqlalchemyy-orm"
    )
    assert sorted(found) == [
        "'json' is a part of Python's standard library; import it without installing anything",
        "'reqeusts' looks like 'requests': it is one letter away; ask for 'requests' if that was meant, else have a "
        "person add it to sandbox.install.allow",
        "'tar' is not allowed here (sandbox.install.deny); do without it",
        "the package 'fresh-paint' is 5.0 days old, and must be at least 30; take one that is known for longer",
        "there is no package 'hulll-of-a-ship' in the registry; check its name, or do without it",
        "there is no package 'sqlalchemyy-orm' in the registry; check its name, or do without it",
    ]
    assert await refusals(gate(), "hull>=2") == (
        "hull 2.0 is 1.0 days old, and must be at least 3; take one that is known for longer, such as hull==1.0",
    )
    assert await refusals(gate(), "hull>=3") == ("no version of 'hull' fits '>=3'; the newest is 2.0",)
    assert await refusals(gate(), "flask-sqlalchemi-utils-x") == (
        "there is no package 'flask-sqlalchemi-utils-x' in the registry; check its name, or do without it",
    )


async def test_a_name_that_does_not_exist_comes_with_the_one_that_may_be_meant(gate) -> None:
    assert await refusals(gate(), "opencv-py-headless") == (
        "there is no package 'opencv-py-headless' in the registry; did you mean 'opencv-python-headless'?",
    )


async def test_nothing_is_asked_of_a_registry_for_a_name_that_is_refused(registry, gate) -> None:
    await refusals(gate(), "reqeusts")
    assert registry.asked == []


async def test_who_is_allowed_needs_no_age(registry, gate) -> None:
    registry.add_wheel("requestz", "1.0", days=0)
    admitted = await gate(allow=["python:Requestz"]).requirements(read_requirements("requestz"))
    assert list(admitted.projects) == ["requestz"]
    assert await refusals(gate(allow=["node:requestz"]), "requestz")
    assert await refusals(gate(allow=["requestz"], deny=["requestz"]), "requestz") == (
        "'requestz' is not allowed here (sandbox.install.deny); do without it",
    )


async def test_an_age_that_is_not_told_is_refused_unless_a_setting_says_otherwise(registry, gate) -> None:
    registry.add_wheel("hull", "1.0", days=None)
    assert await refusals(gate(), "hull") == (
        "the registry does not tell how old the package 'hull' is; have a person add it to sandbox.install.allow, or "
        "set sandbox.install.unknown_age=allow",
    )
    assert await gate(unknown_age="allow").requirements(read_requirements("hull"))


async def test_the_hash_of_a_lock_must_be_that_of_a_file(registry, gate) -> None:
    digest = registry.add_wheel("hull", "1.0")
    assert await gate().requirements(read_requirements(f"hull==1.0 --hash={digest}"))
    assert await refusals(gate(), f"hull==1.0 --hash=sha256:{'0' * 64}") == (
        "the hash that the lock has for hull 1.0 is of none of the files in the registry; make the lock again",
    )


async def test_what_others_depend_on_is_judged_by_age_not_by_name(registry, gate) -> None:
    """Its name was chosen by the author of a package, not by a model from memory."""
    registry.add_wheel("requestz", "1.0", days=100)
    registry.add_wheel("requestz", "1.1", days=1)
    await gate().versions([Pinned("requestz", "1.0")])
    with pytest.raises(DependenciesRefused) as caught:
        await gate(deny=["tar"]).versions([Pinned("requestz", "1.1"), Pinned("requestz", "9.9")])
    assert caught.value.reasons == (
        "requestz 1.1 is 1.0 days old, and must be at least 3; take one that is known for longer",
        "there is no version 9.9 of 'requestz'; the newest is 1.1",
    )
    with pytest.raises(DependenciesRefused, match="not allowed here"):
        await gate(deny=["tar"]).known(["tar"])


async def test_a_package_in_two_indexes_is_whose(registry, install_settings: Settings) -> None:
    """Dependency confusion: a public package of the name of a private one, in a higher version."""
    registry.add_wheel("hull", "1.0")
    registry.pages["/more/hull/"] = registry.pages["/simple/hull/"]
    both = PythonProjects(Registry((f"{registry.url}/simple", f"{registry.url}/more")))
    assert await refusals(Gate("python", both, install_settings()), "hull") == (
        f"'hull' is in several indexes ({registry.url}/simple, {registry.url}/more), so it is not sure whose it is; "
        "have a person add it to sandbox.install.allow",
    )


async def test_npm_packages_pass_the_same_gate(registry, install_settings: Settings) -> None:
    integrity = registry.add_npm("@corp/hull", "1.0.0", {}, {})
    registry.add_npm("@corp/hull", "1.1.0", {}, {}, days=1)
    gate = Gate("node", NodeProjects(Registry((f"{registry.url}/npm",))), install_settings())
    await gate.names(["@corp/hull"])
    await gate.versions([Pinned("@corp/hull", "1.0.0", frozenset({integrity}))])
    with pytest.raises(DependenciesRefused) as caught:
        await gate.names(["expres", "Hull", "@corp/none"])
    assert sorted(caught.value.reasons) == [
        "'Hull' is not a name that an npm package can have",
        "'expres' looks like 'express': it is one letter away; ask for 'express' if that was meant, else have a person "
        "add it to sandbox.install.allow",
        "there is no package '@corp/none' in the registry; check its name, or do without it",
    ]
    with pytest.raises(DependenciesRefused) as caught:
        await gate.versions([
            Pinned("@corp/hull", "1.0.0", frozenset({"sha512-" + "A" * 86 + "=="})), Pinned("@corp/hull", "1.1.0"),
        ])  # fmt: skip
    assert caught.value.reasons == (
        "the hash that the lock has for @corp/hull 1.0.0 is of none of the files in the registry; make the lock again",
        "@corp/hull 1.1.0 is 1.0 days old, and must be at least 3; take one that is known for longer",
    )
