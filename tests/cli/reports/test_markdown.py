"""A report is shared and rendered by others' pages: nothing of a request or a model may become more than text there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from slipway.cli.reports import markdown
from slipway.state.text import visible

from .conftest import Reported

RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {
    "heading", "paragraph", "bullet_list", "list_item", "blockquote", "table", "thead", "tbody", "tr", "th", "td",
    "strong",
}  # fmt: skip
PLAIN = {"inline", "text", "text_special", "softbreak", "hardbreak", "code_inline", "code_block"}

EVIL = (
    " </p><script>alert(1)</script>\n# head\n- x | y\\| `z` ``w <img src=x onerror=a>\n[l](javascript:1) ![i](//e.x/p)"
    "\n===\n---\n```\n~~~\n\n    <b>code</b>\n1. a\n> q\n[r]: http://e.x\n&lt;b&gt;\x1b[31m\u202e\u2028<!-- c -->"
    " *s* _t_ ~~u~~ <http://e.x> <?php\n| - |\n|---|"
)


def tokens(text: str) -> Iterator[Token]:
    for token in RENDERER.parse(text):
        yield token
        yield from token.children or ()


def kinds(text: str) -> set[str]:
    return {token.type.removesuffix("_open").removesuffix("_close") for token in tokens(text)}


def test_the_whole_report(reported: Reported) -> None:
    assert markdown(reported("")) == WHOLE


def test_a_run_that_has_just_begun(reported: Reported) -> None:
    record = reported("").record.model_copy(update={"status": "running"})
    report = replace(reported(""), record=record, outcome=None, changes=None, note="", pictures={})
    assert markdown(report) == (
        "# Run r1\n\n**running**\n\n## Request\n\n> Add amounts.\n\n## Changed files\n\n"
        "What it changed is not kept any more.\n\n## Facts\n\n- run: `r1`\n- project: `p`\n- line-up: `demo`\n"
        "- started: `2026-01-02 03:04 UTC`\n- began with version: `b0`\n- Slipway: `0.1.0`\n"
    )


def test_nothing_hostile_comes_through(reported: Reported) -> None:
    """The structure is that of the harmless report: no HTML, link, picture, heading, list or table of theirs."""
    evil, plain = markdown(reported(EVIL)), markdown(reported("x"))
    assert kinds(evil) <= OURS | PLAIN
    ours = ("heading_open", "list_item_open", "tr_open", "td_open", "code_block", "strong_open", "bullet_list_open")
    for kind in ours:
        assert sum(t.type == kind for t in tokens(evil)) == sum(t.type == kind for t in tokens(plain)), kind
    assert not set("\x1b\u202e\u2028") & set(evil)
    assert RENDERER.render(evil).count("&lt;script&gt;alert(1)&lt;/script&gt;") > 20


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.sampled_from("\\`*_[]()<>!#+-=|~&;:/.1a \n\t\u2028\u00a0$^\"'"), max_size=14))
def test_no_mix_of_marks_makes_more_than_text(reported: Reported, text: str) -> None:
    made = markdown(reported(text))
    assert kinds(made) <= OURS | PLAIN, made
    # And what is read is what was written.
    shown = [token.content for token in RENDERER.parse(made) if token.type == "inline"]
    goal = " ".join(visible(f"{text}Adds amounts{text}").split())
    assert goal in ["".join(t.content for t in RENDERER.parseInline(line)[0].children or ()) for line in shown], made


@pytest.mark.parametrize("name", ["a`b`", "a|b", "<b>", "&lt;", " a", "# a"])
def test_names_that_are_no_code_everywhere_are_text(reported: Reported, name: str) -> None:
    report = reported("")
    record = report.record.model_copy(update={"project": name})
    made = markdown(replace(report, record=record))
    assert kinds(made) <= OURS | PLAIN
    assert f"project: {' '.join(name.split())}".strip() in [
        "".join(t.content for t in token.children or ()) for token in RENDERER.parse(made) if token.type == "inline"
    ]


WHOLE = r"""# Tally

**gave\_up**

> it is red

> note

- criteria proven: 2 of 4
- tests passed: 1 of 2
- model calls: 2
- tokens: 1,000
- cost: \$0.0020
- time: 1 min 15 s

## Request

> Add amounts.

## Brief

Adds amounts

- **R1** adds

Assumed, as nobody was asked or answered:

- EUR only

## Acceptance criteria

- **C1 proven** (check tests): fact 1
  - `t.py::test_c1_a` passed
- **C2 failed** (check tests): fact 2
  - `t.py::test_c2_b` failed
- **C3 proven** (a person says so): fact 3
- **C4 unproven**: fact 4

## Checks

The checks ran on version v0; the files are those of version v1.

| check | status | what it said |
| --- | --- | --- |
| lint | failed | 1 found, advisory, 0.2 s |
| tests | failed | 1 of 2 tests passed, 1.2 s |
| types | not run | gone, 0.0 s |

### lint: unused

warning at `a.py:3`, rule `F401`, signature `lint:1`

What to do: remove it

    x

## Faults put into the code

- **a**: 4 of 5 faults noticed, 2 more not tried for want of time
  - a.py:2, in f: with \`a &gt; b\` in the place of \`a &lt;b\`, no test fails (no test runs this line)
- **empty**: none was tried: nothing to try

## Stages

| step | who | calls | tokens | cost | time | note |
| --- | --- | --- | --- | --- | --- | --- |
| code/a | coder: m, answered by other | 2 | 900 in, 100 out | \$0.0020 | 1.5 s | wrote |
| check/1 |  |  |  |  | 0.5 s |  |
| all |  | 2 | 900 in, 100 out | \$0.0020 | 75.0 s |  |

## Changed files

| file | change | lines |
| --- | --- | --- |
| a | added | +1,200 -0 |
| b.bin | changed | binary |

## Pictures

- start page (in the report as HTML)

## How to get the files

- write the files to a directory: `slipway show r1 --into DIR --with PATH`
- see the change as a patch: `slipway diff r1`
- try it out in a sandbox: `slipway preview r1`

The plan says how they are used:

- test: `pytest`
- start: `python -m a`

## Facts

- run: `r1`
- project: `p`
- line-up: `demo`
- started: `2026-01-02 03:04 UTC`
- began with version: `b0`
- version: `v1`
- Slipway: `0.1.0`
"""
