from __future__ import annotations

from slipway.checks.node import Eslint
from slipway.state import CheckResult

_CLEAN = {
    "index.html": '<script src="a.js"></script><script src="b.js"></script><script>start(two);</script>',
    "a.js": "function start(n) { document.title = String(n); }\nwindow.extra = () => 1;\n",
    "b.js": "const two = 2;\nextra();\nconst { y, ...rest } = { y: 1, z: 2 };\nstart(rest);\n",
    "module.mjs": 'import fs from "node:fs";\nexport const here = () => fs.existsSync(process.argv[1] ?? "");\n',
    "server.mjs": 'import app from "express";\napp().listen(process.env.PORT);\n',
    "tool.cjs": 'const { join } = require("node:path");\nmodule.exports = (each, _unused) => join(__dirname, each);\n',
    "sum.test.js": 'test("sum", () => { expect(1 + 1).toBe(2); });\n',
    "view.jsx": 'import React from "react";\nimport { Part } from "./part.jsx";\n'
    "export const View = () => <Part n={1} />;\n",
    "part.tsx": "export function Part({ n }: { n: number }) { return <p>{n}</p>; }\n",
}
_FAULTY = {
    "index.html": '<script src="a.js"></script>\n<script>\nstart(missing);\n</script>',
    "a.js": "function start(a) { return process.env[a]; }\nconst one = { k: 1, k: 2 };\none = 3;\n"
    "function late() { use(q); const q = 1; return q; q(); }\n",
    "m.mjs": 'import fs from "node:fs";\nexport const f = (x) => { if (x === NaN) debugger; };\n',
    "hook.tsx": 'import { useState } from "react";\nexport function H({ on }: { on: boolean }) {\n'
    "  if (on) useState(0);\n  return null;\n}\n",
    "loop.tsx": 'import { useState } from "react";\nexport function Loop({ all }: { all: string[] }) {\n'
    "  const [some, keep] = useState<string[]>([]);\n  keep(all.filter(Boolean));\n  return <p>{some}</p>;\n}\n",
}
_FOUND = [
    ("index.html", 3, "no-undef", "error"), ("a.js", 1, "no-undef", "error"), ("a.js", 2, "no-dupe-keys", "error"),
    ("a.js", 3, "no-const-assign", "error"), ("a.js", 4, "no-undef", "error"),
    ("a.js", 4, "no-use-before-define", "error"), ("a.js", 4, "no-unreachable", "error"),
    ("hook.tsx", 3, "react-hooks/rules-of-hooks", "error"),
    ("loop.tsx", 4, "react-hooks/set-state-in-render", "error"), ("m.mjs", 1, "no-unused-vars", "error"),
    ("m.mjs", 2, "use-isnan", "error"), ("m.mjs", 2, "no-debugger", "error"),
]  # fmt: skip


async def test_faults_are_found_and_nothing_else(checked, places) -> None:
    assert await checked(Eslint(), _CLEAN) == CheckResult(check="eslint", status="passed")
    result = await checked(Eslint(), _FAULTY)
    assert (result.status, places(result)) == ("failed", _FOUND)
    assert result.findings[1].hint.startswith("define it, import it")


async def test_nothing_of_the_project_switches_it_off(checked, places) -> None:
    """Its settings, its comments, and packages that stand in the place of the tools."""
    hostile = {name: f"/* eslint-disable */ {text}" if name.endswith(".js") else text for name, text in _FAULTY.items()}
    for name in ("eslint", "espree", "globals", "eslint-plugin-react-hooks"):
        hostile[f"node_modules/{name}/package.json"] = '{"main": "index.js"}'
        hostile[f"node_modules/{name}/index.js"] = "process.exit(0)"
    hostile |= {
        "eslint.config.js": 'export default [{ ignores: ["**/*"] }];\n', ".eslintrc.json": '{"root": true}',
        ".eslintignore": "*\n", "package.json": '{"eslintConfig": {"rules": {}}, "type": "commonjs"}',
    }  # fmt: skip
    result = await checked(Eslint(), hostile)
    assert (result.status, places(result)) == ("failed", _FOUND)


async def test_where_a_page_loads_scripts_from_elsewhere_an_unknown_name_may_be_theirs(checked, places) -> None:
    page = '<script src="https://cdn.example/chart.js"></script><script>Chart();</script>'
    result = await checked(Eslint(), {"index.html": page})
    assert (result.status, places(result)) == ("passed", [("index.html", 1, "no-undef", "warning")])
