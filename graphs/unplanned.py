"""A brief and a plan where there is no architect: what follows from the request alone, without a model.

The request's sentences are the requirements. Which of them is a fact that a test can prove is nothing that can be told
from their form, and a criterion that nothing proves would end the run; so there is one criterion, the request itself,
and every test of the run proves it. The plan is open: one component, which owns what is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..state.records import Brief, Component, Criterion, Plan, Requirement

_MOST = 40
"""Requirements; what is behind them stands in the last."""
_TITLE = 60
_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'`(])")


def brief_of(request: str) -> Brief:
    """The request as a brief: a requirement each sentence, and one criterion."""
    texts = sentences(request)
    kept = [*texts[: _MOST - 1], "\n".join(texts[_MOST - 1 :])] if len(texts) > _MOST else texts
    first = " ".join(texts[0].split())
    return Brief(
        title=first if len(first) <= _TITLE else f"{first[: _TITLE - 3]}...",
        goal=request.strip(),
        requirements=tuple(Requirement(id=f"R{number}", text=text) for number, text in enumerate(kept, 1)),
        criteria=(Criterion(id="C1", text="The software does what the request says.", requirement="R1"),),
    )


def plan_of(brief: Brief) -> Plan:
    """One component that owns whatever is written, and whose interface is the request."""
    interface = (
        "As the requirements say, under the names that they give. Where they name no file, it is `main.py`, which "
        "`python main.py` starts."
    )
    component = Component(id="software", purpose=brief.title, files=(), interface=interface)
    return Plan(summary="Nobody planned it: the request is the plan.", components=(component,), tests=(), open=True)


def sentences(request: str) -> list[str]:
    """The sentences and list items of a text in order; a block of code belongs to what stands before it."""
    made: list[str] = []
    for text, verbatim in _blocks(request):
        if verbatim and made:
            made[-1] += f"\n{text}"
        else:
            made += [text] if verbatim else [part.strip() for part in _END.split(text) if part.strip()]
    return made or [request.strip()]


def _blocks(request: str) -> Iterator[tuple[str, bool]]:
    """Paragraphs, list items and blocks of code, with whether it is one of the last."""
    lines: list[str] = []
    fenced = False
    for line in request.splitlines():
        fence = bool(_FENCE.match(line))
        if fenced or fence:
            if fence and not fenced and lines:
                yield " ".join(lines), False
                lines = []
            lines.append(line)
            if fence and fenced:
                yield "\n".join(lines), True
                lines = []
            fenced ^= fence
            continue
        if lines and (not line.strip() or _ITEM.match(line)):
            yield " ".join(lines), False
            lines = []
        if line.strip():
            lines.append(_ITEM.sub("", line).strip())
    if lines:
        yield ("\n" if fenced else " ").join(lines), fenced
