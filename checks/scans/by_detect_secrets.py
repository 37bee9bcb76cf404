"""Looks for secrets in every text, line by line: in the formats that detect-secrets knows, and under telling names.

Sent as text: it may import only what is sent with it. Nothing is verified over a network, no comment and
no list of the project's is obeyed, and what is found is never told: its place in the source's line is.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .telling import Failed, Place

_FORMATS = {
    "aws": "AWSKeyDetector", "azure_storage_key": "AzureStorageKeyDetector", "basic_auth": "BasicAuthDetector",
    "discord": "DiscordBotTokenDetector", "github_token": "GitHubTokenDetector", "gitlab_token": "GitLabTokenDetector",
    "jwt": "JwtTokenDetector", "mailchimp": "MailchimpDetector", "npm": "NpmDetector", "openai": "OpenAIDetector",
    "private_key": "PrivateKeyDetector", "pypi_token": "PypiTokenDetector", "sendgrid": "SendGridDetector",
    "slack": "SlackDetector", "square_oauth": "SquareOAuthDetector", "stripe": "StripeDetector",
    "telegram_token": "TelegramBotTokenDetector", "twilio": "TwilioKeyDetector",
}  # fmt: skip
_OTHERS = {"anthropic": r"sk-ant-[\w-]{20,}", "openai": r"\bsk-(?:proj-)?[\w-]{32,}", "google": r"\bAIza[\w-]{35}"}
_WORD = (
    r"(?:password|passwd|passphrase|pwd|secret|token|credential|(?:api|access|auth|private|signing|encryption|client|db"
    r"|database|service|account)_?key|db_?pass)"
)
_TELLING = re.compile(rf"(?i){_WORD}")
_NAME = rf"(?P<name>\w{{0,40}}{_WORD}\w{{0,40}})"
_NAMED = (
    rf"""(?i){_NAME}["'\]]*\s*(?::\s*[\w\[\]|., ]+?)?\s*(?::=|={{1,3}}|:|=>|\|\|=|\?\?=)\s*"""
    r"""[rbuf]?["'`](?P<value>[^"'`\n]+)["'`]""",
    rf"""(?i)(?:getenv|environ\.get|env\.get)\(\s*["']{_NAME}["']\s*,\s*["'](?P<value>[^"'\n]+)["']""",
    rf"""(?i)process\.env\.{_NAME}\s*(?:\|\||\?\?)\s*["'`](?P<value>[^"'`\n]+)["'`]""",
)
_UNQUOTED = rf"""(?i)^\s*(?:export\s+|-\s+)?["']?{_NAME}["']?\s*[=:]\s*["']?(?P<value>[^\s"'#]+)"""
_SETTINGS = re.compile(r"(^|/)\.env[^/]*$|\.(env|ini|cfg|conf|properties|ya?ml|toml|sh)$|(^|/)Dockerfile[^/]*$")
_OF_SOMETHING_ELSE = re.compile(
    r"(?i)(ur[li]|endpoint|header|field|name|path|file|dir|type|ids?|label|placeholder|min|max|length|prefix|suffix|regex|re|"
    r"pattern|env|var|algorithm|scheme|expir\w*|ttl|minutes|seconds|hash(er|ed)?|digest|salt|error|message|msg|text|"
    r"hint|title|help|desc(ription)?|format|policy|rule|role|column|attr|selector|class|element|input)$"
)
_STAND_IN = re.compile(
    r"(?i)change.?me|change.?this|example|placeholder|your|dummy|sample|fake|xxx|todo|insert|replace|redacted|default|"
    r"test|\bdev\b|^dev|local|\*\*\*|\.\.\.|[<>{}()\\$%\s]|^/|^\.{1,2}/|://|^(none|null|true|false|undefined|string|guest|root|"
    r"admin|user|postgres|pass(word)?)$|^[a-z_]\w*(\.\w+)+:[a-z_]\w*$"
)
_EXAMPLE = re.compile(r"(?i)example|x{6}|your")
_MOST_BYTES, _LONGEST_LINE, _OVERLAP = 1 << 20, 4000, 300


def scan(asked: Mapping[str, Any]) -> list[Place]:
    """Each line that holds a secret: the rule is what kind it is, the grade `sure` or `likely`."""
    if not Path(asked["tools"], "detect_secrets").is_dir():
        raise Failed("detect_secrets is not in the sandbox; its layer `analysis` has it")
    sys.path.append(asked["tools"])
    detectors = [_detector(module, name) for module, name in _FORMATS.items()]
    return [place for path in asked["files"] for place in _in_file(path, detectors)]


def _detector(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"detect_secrets.plugins.{module}"), name)()


def _in_file(path: str, detectors: list[Any]) -> Iterator[Place]:
    data = Path(path).read_bytes()
    if b"\0" in data[:8192]:
        return
    if len(data) > _MOST_BYTES:
        yield path, 1, "unread", "unread", f"it has more than {_MOST_BYTES >> 20} MB, which nobody searches", ""
    text = data[:_MOST_BYTES].decode("utf-8", "replace")
    # Most files hold nothing of a kind, which one look at all of the text tells.
    live = [each for each in detectors if any(re.search(p.pattern, text, p.flags | re.M) for p in each.denylist)]
    others = {kind: pattern for kind, pattern in _OTHERS.items() if re.search(pattern, text)}
    named = [re.compile(each) for each in (*_NAMED, *([_UNQUOTED] if _SETTINGS.search(path) else ()))]
    for number, line in enumerate(text.splitlines(), 1):
        if not (live or others or _TELLING.search(line)):
            continue
        for start in range(0, len(line), _LONGEST_LINE - _OVERLAP):
            part = line[start : start + _LONGEST_LINE]
            found = [*_formatted(path, part, live, others), *_under_names(part, named if _TELLING.search(part) else [])]
            if found:
                rule, grade, message, _ = found[0]
                yield path, number, rule, grade, message, _masked(part, [value for *_, value in found])
                break


def _formatted(
    path: str, line: str, detectors: list[Any], others: dict[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    for detector in detectors:
        for secret in detector.analyze_line(filename=path, line=line, line_number=1):
            kind, value = detector.secret_type, secret.secret_value or ""
            believed = worth_telling(value) if kind == "Basic Auth Credentials" else not _EXAMPLE.search(value)
            if believed:
                yield _slug(kind), "sure", f"{kind} in the text", value
    for kind, pattern in others.items():
        for match in re.finditer(pattern, line):
            if not _EXAMPLE.search(match[0]):
                yield f"{kind}-key", "sure", f"a key of {kind} in the text", match[0]


def _slug(kind: str) -> str:
    return re.sub(r"\W+", "-", kind.lower()).strip("-")


def _under_names(line: str, patterns: list[re.Pattern[str]]) -> Iterator[tuple[str, str, str, str]]:
    for pattern in patterns:
        for match in pattern.finditer(line):
            if not _OF_SOMETHING_ELSE.search(match["name"]) and worth_telling(match["value"]):
                yield "named-secret", "likely", f"the value of `{match['name'][:40]}` is in the text", match["value"]


def worth_telling(value: str) -> bool:
    """Whether `value` looks like a secret, and not like a word, a name or what stands in for one."""
    if not 6 <= len(value) <= 500 or _STAND_IN.search(value):
        return False
    if re.fullmatch(rf"(?:[a-z0-9]+[_.:-])*{_WORD}(?:[_.:-][a-z0-9]+)*", value):
        return False
    digit, letter = re.search(r"\d", value), re.search(r"[A-Za-z]", value)
    return bool(digit and letter) or bool(re.search(r"[^\w.-]", value) and len(value) >= 8 and letter)


def _masked(line: str, values: list[str]) -> str:
    for value in sorted(filter(None, values), key=len, reverse=True):
        line = line.replace(value, "***")
    return line.strip()[:300]
