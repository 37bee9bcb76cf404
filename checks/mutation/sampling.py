from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from .base import Fault


def sample(faults: Sequence[Fault], most: int, seed: str) -> list[Fault]:
    """At most `most` of `faults`, spread over the functions and, in each, over the operators.

    The same faults and seed give the same sample, whatever order the faults come in.
    """
    chance = random.Random(seed)
    by_function: defaultdict[tuple[str, str], list[Fault]] = defaultdict(list)
    for fault in sorted(faults):
        by_function[fault.file, fault.function].append(fault)
    functions = list(by_function.values())
    chance.shuffle(functions)
    for group in functions:
        chance.shuffle(group)
    used: Counter[str] = Counter()
    chosen: list[Fault] = []
    while functions and len(chosen) < most:
        for group in functions[: most - len(chosen)]:
            fault = min(group, key=lambda each: used[each.operator])  # of equal ones the first, which chance put there
            group.remove(fault)
            used[fault.operator] += 1
            chosen.append(fault)
        functions = [group for group in functions if group]
    return chosen


def seed_of(files: Mapping[str, bytes]) -> str:
    """A seed that is the same for the same files."""
    digest = hashlib.sha256()
    for path, data in sorted(files.items()):
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
