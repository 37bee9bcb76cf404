from __future__ import annotations

from slipway.checks.node import TypeScript
from slipway.state import CheckResult

_CLEAN = {
    "package.json": '{"dependencies": {"react": "^19.0.0"}, "devDependencies": {"vite": "^6.0.0"}}',
    "index.html": '<script type="module" src="/src/main.tsx"></script>',
    "tsconfig.json": '{"compilerOptions": {"jsx": "react-jsx", /* why */ "lib": ["ES2022", "DOM"],'
    ' "paths": {"@/*": ["./src/*"]}}}',
    "src/main.tsx": 'import { useState } from "react";\nimport { add } from "@/add";\nimport logo from "./logo.svg";\n'
    'import "./main.css";\nexport function Main() {\n  const [n, setN] = useState(0);\n'
    "  return <img src={logo} alt={String(n)} onClick={() => setN(add(n, 1))} />;\n}\n",
    "src/add.ts": "export const add = (a: number, b: number): number => a + b;\n",
    "src/add.test.ts": 'import { add } from "./add";\ntest("adds", () => { expect(add(1, 2)).toBe(3); });\n',
    "vite.config.ts": 'import path from "path";\nimport { defineConfig } from "vite";\n'
    'export default defineConfig({ root: path.resolve(".") });\n',
}
_FAULTY = {
    "src/main.tsx": 'export const Main = () => <p onClick="x">{nothing}</p>;\n',
    "src/add.ts": 'import { gone } from "./gone";\nexport function add(a, b: number) {\n  const unused = 1;\n'
    "  return a + b;\n}\n",
}
_FOUND = {
    ("src/add.ts", 1, "TS6133", "error"), ("src/add.ts", 1, "TS2307", "error"), ("src/add.ts", 2, "TS7006", "error"),
    ("src/add.ts", 3, "TS6133", "error"), ("src/main.tsx", 1, "TS2322", "error"),
    ("src/main.tsx", 1, "TS2304", "error"),
}  # fmt: skip


async def test_types_fit_or_it_is_told_where_not(checked, places) -> None:
    assert await checked(TypeScript(), _CLEAN) == CheckResult(check="typescript", status="passed")
    result = await checked(TypeScript(), {**_CLEAN, **_FAULTY})
    assert (result.status, set(places(result))) == ("failed", _FOUND)


async def test_nothing_of_the_project_switches_it_off(checked, places) -> None:
    settings = (
        '{"extends": "./loose.json", "files": [], "exclude": ["src"], "compilerOptions": {"strict": false, "types": [],'
        ' "noImplicitAny": false, "noUnusedLocals": false, "skipDefaultLibCheck": true, "noCheck": true,'
        ' "jsx": "react-jsx", "lib": ["ES2022", "DOM"]}}'
    )
    hostile = {**_CLEAN, **_FAULTY, "tsconfig.json": settings, "loose.json": '{"compilerOptions": {"noCheck": true}}'}
    hostile["node_modules/typescript/index.js"] = "process.exit(0)"
    hostile["src/quiet.ts"] = "// @ts-nocheck\nexport const a: number = 'x';\n"
    hostile["src/line.ts"] = "// @ts-ignore\nexport const a: number = 'x';\n"
    result = await checked(TypeScript(), hostile)
    quiet = {("src/quiet.ts", 1, "suppressed", "error"), ("src/line.ts", 1, "suppressed", "error")}
    assert set(places(result)) - {("src/main.tsx", 2, "TS2307", "error")} == _FOUND | quiet


def test_it_is_about_typescript() -> None:
    assert TypeScript().inputs({"app.js": "d", "tsconfig.json": "d"}) == ()
    assert TypeScript().inputs({"a.ts": "d", "b.js": "d", "tsconfig.json": "d", "x.css": "d"}) == [
        "a.ts", "b.js", "tsconfig.json"
    ]  # fmt: skip
