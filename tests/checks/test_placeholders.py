"""Placeholders block: a version with code that is not written is not delivered, whatever its tests say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slipway.checks import Check, Placeholders
from slipway.checks.signatures import signature
from slipway.config import find_pack
from slipway.state import CheckResult, Finding

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]


async def test_each_place_is_a_finding(checked: Checked) -> None:
    """Subclasses count across files; what is generated or minified is left alone."""
    files = {
        "a.py": "class Base:\n    def f(self):\n        raise NotImplementedError\n\n\ndef g():\n    pass\n",
        "lib/b.py": "from a import Base\n\n\nclass B(Base):\n    def f(self):\n        return 1\n",
        "web/app.js": "// TODO: send it\n",
        "web/app.min.js": "// TODO: send it\n",
        "README.md": "TODO: write\n",
        "broken.py": "def f(:\n",
    }
    message, comment = "`g` is not written: its body is only `pass`", "a comment stands for code: TODO: send it"
    assert await checked(Placeholders(), files) == CheckResult(
        check="placeholders",
        status="failed",
        findings=(
            Finding(
                check="placeholders", rule="empty-body", file="a.py", line=6, message=message, detail="def g():",
                signature=signature("placeholders", "empty-body", "a.py", message),
            ),
            Finding(
                check="placeholders", rule="comment", file="web/app.js", line=1, message=comment,
                detail="TODO: send it", signature=signature("placeholders", "comment", "web/app.js", comment),
            ),
        ),
    )  # fmt: skip


async def test_code_that_is_written_passes(checked: Checked) -> None:
    files = {"a.py": "def f():\n    return 1\n"}
    assert await checked(Placeholders(), files) == CheckResult(check="placeholders", status="passed")


async def test_what_the_instructions_ask_for_passes(checked: Checked) -> None:
    """The pack `fastapi-sqlite` tells how to say that a route is open to all."""
    example = next(each for each in find_pack("fastapi-sqlite").passing if each.name == "write-needs-authorisation")
    files = {path: data.decode() for path, data in example.files.items()}
    assert "def anyone() -> None:" in files["app/more.py"]
    assert await checked(Placeholders(), files) == CheckResult(check="placeholders", status="passed")


async def test_very_many_places_are_a_report_all_the_same(checked: Checked) -> None:
    """What a command prints is cut at some length; half a report would be none."""
    files = {"a.py": "".join(f"def f{n}():\n    pass\n\n\n" for n in range(2000))}
    result = await checked(Placeholders(), files)
    assert (result.status, len(result.findings)) == ("failed", 100)
