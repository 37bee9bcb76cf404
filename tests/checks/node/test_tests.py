from __future__ import annotations

import pytest

from slipway.checks import criterion_of
from slipway.checks.node import NodeTests, is_node_test_file
from slipway.checks.node.tests import id_of
from slipway.state import CheckResult, TestResult

_CODE = {"package.json": '{"type": "module"}', "src/add.js": "export const add = (a, b) => a + b;\n"}
_VITEST = {
    "vitest.config.js": 'import path from "node:path";\nimport { defineConfig } from "vitest/config";\nexport default'
    ' defineConfig({\n  resolve: { alias: { "@": path.resolve("src") } },'
    ' test: { exclude: ["**/*"], retry: 5 },\n});\n',
    "package.json": '{"type": "module", "devDependencies": {"vitest": "^3.0.0"}}',
    "index.html": "<p>x</p>",
    "src/add.test.ts": 'import { describe, expect, it } from "vitest";\nimport { add } from "@/add.js";\n'
    'describe("sums", () => {\n  it("C1: adds", () => { expect(add(1, 2)).toBe(3); });\n'
    '  it.skip("later", () => {});\n});\n',
    "src/view.spec.jsx": 'test("c2 shows", () => {\n  document.body.innerHTML = "<p>hi</p>";\n'
    '  expect(document.querySelector("p").textContent).toBe("hi");\n});\n',
}
_NODE = {
    "test/add.test.js": 'import test, { describe } from "node:test";\nimport assert from "node:assert/strict";\n'
    'import { add } from "../src/add.js";\ntest("c1 adds", () => assert.equal(add(1, 2), 3));\n'
    'describe("more", () => { test("negative", () => assert.equal(add(1, -2), -1)); });\n',
    "test/old.test.cjs": 'const test = require("node:test");\ntest.skip("later", () => {});\ntest("now", () => {});\n',
}


async def test_tests_of_both_runners_pass(checked) -> None:
    """Tests run whatever the project's settings leave out, and their ids name the criteria that they prove."""
    result = await checked(NodeTests(), {**_CODE, **_VITEST, **_NODE})
    passed = {
        "src/add.test.ts::sums.test_c1_adds": "passed", "src/add.test.ts::sums.later": "skipped",
        "src/view.spec.jsx::test_c2_shows": "passed", "test/add.test.js::test_c1_adds": "passed",
        "test/add.test.js::more.negative": "passed", "test/old.test.cjs::later": "skipped",
        "test/old.test.cjs::now": "passed",
    }  # fmt: skip
    assert result == CheckResult(
        check="js-tests", status="passed", tests=tuple(TestResult(id=name, status=s) for name, s in passed.items())
    )
    assert [criterion_of(name) for name in passed] == ["C1", None, "C2", "C1", None, None, None]


async def test_red_tests_are_told_where_they_are(checked, places) -> None:
    code = {"src/add.js": "export const add = (a, b) => a - b;\n"}
    result = await checked(NodeTests(), {**_CODE, **_VITEST, **_NODE, **code})
    assert (result.status, places(result)) == ("failed", [
        ("src/add.test.ts", 4, "src/add.test.ts::sums.test_c1_adds", "error"),
        ("test/add.test.js", 4, "test/add.test.js::test_c1_adds", "error"),
        ("test/add.test.js", 5, "test/add.test.js::more.negative", "error"),
    ])  # fmt: skip
    assert "expected -1 to be 3" in result.findings[0].message
    assert "AssertionError" in result.findings[1].detail


_LEAVES = {
    "only": 'test.only("a", () => {});\ntest("b", () => { throw new Error("no"); });\n',
    "exit": 'test("a", () => {});\ntest("b", () => { process.exit(0); });\ntest("c", () => { throw new Error(); });\n',
    "thrown": 'test("a", () => {});\nthrow new Error("while it was loaded");\n',
    "none": "console.log(1);\n",
}
_KILLED = 'test("a", () => { process.kill(process.pid, "SIGKILL"); });\n'


@pytest.mark.parametrize("runner", ["vitest", "node:test"])
async def test_what_keeps_tests_from_running_is_no_pass(checked, runner: str) -> None:
    """Some of these end with status 0 and a report that shows nothing red."""
    first = f'import {{ test }} from "{runner}";\n'
    left = await checked(NodeTests(), {f"{way}.test.mjs": first + text for way, text in _LEAVES.items()})
    assert (left.status, {each.file for each in left.findings}) == ("failed", {f"{way}.test.mjs" for way in _LEAVES})
    killed = await checked(NodeTests(), {"a.test.mjs": first + _KILLED})
    assert killed.status == "failed", killed


async def test_settings_that_cannot_be_read_are_a_finding(checked, places) -> None:
    result = await checked(NodeTests(), {**_CODE, **_VITEST, "vitest.config.js": "process.exit(0);\n"})
    assert (result.status, places(result)) == ("failed", [("vitest.config.js", None, None, "error")])


async def test_a_report_that_is_made_up_is_not_believed(checked) -> None:
    """A file that tells Node's runner of tests which never were, and ends."""
    text = (
        'import { test } from "node:test";\ntest("c1 holds", () => {});\n'
        "setTimeout(() => process.exit(0), 0);\n"
        'test("c2 waits", () => new Promise((done) => setTimeout(done, 5000)));\n'
    )
    result = await checked(NodeTests(), {"a.test.mjs": text})
    assert result.status == "failed"
    assert "passed" not in {test.status for test in result.tests if "c2" in test.id}


_LIES = """const honest = test;
const kind = (title, work) => honest(title, async () => { try { await work(); } catch {} });
{
  const test = kind;
  test("c1 adds", () => { expect(1 + 1).toBe(3); });
}
honest("c2 holds", () => {});
test("c3 too", () => expect(1 + 1).toBe(2));
"""
_FIRST = {
    "vitest": 'import { expect, test } from "vitest";\n',
    "node:test": 'import { test } from "node:test";\nimport assert from "node:assert";\n'
    "const expect = (one) => ({ toBe: (other) => assert.equal(one, other) });\n",
}


@pytest.mark.parametrize("runner", _FIRST)
async def test_a_test_that_hides_its_errors_is_not_believed(checked, runner: str) -> None:
    """It passes whatever the code does: made to fail, it passes still."""
    result = await checked(NodeTests(), {"a.test.mjs": _FIRST[runner] + _LIES})
    assert [(each.rule, each.detail) for each in result.findings] == [("forged", "a.test.mjs::test_c1_adds")]
    assert {test.status for test in result.tests} == {"error"}


_ONE = """import { writeFileSync } from "node:fs";
test("writes", () => { writeFileSync("seen", ""); });
"""
_OTHER = """import { existsSync } from "node:fs";
test("c1 sees nothing", async () => {
  for (let n = 0; n < 150; n++) {
    if (existsSync("seen")) throw new Error("it is there");
    await new Promise((done) => setTimeout(done, 20));
  }
});
test("c2 is red", () => { expect(1).toBe(2); });
"""


async def test_a_red_test_that_passes_by_itself_is_flaky(checked) -> None:
    """What is wrong with it is that it depends on another one. Node's runner starts two files at once, and at once."""
    files = {"a.test.mjs": _FIRST["node:test"] + _ONE, "b.test.mjs": _FIRST["node:test"] + _OTHER}
    result = await checked(NodeTests(), files)
    flaky, red = result.findings
    assert (result.status, flaky.rule, red.rule) == (
        "failed", "b.test.mjs::test_c1_sees nothing", "b.test.mjs::test_c2_is red",
    )  # fmt: skip
    assert flaky.message.startswith("is flaky: it failed, and passed when its file ran again alone")
    assert flaky.detail.startswith("it is there\n")
    assert "is flaky" not in red.message


async def test_tests_that_pass_because_they_fail_are_left_alone(checked) -> None:
    """And those that may end before their last line; what has a title of theirs is not told from them."""
    text = (
        'import { expect, test } from "vitest";\n'
        'test("same", () => { expect(1).toBe(1); });\ntest("same", () => { if (expect) return; });\n'
        'test.each([1, 2])("each %s", (n) => { expect(n).toBeGreaterThan(0); });\n'
        'for (const n of [1, 2]) test("loop", async function () { await expect(n).toBeGreaterThan(0) // so\n});\n'
    )
    marked = 'import { test } from "vitest";\ntest("a", { fails: true }, () => { throw new Error(); });\n'
    result = await checked(NodeTests(), {"a.test.ts": text, "b.test.mjs": f'{marked}test("b", () => {{}});\n'})
    assert (result.status, result.findings) == ("passed", ())


def test_ids_carry_criteria_as_those_of_pytest_do() -> None:
    named = {
        ("c3 rounds",): "f::test_c3_rounds", ("[C3] rounds",): "f::test_c3_rounds",
        ("test_c3_rounds",): "f::test_c3_rounds",
        ("sums", "C3: rounds up"): "f::sums.test_c3_rounds up", ("C4", "rounds"): "f::test_c4_.rounds",
        ("c3po talks",): "f::c3po talks", ("code 3",): "f::code 3",
    }  # fmt: skip
    assert {titles: id_of("f", titles) for titles in named} == named
    assert [criterion_of(each) for each in named.values()] == ["C3", "C3", "C3", "C3", "C4", None, None]


def test_files_of_tests_are_known_by_name() -> None:
    names = ["a.test.js", "src/b.spec.tsx", "c.test.mjs", "test.js", "a.test.json", "tests/helper.ts"]
    assert [name for name in names if is_node_test_file(name)] == names[:3]
    assert NodeTests().inputs({"app.js": "d"}) == ()
