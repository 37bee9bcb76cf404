"""Every check finds what is wrong and passes what is right, by each backend; where it cannot run, it says so.

All examples of a backend are judged at once, in forks of one sandbox; each test then looks at one result.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from slipway.checks import Check, Means, Regressions, gate, run_checks
from slipway.checks.gate import NAMES
from slipway.checks.sessions import forked
from slipway.config import Pack, SandboxSettings, load_settings
from slipway.sandboxes import ANALYSIS, BASICS, NODE, FileContent, Sandbox, Sandboxes, open_sandboxes
from slipway.sandboxes.opening import Layers, limits_of
from slipway.state import CheckReport

pytestmark = pytest.mark.timeout(900)  # tools and images are made once, which takes minutes

Files = Mapping[str, str]

RIGHT: Files = {
    "requirements.txt": "flask==3.0.0\n",
    "shop/__init__.py": "",
    "shop/__main__.py": "import sys\n\nfrom .prices import total\n\nprint(total([float(n) for n in sys.argv[2:]]))\n",
    "shop/prices.py": "def total(prices):\n    return round(sum(prices), 2)\n",
    "tests/test_prices.py": "from shop.prices import total\n\n\n"
    "def test_c1_total():\n    assert total([1.5, 2]) == 3.5\n",
    "tests/test_main.py": "import subprocess\nimport sys\n\n\n"
    "def test_c1_it_starts():\n    subprocess.run([sys.executable, '-m', 'shop', 'sum', '1'], check=True)\n",
    "server.py": "import http.server as h, os\n\n"
    "h.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), h.SimpleHTTPRequestHandler).serve_forever()\n",
    "package.json": '{"type": "module", "devDependencies": {"vite": "^6.4.0", "vitest": "^3.2.0"}}\n',
    "index.html": '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Shop</title></head>\n'
    '<body><main><h1>Shop</h1>\n<button>Add</button>\n<p id="sum">0</p>\n</main>\n'
    '<script type="module" src="/src/main.js"></script></body></html>\n',
    "src/main.js": 'const sum = document.querySelector("#sum");\n'
    'document.querySelector("button").addEventListener("click", () => {\n  sum.textContent = "Sum: 1";\n});\n',
    "src/rates.ts": "export const gross = (net: number): number => net * 2;\n",
    "src/rates.test.ts": 'import { expect, test } from "vitest";\nimport { gross } from "./rates";\n'
    'test("c2 gross", () => {\n  expect(gross(1)).toBe(2);\n});\n',
    "scenarios/add.yaml": "criterion: C3\nname: adds\nopen: /\nsteps:\n  - click: Add\n  - expect: {text: 'Sum: 1'}\n",
}
"""A small shop that is right in every way."""
NO_EXIT = "id: no-exit\nlanguage: python\nseverity: error\nmessage: m\nnote: n\nrule: {pattern: exit($$$)}\n"
PACK = Pack.model_validate({
    "name": "shop", "version": 1, "summary": "s", "languages": ["python", "typescript", "javascript", "html"],
    "dependencies": {"python": {"allowed": [{"name": "flask"}]},
                     "node": {"allowed": [{"name": "vite"}, {"name": "vitest"}]}},
    "service": True, "commands": {"start": "python server.py"},
    "rules": [{"id": "no-exit", "language": "python", "severity": "error", "message": "m", "note": "n",
               "text": NO_EXIT}],
    "instructions": "i", "template": {}, "passing": (), "failing": (), "digest": "d",
})  # fmt: skip
"""What it follows."""
KNOWN = {"id": "PY-1", "summary": "s", "affected": [{
    "package": {"ecosystem": "PyPI", "name": "flask"},
    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.0.0"}]}],
}]}  # fmt: skip
"""What is known of its dependencies."""

Spot = tuple[str | None, int | None, str | None]
"""File, line and rule of a finding."""
IN_TIME = r"it took longer than the 0\.01 s that it may take"
NO_SCAN = r"{} is not in the sandbox; its layer `analysis` has it"
NO_NODE = r"the sandbox (has no Node\.js: install|lacks the tools for Node\.js \().*"


@dataclass(frozen=True)
class Example:
    """What one check says."""

    wrong: Files
    """Files that are put over those of `RIGHT`, which it passes."""
    found: Sequence[Spot]
    """All errors that it finds then; of a check that only advises, all warnings."""
    not_run: str
    """The reason that it gives where there are no tools; `IN_TIME`: it needs Python alone, and gets no time."""


EXAMPLES: Mapping[str, Example] = {
    "syntax": Example({"shop/prices.py": "\ndef total(:\n"}, [("shop/prices.py", 2, None)], IN_TIME),
    "lint": Example(
        {"shop/prices.py": "def total(prices):\n    return sum(price)\n"}, [("shop/prices.py", 2, "F821")],
        "ruff is not in the sandbox; its toolchain has it",
    ),
    "placeholders": Example(
        {"shop/prices.py": "def total(prices):\n    pass\n"}, [("shop/prices.py", 1, "empty-body")], IN_TIME
    ),
    "types": Example(
        {"shop/prices.py": "def total(prices):\n    return 'sum'.uper()\n"}, [("shop/prices.py", 2, "attr-defined")],
        NO_SCAN.format("mypy"),
    ),
    "imports": Example(
        {"shop/prices.py": "import shop.costs\n"}, [("shop/prices.py", 1, "shop/prices.py")], IN_TIME
    ),
    "tests": Example(
        {"shop/prices.py": "def total(prices):\n    return 0\n"},
        [("tests/test_prices.py", 4, "tests/test_prices.py::test_c1_total")],
        "pytest is not in the sandbox; its toolchain has it",
    ),
    "coverage": Example(
        {"shop/prices.py": "def total(prices):\n    if not prices:\n        print('none')\n        print('at all')\n"
                           "        return 0\n    return round(sum(prices), 2)\n"},
        [("shop/prices.py", 3, "uncovered")], NO_SCAN.format("coverage"),
    ),
    "entry": Example(
        {"shop/__main__.py": "import sys\n\nprint(sys.argv[9])\n"},
        [("shop/__main__.py", 3, "shop/__main__.py")], IN_TIME,
    ),
    "bandit": Example(
        {"shop/prices.py": "import subprocess\n\nsubprocess.run(input(), shell=True)\n"},
        [("shop/prices.py", 3, "B602")], NO_SCAN.format("bandit"),
    ),
    "semgrep": Example(
        {"shop/prices.py": "def total(prices):\n    return eval(prices)\n"},
        [("shop/prices.py", 2, "code-from-text")], NO_SCAN.format("semgrep"),
    ),
    "secrets": Example(
        {"shop/prices.py": 'password = "hunter2' + 'Xq9bread"\n'}, [("shop/prices.py", 1, "named-secret")],
        NO_SCAN.format("detect_secrets"),
    ),
    "audit": Example(
        {"requirements.txt": "flask==2.0.0\n"}, [("requirements.txt", 1, "PY-1")],
        "no advisory database can be reached from here; .*",
    ),
    "conventions": Example(
        {"shop/prices.py": "def total(prices):\n    exit(1)\n"}, [("shop/prices.py", 2, "no-exit")],
        "ast-grep is not in the sandbox; its toolchain has it",
    ),
    "js-syntax": Example({"src/main.js": "let = ;\n"}, [("src/main.js", 1, None)], NO_NODE),
    "eslint": Example({"src/main.js": "\nsum(1);\n"}, [("src/main.js", 2, "no-undef")], NO_NODE),
    "typescript": Example(
        {"src/rates.ts": 'export const gross = (net: number): number => net + "2";\n'},
        [("src/rates.ts", 1, "TS2322")], NO_NODE,
    ),
    "js-tests": Example(
        {"src/rates.ts": "export const gross = (net: number): number => net;\n"},
        [("src/rates.test.ts", 3, "src/rates.test.ts::test_c2_gross")], NO_NODE,
    ),
    "build": Example({"src/main.js": 'import "./gone.js";\n'}, [("src/main.js", None, None)], NO_NODE),
    "starts": Example(
        {"server.py": "import os\n\nport = int(os.environ['DOOR'])\n"}, [("server.py", 3, "start")], IN_TIME
    ),
    "browser": Example(
        {"src/main.js": "\ndocument.querySelector('#gone').remove();\n"},
        [("src/main.js", 2, "exception"), ("scenarios/add.yaml", 6, "scenarios/add.yaml::test_c3_adds")],
        "(there is no browser in the sandbox|the sandbox lacks what drives a browser).*",
    ),
    "regressions": Example(
        {"shop/prices.py": "def total(prices):\n    return 0\n", "tests/test_prices.py": ""},
        [("tests/test_prices.py", None, "tests/test_prices.py::test_c1_total")],
        "pytest is not in the sandbox; its toolchain has it",
    ),
}  # fmt: skip


ADVICE = ("coverage",)
"""Checks that never fail."""


class Hurried:
    """A check that gets no time."""

    seconds = 0.01

    def __init__(self, check: Check) -> None:
        self.name, self.blocking, self.needs = check.name, check.blocking, check.needs
        self.inputs, self.run = check.inputs, check.run


@dataclass(frozen=True)
class Said:
    """What each check said by one backend, by its name."""

    right: Mapping[str, CheckReport]
    wrong: Mapping[str, CheckReport]
    unable: Mapping[str, CheckReport]
    """Of `RIGHT`, where it lacks what it needs."""


def checks(browser: Callable[[], Awaitable[Sandbox]], advisories: Path | None) -> dict[str, Check]:
    """Every check, by its name."""
    tests = "tests/test_prices.py"
    before = Regressions({tests: FileContent(RIGHT[tests].encode())}, [f"{tests}::test_c1_total"])
    return {check.name: check for check in (*gate(PACK, Means(browser, advisories=advisories)), before)}


async def judge(equipped: Sandbox, bare: Sandboxes, browser: Sandboxes, advisories: Path) -> Said:
    """Every example, a few at a time."""
    able, unable = checks(browser.open, advisories), checks(bare.open, None)
    late = [Hurried(unable[name]) if each.not_run == IN_TIME else unable[name] for name, each in EXAMPLES.items()]
    room = asyncio.Semaphore(3)

    async def judged(sandbox: Sandbox, files: Files, some: Sequence[Check]) -> dict[str, CheckReport]:
        async with room, forked(sandbox) as fork:
            await fork.write({path: FileContent(text.encode()) for path, text in files.items()})
            report = await run_checks(some, fork, "v")
        return {each.check: CheckReport(version="v", results=(each,)) for each in report.results}

    without = await bare.open()
    try:
        right, lacking, *wrong = await asyncio.gather(
            judged(equipped, RIGHT, list(able.values())),
            judged(without, RIGHT, late),
            *(judged(equipped, {**RIGHT, **each.wrong}, [able[name]]) for name, each in EXAMPLES.items()),
        )
    finally:
        await without.close()
    return Said(right, {name: report for each in wrong for name, report in each.items()}, lacking)


async def node_tools(cache_dir: Path) -> Layers:
    settings = load_settings(["sandbox.backend=bubblewrap"]).sandbox
    async with open_sandboxes(settings, cache_dir, tools=(NODE,), ahead=0) as sandboxes:
        assert sandboxes.missing == {}
        return sandboxes.layers


def node_itself(folder: Path) -> Layers:
    """This machine's Node.js, for a container: an image with Debian's takes two minutes to make."""
    program = shutil.which("node")
    assert program is not None, "no node: install nodejs and npm"
    (folder / "bin").mkdir(parents=True)
    shutil.copy(os.path.realpath(program), folder / "bin" / "node")
    return ((folder, "/usr/local"),)


async def judged_by(settings: SandboxSettings, cache_dir: Path, more: Layers, advisories: Path) -> Said:
    """What is said in sandboxes that are made as `settings` say, and have `more` besides Python's tools."""
    async with open_sandboxes(settings, cache_dir, tools=(), ahead=0) as bare:
        layers = [await bare.backend.layer(cache_dir, toolset) for toolset in (BASICS, ANALYSIS)]
        equipped = await (await bare.backend.launcher(limits_of(settings), (*layers, *more))).open()
        try:
            return await judge(equipped, bare, await bare.browsing(), advisories)
        finally:
            await equipped.close()


@pytest.fixture(scope="module", params=["bubblewrap", "docker"])
def said(request: pytest.FixtureRequest, cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Made before a test begins, since a test reaches no registry."""
    folder = tmp_path_factory.mktemp("said")
    (folder / "known.json").write_text(json.dumps(KNOWN))
    overrides = [f"sandbox.backend={request.param}"]
    more = asyncio.run(node_tools(cache_dir))
    if request.param == "docker":
        overrides += [f"sandbox.docker_host={request.getfixturevalue('browser_host')}"]
        more += node_itself(folder / "node-of-this-machine")
    settings = load_settings(overrides).sandbox
    return asyncio.run(judged_by(settings, cache_dir, more, folder / "known.json"))


def test_there_are_examples_for_every_check() -> None:
    """One that is added to the gate needs them too; and the gate has no check that it does not name."""
    assert EXAMPLES.keys() == {*NAMES, "regressions"}
    assert {check.name for check in gate(PACK)} == set(NAMES)
    assert [name for name, each in EXAMPLES.items() if not (each.wrong and each.found and each.not_run)] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_right_passes(said: Said, name: str) -> None:
    [result] = said.right[name].results
    assert (result.status, result.reason, result.findings) == ("passed", "", ())


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_wrong_is_found_where_it_is(said: Said, name: str) -> None:
    report = said.wrong[name]
    [result] = report.results
    advice = name in ADVICE
    severity = "warning" if advice else "error"
    found = [(each.file, each.line, each.rule) for each in result.findings if each.severity == severity]
    assert (result.status, report.green) == ("passed" if advice else "failed", False)
    assert found == EXAMPLES[name].found


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_check_that_cannot_run_says_so_and_is_no_pass(said: Said, name: str) -> None:
    report = said.unable[name]
    [result] = report.results
    assert (result.status, report.green) == ("not_run", False)
    assert re.fullmatch(EXAMPLES[name].not_run, result.reason), result.reason
    told = [f"did not run: {result.reason}"] if result.blocking else []
    assert [each.message for each in report.findings] == told
