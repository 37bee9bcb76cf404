"""An npm project can name git, folders and addresses in many places; each would pass the gate unseen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from slipway.sandboxes.dependencies import DependenciesRefused
from slipway.sandboxes.dependencies.gate import Pinned
from slipway.sandboxes.dependencies.node_locks import NodeProject, read_package_json, read_package_lock

SHA = "sha512-" + "A" * 86 + "=="


def test_what_decides_is_kept_and_nothing_else() -> None:
    text = json.dumps({
        "name": "x", "scripts": {"preinstall": "evil"}, "config": {"registry": "evil"},
        "dependencies": {"react": "^18", "mine": "npm:@scope/real@1.x"}, "devDependencies": {"vite": "latest"},
    })  # fmt: skip
    kept = {
        "dependencies": {"react": "^18", "mine": "npm:@scope/real@1.x"},
        "devDependencies": {"vite": "latest"},
        "name": "x",
    }
    assert read_package_json(text) == NodeProject(
        json.dumps(kept, indent=2, sort_keys=True), frozenset({"react", "@scope/real", "vite"})
    )


@pytest.mark.parametrize(
    "spec",
    [
        "git+https://evil.example/a.git", "github:user/a", "user/a", "file:../a", "https://evil.example/a.tgz",
        "link:..",
        "workspace:*", "npm:a@https://evil.example/a.tgz", "npm:a@npm:b", "./a", "git@evil.example:a", None, {"a": 1},
    ],
)  # fmt: skip
def test_specifications_that_are_no_version(spec: object) -> None:
    with pytest.raises(DependenciesRefused) as caught:
        read_package_json(json.dumps({"optionalDependencies": {"a": spec}}))
    assert "only versions of the registry are taken" in str(caught.value)


@pytest.mark.parametrize(
    ("project", "reason"),
    [
        ({"workspaces": ["a"]}, "package.json has workspaces"),
        ({"overrides": {"a": {"b": "git+https://evil"}}}, "package.json overrides packages by addresses"),
        ({"dependencies": ["a"]}, "'dependencies' of package.json must be an object"),
        ([], "package.json is not a JSON object"),
    ],
)
def test_projects_that_are_refused(project: object, reason: str) -> None:
    with pytest.raises(DependenciesRefused) as caught:
        read_package_json(json.dumps(project))
    assert str(caught.value).startswith(reason)


def lock(**packages: Any) -> str:
    return json.dumps({"lockfileVersion": 3, "packages": {"": {"name": "x"}, **packages}})


def test_every_package_of_a_lock_is_found() -> None:
    text = lock(**{
        "node_modules/a": {"version": "1.0.0", "integrity": SHA, "resolved": "https://r.example/npm/a/-/a-1.0.0.tgz"},
        "node_modules/a/node_modules/@s/b": {"version": "2.0.0", "integrity": SHA},
        "node_modules/alias": {"name": "real", "version": "1.0.0", "integrity": SHA},
        "node_modules/a/node_modules/bundled": {"version": "1.0.0", "inBundle": True},
    })  # fmt: skip
    assert read_package_lock(text) == [
        Pinned("a", "1.0.0", frozenset({SHA})),
        Pinned("@s/b", "2.0.0", frozenset({SHA})),
        Pinned("real", "1.0.0", frozenset({SHA})),
    ]


@pytest.mark.parametrize(
    ("place", "entry", "reason"),
    [
        ("node_modules/a", {"version": "1.0.0"}, "has no version and hash (integrity) for 'node_modules/a'"),
        ("node_modules/a", {"version": "1.0.0", "integrity": "md5-x"}, "has an odd hash (integrity) for"),
        ("node_modules/a", {"resolved": "local", "link": True}, "links 'node_modules/a' to a folder"),
        ("packages/a", {"version": "1.0.0", "integrity": SHA}, "links 'packages/a' to a folder"),
        (
            "node_modules/a",
            {"version": "1.0.0", "integrity": SHA, "resolved": "git+ssh://evil.example/a.git#1"},
            "takes 'a' from 'git+ssh://evil.example/a.git#1'",
        ),
        (
            "node_modules/a",
            {"version": "1.0.0", "integrity": SHA, "resolved": "https://r.example/evil/-/evil-1.0.0.tgz"},
            "takes 'a' from 'https://r.example/evil/-/evil-1.0.0.tgz'",
        ),
        (
            "node_modules/a",
            {"version": "1.0.0", "integrity": SHA, "resolved": "https://r.example/a/-/../../b/-/b.tgz"},
            "takes 'a' from",
        ),
        ("node_modules/a", {"version": "1.0.0", "integrity": SHA, "resolved": "file:a.tgz"}, "takes 'a' from"),
    ],
)
def test_entries_that_are_refused(place: str, entry: Any, reason: str) -> None:
    with pytest.raises(DependenciesRefused) as caught:
        read_package_lock(lock(**{place: entry}))
    assert str(caught.value).startswith(f"package-lock.json {reason}")


@pytest.mark.parametrize("text", ["", "[]", '{"lockfileVersion": 1, "dependencies": {}}', '{"packages": {}}'])
def test_locks_that_cannot_be_read(text: str) -> None:
    with pytest.raises(DependenciesRefused, match=r"package-lock.json is not"):
        read_package_lock(text)
