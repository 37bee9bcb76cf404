"""What a project depends on must be told by its files; what hides it is a finding, never passed over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.checks.declared import declares, dependency_findings, known_modules, read_declared
from slipway.config.pack import Head

HEAD = Head.model_validate(
    {
        "name": "p", "version": 1, "summary": "s", "languages": ["python"],
        "dependencies": {
            "python": {
                "allowed": [{"name": "PyYAML", "modules": ["yaml"]}, {"name": "tomli_w"}], "provided": ["pytest"],
            },
            "node": {"allowed": [{"name": "@vitejs/plugin-react"}, {"name": "react"}]},
        },
    }
)  # fmt: skip


def read(path: str, text: str) -> tuple[list[tuple[str, int]], list[tuple[int, str]]]:
    found, unreadable = read_declared({path: text.encode()})
    assert {one.file for one in found} | {one.file for one in unreadable} <= {path}
    return [(one.name, one.line) for one in found], [(one.line, str(one)) for one in unreadable]


PYPROJECT = """[build-system]
requires = ["setuptools>=77"]
[project]
dependencies = [
  "PyYAML>=6",
  "Rich[jupyter]; python_version > '3'",
]
optional-dependencies = { web = ["httpx"] }
[dependency-groups]
dev = ["pytest", { include-group = "docs" }]
docs = []
"""


def test_every_place_of_pyproject_counts() -> None:
    named = [("pyyaml", 5), ("rich", 6), ("httpx", 8), ("pytest", 10), ("setuptools", 2)]
    assert read("pyproject.toml", PYPROJECT) == (named, [])


def test_lines_of_requirements() -> None:
    text = "# all of them\nPyYAML==6.0 \\\n    --hash=sha256:00\n\nhttpx  # web\n-r requirements.txt\n-r more.txt\nx @ https://a.b/x.whl\n./x\n"
    found, unreadable = read("app/requirements-dev.txt", text)
    assert found == [("pyyaml", 2), ("httpx", 5)]
    assert [line for line, _ in unreadable] == [7, 8, 9]
    assert unreadable[1][1].endswith("'x' comes from an address, not by its name")


def test_sections_of_package_json() -> None:
    text = '{"dependencies": {"react": "^19"},\n"devDependencies": {"a": "npm:b@1",\n"c": "user/c", "@d/e": "*"}}'
    assert read("web/package.json", text) == (
        [("react", 1), ("@d/e", 3)],
        [
            (
                2,
                "web/package.json does not tell what the project depends on: 'a' comes from 'npm:b@1', not by its name",
            ),
            (3, "web/package.json does not tell what the project depends on: 'c' comes from 'user/c', not by its name"),
        ],
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", "project = 1\n"),
        ("pyproject.toml", "[project]\ndependencies = 1\n"),
        ("pyproject.toml", '[project]\ndynamic = ["dependencies"]\n'),
        ("pyproject.toml", "[tool.poetry.dependencies]\nx = '1'\n"),
        ("package.json", "[]"),
        ("package.json", '{"dependencies": ["react"]}'),
        ("package.json", "[" * 100_000),
        ("requirements.txt", "a b c\n"),
        ("requirements.txt", " " * 200_000 + "\\ x\n"),
        ("requirements.txt", "a" * 2000 + "\n"),
        ("requirements.txt", "#" * 300_000),
    ],
)
def test_what_cannot_be_read_is_a_finding(path: str, text: str) -> None:
    found, unreadable = read_declared({path: text.encode()})
    [finding] = dependency_findings("conventions", HEAD, found, unreadable)
    assert (found, finding.rule, finding.file) == ([], "dependency-unreadable", path)


@given(st.sampled_from(["pyproject.toml", "package.json", "requirements.txt"]), st.binary(max_size=200))
def test_whatever_a_file_holds_it_is_read_or_named(path: str, data: bytes) -> None:
    """A generated file must not be able to end a run."""
    read_declared({path: data})


def test_what_is_allowed_is_compared_as_its_ecosystem_does() -> None:
    files = {"requirements.txt": b"pyyaml\nTomli.W\nhttpx\n", "package.json": b'{"dependencies": {"React": "1"}}'}
    found, unreadable = read_declared(files)
    findings = dependency_findings("conventions", HEAD, found, unreadable)
    assert [(each.file, each.line, each.message, each.hint) for each in findings] == [
        ("requirements.txt", 3, "'httpx' is no dependency that the pack p allows",
         "allowed for python: pyyaml, tomli-w; do without it"),
        ("package.json", 1, "'React' is no dependency that the pack p allows",
         "allowed for node: @vitejs/plugin-react, react; do without it"),
    ]  # fmt: skip
    assert known_modules(HEAD, "python", found) == ["httpx", "pytest", "tomli_w", "yaml"]
    assert known_modules(HEAD, "node", found) == ["React"]


def test_which_files_are_read() -> None:
    paths = ["pyproject.toml", "a/package.json", "requirements-dev.txt", "a/requirements.txt", "my-requirements.txt"]
    assert [declares(path) for path in paths] == [True, True, True, True, False]
