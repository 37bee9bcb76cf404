from __future__ import annotations

from slipway.checks.node import Build
from slipway.state import CheckResult

_SITE = {
    "package.json": '{"type": "module", "devDependencies": {"vite": "^6.0.0", "@vitejs/plugin-react": "^4.0.0"}}',
    "vite.config.js": 'import { defineConfig } from "vite";\nimport react from "@vitejs/plugin-react";\n'
    "export default defineConfig({ plugins: [react()] });\n",
    "index.html": '<!doctype html><title>x</title><script type="module" src="/main.js"></script>',
    "main.js": 'import "./main.css";\nimport { add } from "./add.ts";\ndocument.title = String(add(1, 2));\n',
    "main.css": "p { color: red }\n",
    "add.ts": "export const add = (a: number, b: number): number => a + b;\n",
}


async def test_what_builds_passes_and_what_does_not_is_told(checked) -> None:
    assert await checked(Build(), _SITE) == CheckResult(check="build", status="passed")
    missing = await checked(Build(), {**_SITE, "main.js": 'import { x } from "nowhere";\nx();\n'})
    assert (missing.status, [each.file for each in missing.findings]) == ("failed", ["main.js"])
    assert 'failed to resolve import "nowhere"' in missing.findings[0].message
    assert missing.findings[0].hint.startswith("declare the package")
    broken = await checked(Build(), {**_SITE, "add.ts": "export const add = (;\n"})
    assert (broken.status, [(each.file, each.line) for each in broken.findings]) == ("failed", [("add.ts", 1)])


async def test_a_page_that_asks_for_what_was_not_built_is_found(checked) -> None:
    page = '<!doctype html><title>x</title><script src="main.js"></script>'
    result = await checked(Build(), {**_SITE, "index.html": page})
    assert (result.status, [each.file for each in result.findings]) == ("failed", ["index.html"])
    assert 'can\'t be bundled without type="module"' in result.findings[0].message


async def test_settings_that_end_the_process_are_no_pass(checked) -> None:
    result = await checked(Build(), {**_SITE, "vite.config.js": "process.exit(0);\n"})
    assert (result.status, result.findings[0].message) == ("failed", "vite ended with 0 before the site was built")


async def test_it_is_about_sites_that_name_vite(checked) -> None:
    assert Build().inputs({"index.html": "d", "app.js": "d"}) == ()
    plain = await checked(Build(), {"index.html": "<p>x</p>", "package.json": "{}"})
    assert plain == CheckResult(check="build", status="not_applicable", reason="package.json does not name vite")
