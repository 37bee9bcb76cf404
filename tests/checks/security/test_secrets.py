"""A secret in the text is found in whatever file it stands, is never repeated, and what stands in for one is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.checks import Check, Subject, result_of
from slipway.checks.scans.by_detect_secrets import worth_telling
from slipway.checks.security import Secrets
from slipway.sandboxes import FileContent, Sandbox
from slipway.state import CheckResult

Judged = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

# Put together here, so that nobody takes this file for one that holds secrets.
AWS = "AKIA" + "IOSFODNN7ABCDEFG"
STRIPE = "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc"
HUNTER = "hunter2" + "Xq9bread"
KEY = "-----BEGIN RSA " + "PRIVATE KEY-----"

BAD = {
    ".env": f'AWS = "{AWS}"\nDB_PASSWORD={HUNTER}\nAPI_KEY=changeme\n',
    "k.js": f'const apiKey = "{STRIPE}"; // pragma: allowlist secret\n',
    "config.py": "import os\n\n\nclass Settings:\n"
    f'    api_key: str = "{HUNTER}"\n    token = os.getenv("TOKEN", "{HUNTER}")\n',
    "deploy.yml": f"database:\n  password: {HUNTER}\n",
    "README.md": f"Run with `postgresql://app:{HUNTER}@db/app`.\n",
    "certs/key.pem": f"{KEY}\nabc\n",
    "page.html": f'<script>const secret = "{HUNTER}";</script>\n',
}
FOUND = [
    (".env", 1, "aws-access-key"), (".env", 2, "named-secret"), ("README.md", 1, "basic-auth-credentials"),
    ("certs/key.pem", 1, "private-key"), ("config.py", 5, "named-secret"),
    ("config.py", 6, "named-secret"), ("deploy.yml", 2, "named-secret"),
    ("k.js", 1, "stripe-access-key"), ("page.html", 1, "named-secret"),
]  # fmt: skip
CLEAN = {
    ".env.example": "API_KEY=changeme\nDB_PASSWORD=<your password>\nSECRET=\nTOKEN=${TOKEN}\nPASSWORD=********\n",
    "a.py": 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n'
    'PASSWORD_MIN = "8 letters1"\nTOKEN_URL = "/auth/v1/token"\n'
    'TOKEN_HEADER = "X-Token-1"\nlabels = {"password": "Passwort", "secret": "Geheimnis"}\n'
    'password = input("Password 1: ")\ntoken = request.headers["X-Api-Key1"]\n'
    'url = "postgresql://postgres:postgres@localhost/app"\nSECRET_NAME = "app-secret-v1"\n',
    "page.html": '<input type="password" name="password" placeholder="Password1">\n'
    '<label for="password1">Password</label>\n',
    "package-lock.json": f'{{"integrity": "sha512-{"aB3/" * 20}", "password": "{HUNTER}"}}\n',
    "k.js": 'const token = localStorage.getItem("token1");\nconst password = form.password.value;\n',
    "config.yml": "password: ${DB_PASSWORD}\nsecretName: app-secret-1\n",
}


def told(result: CheckResult) -> list[tuple[str | None, int | None, str | None]]:
    return [(each.file, each.line, each.rule) for each in result.findings]


async def test_secrets_of_every_kind_of_file_are_found_and_never_repeated(judged: Judged) -> None:
    result = await judged(Secrets(), BAD)
    assert (result.status, sorted(told(result), key=str)) == ("failed", sorted(FOUND, key=str))
    said = result.model_dump_json()
    assert [secret for secret in (AWS, STRIPE, HUNTER) if secret in said] == []
    assert "***" in said
    assert await judged(Secrets(), CLEAN) == CheckResult(check="secrets", status="passed")


async def test_no_list_and_no_comment_of_the_project_hides_any(judged: Judged) -> None:
    files = {
        "a.py": f'password = "{HUNTER}"  # pragma: allowlist secret\n',
        "b.py": f'# pragma: allowlist nextline secret\npassword = "{HUNTER}"\n',
        ".secrets.baseline": '{"results": {}, "exclude": {"files": ".*"}}',
        "detect_secrets/__init__.py": "raise SystemExit(0)\n", "json.py": "raise SystemExit(0)\n",
    }  # fmt: skip
    assert [each[:2] for each in told(await judged(Secrets(), files))] == [("a.py", 1), ("b.py", 2)]


async def test_tests_may_have_passwords_of_their_own_but_no_key_of_a_service(judged: Judged) -> None:
    files = {"tests/test_a.py": f'password = "{HUNTER}"\nkey = "{STRIPE}"\n'}
    assert told(await judged(Secrets(), files)) == [("tests/test_a.py", 2, "stripe-access-key")]


async def test_what_is_no_text_is_passed_over_and_what_is_long_is_told(sandbox: Sandbox, analysed: Sandbox) -> None:
    await analysed.write({
        "a.png": FileContent(b"\x89PNG\0" + f'password = "{HUNTER}"'.encode()),
        "b.txt": FileContent(b"x\n" * 600_000),
        "c.js": FileContent(("x" * 100_000 + f';password = "{HUNTER}"\n').encode()),
    })  # fmt: skip
    result = await result_of(Secrets(), Subject(analysed, await analysed.snapshot()))
    assert [(each.file, each.rule, each.severity) for each in result.findings] == [
        ("c.js", "named-secret", "error"), ("b.txt", "unread", "warning"),
    ]  # fmt: skip
    missing = await result_of(Secrets(), Subject(sandbox, {"a.py": "0"}))
    assert (missing.status, missing.reason) == (
        "not_run", "detect_secrets is not in the sandbox; its layer `analysis` has it"
    )  # fmt: skip


@pytest.mark.parametrize("value", [HUNTER, "s3cr3t", "Tr0ub4dor&3", "correct-horse-7", "9f8a7b6c5d4e3f2a", "P@ssw0rd!"])
def test_what_looks_like_a_secret(value: str) -> None:
    assert worth_telling(value)


@pytest.mark.parametrize(
    "value",
    ["changeme", "change-me-1", "your-key-1", "<secret1>", "${A1b2c3}", "{{ key1 }}", "/run/secrets/db1", "None",
     "example1", "https://a1.example", "app-secret-v1", "test-key-1", "xxxxxxx1", "****1234", "8 letters"],
)  # fmt: skip
def test_what_stands_in_for_one(value: str) -> None:
    assert not worth_telling(value)


@given(st.text(max_size=40))
def test_any_text_can_be_looked_at(value: str) -> None:
    assert worth_telling(value) in (True, False)
