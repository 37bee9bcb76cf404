"""A key that gets into a project is read by models, and told to whoever runs them."""

from __future__ import annotations

import pytest

from slipway.graphs.sources.secrets import secret_by_name, secret_in

_BODY = b"MIIEpAIBAAKCAQEA" * 6


@pytest.mark.parametrize(
    "path",
    [".env", "web/.env.local", ".ENV", "prod.env", "tls/server.key", "id_ed25519", "home/.aws/credentials", ".netrc",
     "terraform.tfstate", "service-account-1.json", "secrets.yaml"],
)  # fmt: skip
def test_names_of_secrets(path: str) -> None:
    assert secret_by_name(path)


@pytest.mark.parametrize(
    "path", [".env.example", ".env.sample", "environment.py", "id_rsa.pub", "keys.py", "monkey", "secrets.py", "a.envx"]
)
def test_names_of_other_files(path: str) -> None:
    assert secret_by_name(path) is None


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"-----BEGIN RSA PRIVATE KEY-----\n" + _BODY, "it holds a private key"),
        (b'K = "-----BEGIN PRIVATE KEY-----\\n' + _BODY, "it holds a private key"),
        (b"token: ghp_" + b"a1B2" * 9, "it holds what looks like a GitHub token"),
        (b"x=AKIA" + b"ABCDEFGH12345678 ", "it holds what looks like an AWS access key"),
        (b"sk-ant-" + b"api03-" + b"x" * 40, "it holds what looks like an Anthropic key"),
        (b"//registry/:_auth" + b"Token=0123456789abcdef0123", "it holds what looks like a registry's token"),
    ],
)
def test_contents_with_secrets(data: bytes, what: str) -> None:
    assert secret_in(data) == what


@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN PUBLIC KEY-----\n" + _BODY,
        b'if line == "-----BEGIN PRIVATE KEY-----":\n    raise ValueError\n',
        b"AKIAIOSFODNN7EXAMPLE",
        b"SOMETHINGAKIAABCDEFGH12345678",
        b"sk-learn and sk-something-short",
        bytes(range(256)) * 100,
    ],
)
def test_contents_without(data: bytes) -> None:
    assert secret_in(data) is None
