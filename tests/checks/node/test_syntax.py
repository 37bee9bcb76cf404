from __future__ import annotations

from slipway.checks.node import JsSyntax
from slipway.state import CheckResult

_PAGE = '<script type="module" src="app.js"></script>\n<script src="/old.js?v=1"></script>\n'


async def test_what_parses_passes_and_what_does_not_is_told_with_its_line(checked, places) -> None:
    whole = {
        "index.html": f"{_PAGE}<script>\nlet x = 1;\n</script><script type='application/json'>{{}}</script>",
        "app.js": 'import { tip } from "./tip.mjs";\ntip();\n', "tip.mjs": "export const tip = async () => await 1;\n",
        "old.js": "with (Math) { max(1); }\n", "tool.cjs": 'const fs = require("node:fs");\nreturn fs;\n',
        "view.jsx": "export const V = () => <p>{1}</p>;\n", "a.ts": "export const n: number = 1;\n",
        "b.tsx": "export const W = ({ n }: { n: number }) => <p>{n}</p>;\n",
    }  # fmt: skip
    assert await checked(JsSyntax(), whole) == CheckResult(check="js-syntax", status="passed")
    broken = {
        "index.html": f"{_PAGE}<!-- <script>let 1</script> -->\n<script>\nlet x = ;\n</script>\n"
        '<script type="importmap">{"a": }</script>',
        "app.js": "let 1;\n", "old.js": 'import x from "./x.js";\n', "view.jsx": "export const V = <p>;\n",
        "a.ts": "export const n: = 1;\n", "c.cjs": "\n}\n",
    }  # fmt: skip
    result = await checked(JsSyntax(), broken)
    assert (result.status, places(result)) == ("failed", [
        ("index.html", 5, None, "error"), ("index.html", 7, None, "error"), ("a.ts", 1, None, "error"),
        ("app.js", 1, None, "error"), ("c.cjs", 2, None, "error"), ("old.js", 1, None, "error"),
        ("view.jsx", 1, None, "error"),
    ])  # fmt: skip
    assert 'load it with <script type="module">' in result.findings[5].message


def test_it_is_about_scripts_and_pages() -> None:
    assert JsSyntax().inputs({"app.py": "d", "style.css": "d", "package.json": "d"}) == ()
    assert JsSyntax().inputs({"index.html": "d", "package.json": "d"}) == ["index.html", "package.json"]
