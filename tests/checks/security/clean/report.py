"""Sums of a CSV file, by month."""

import csv
import json
import sys
from collections import Counter, defaultdict
from datetime import datetime


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def report(rows):
    result = {"total": 0, "months": {}, "top": []}
    months = defaultdict(float)
    names = Counter()
    for row in rows:
        when = datetime.fromisoformat(row["date"])
        months[f"{when:%Y-%m}"] += float(row["amount"])
        names[row["name"]] += 1
        result["total"] += float(row["amount"])
    for month in sorted(months):
        result["months"][month] = round(months[month], 2)
    result["top"].append(max(names, key=names.get))
    return result


def average(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def main():
    data = sys.argv[1:]
    if not data:
        print("usage: report FILE...", file=sys.stderr)
        return 2
    rows = []
    for path in data:
        rows += read(path)
    json.dump(report(rows), sys.stdout, indent=2)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
