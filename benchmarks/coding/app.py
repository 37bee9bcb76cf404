"""The app that is written: eight small modules in three waves of four, three and one, with a test for each wave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

REQUEST = "Write a ledger: report(text) adds up what people spent, by person and by month, from lines of text."
TESTS_FILE = "tests/test_ledger.py"


@dataclass(frozen=True)
class Module:
    """One component, which is one file."""

    name: str
    interface: str
    uses: tuple[str, ...]
    source: str

    @property
    def file(self) -> str:
        """The path that it owns."""
        return f"{self.name}.py"


_MONEY = '''"""Amounts of money."""


def cents(text: str) -> int:
    """`12.5` is 1250."""
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


def shown(amount: int) -> str:
    """1250 is `12.50`."""
    return f"{amount // 100}.{amount % 100:02d}"
'''
_DATES = '''"""Days and months."""

import datetime


def month(text: str) -> str:
    """The month of a day: `2024-02-29` is in `2024-02`."""
    return datetime.date.fromisoformat(text).strftime("%Y-%m")
'''
_NAMES = '''"""People's names."""


def clean(text: str) -> str:
    """`  ann   LEE ` is `Ann Lee`."""
    return " ".join(word.capitalize() for word in text.split())
'''
_TABLES = '''"""Text in columns."""


def aligned(rows: list[tuple[str, str]]) -> str:
    """Two columns, the first to the left and the second to the right."""
    left = max((len(row[0]) for row in rows), default=0)
    right = max((len(row[1]) for row in rows), default=0)
    return "\\n".join(f"{one:<{left}}  {two:>{right}}" for one, two in rows)
'''
_ENTRIES = '''"""Lines of the ledger."""

from typing import NamedTuple

from money import cents
from names import clean


class Entry(NamedTuple):
    """Who spent how many cents on which day."""

    day: str
    person: str
    amount: int


def read(text: str) -> list[Entry]:
    """One entry a line: `DAY; PERSON; AMOUNT`."""
    parts = [line.split(";") for line in text.splitlines() if line.strip()]
    return [Entry(day.strip(), clean(person), cents(amount.strip())) for day, person, amount in parts]
'''
_MONTHS = '''"""Sums by month."""

from dates import month


def by_month(amounts: list[tuple[str, int]]) -> dict[str, int]:
    """From (day, cents): month -> cents, in order."""
    sums: dict[str, int] = {}
    for day, amount in amounts:
        sums[month(day)] = sums.get(month(day), 0) + amount
    return dict(sorted(sums.items()))
'''
_LISTS = '''"""Sums as a table."""

from money import shown
from tables import aligned


def listed(sums: dict[str, int]) -> str:
    """A line each: what, and the amount."""
    return aligned([(what, shown(amount)) for what, amount in sums.items()])
'''
_REPORT = '''"""The report of a ledger."""

from entries import read
from lists import listed
from months import by_month


def report(text: str) -> str:
    """What each person spent, and what was spent in each month."""
    entries = read(text)
    people: dict[str, int] = {}
    for entry in entries:
        people[entry.person] = people.get(entry.person, 0) + entry.amount
    months = by_month([(entry.day, entry.amount) for entry in entries])
    return f"{listed(dict(sorted(people.items())))}\\n\\n{listed(months)}"
'''
MODULES = (
    Module("money", "cents(text: str) -> int; shown(amount: int) -> str", (), _MONEY),
    Module("dates", "month(text: str) -> str", (), _DATES),
    Module("names", "clean(text: str) -> str", (), _NAMES),
    Module("tables", "aligned(rows: list[tuple[str, str]]) -> str", (), _TABLES),
    Module("entries", "read(text: str) -> list[Entry]: day, person, amount", ("money", "names"), _ENTRIES),
    Module("months", "by_month(amounts: list[tuple[str, int]]) -> dict[str, int]", ("dates",), _MONTHS),
    Module("lists", "listed(sums: dict[str, int]) -> str", ("money", "tables"), _LISTS),
    Module("report", "report(text: str) -> str", ("entries", "months", "lists"), _REPORT),
)
TESTS = '''"""The ledger, from the amounts to the report."""

from entries import read
from lists import listed
from money import cents, shown
from months import by_month
from report import report


def test_c1_amounts_are_exact():
    assert cents("12.5") == 1250
    assert shown(1205) == "12.05"


def test_c2_lines_are_read_and_added_up():
    assert read("2024-02-29;  ann LEE; 3\\n\\n") == [("2024-02-29", "Ann Lee", 300)]
    assert by_month([("2024-03-01", 1), ("2024-02-29", 2)]) == {"2024-02": 2, "2024-03": 1}
    assert listed({"Ann": 5, "Bo": 1000}) == "Ann   0.05\\nBo   10.00"


def test_c3_the_report_adds_up():
    text = "2024-02-29; ann; 3\\n2024-02-01; bo; 4.5\\n2024-03-01; Ann; 1"
    assert report(text) == "Ann  4.00\\nBo   4.50\\n\\n2024-02  7.50\\n2024-03  1.00"
'''
BRIEF: dict[str, Any] = {
    "title": "ledger", "goal": "Add up what people spent.",
    "requirements": [{"id": "R1", "text": "Sums are exact."}],
    "criteria": [
        {"id": "C1", "text": "Amounts are read and shown exactly.", "requirement": "R1"},
        {"id": "C2", "text": "Lines are read and added up.", "requirement": "R1"},
        {"id": "C3", "text": "The report shows the sums by person and by month.", "requirement": "R1"},
    ],
}  # fmt: skip
PLAN: dict[str, Any] = {
    "summary": "Readers and writers of values, then sums, then the report.",
    "components": [
        {
            "id": module.name, "purpose": module.source.split('"')[3], "files": [module.file],
            "interface": module.interface, "depends_on": list(module.uses),
        }
        for module in MODULES
    ],
    "tests": [TESTS_FILE],
}  # fmt: skip
