"""Files that hold secrets, told by their names and by what stands in them.

By content only what has a shape of its own: keys in PEM form and tokens with a prefix. Passwords in running text are
not looked for: whatever finds those finds mostly what is none.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

_NAMES = (
    ".env", ".env.*", "*.env", ".envrc.local", ".netrc", "_netrc", ".pgpass", ".pypirc", ".htpasswd",
    ".git-credentials", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.tfstate",
    "*.tfstate.backup", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials.json", "client_secret*.json",
    "service-account*.json",
    "secrets.yml", "secrets.yaml", "secrets.json", "secrets.toml", ".vault-token", "vault-password*",
)  # fmt: skip
_SAMPLES = ("*.example", "*.sample", "*.template", "*.dist", "*.defaults")
_PLACES = (".aws/credentials", ".docker/config.json", ".kube/config", ".gcloud/credentials.db")

_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----\s{0,8}(?:\\n)?[A-Za-z0-9+/=:\s-]{64}"
)
_TOKENS = {
    "an AWS access key": rb"(?:AKIA|ASIA)[0-9A-Z]{16}",
    "a GitHub token": rb"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}",
    "a GitLab token": rb"gl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{20,}",
    "a Slack token": rb"xox[abeprs]-[A-Za-z0-9-]{20,}",
    "an Anthropic key": rb"sk-ant-[A-Za-z0-9_-]{32,}",
    "an OpenAI key": rb"sk-(?:proj-|svcacct-)[A-Za-z0-9_-]{32,}|sk-[A-Za-z0-9]{48}",
    "a Google key": rb"AIza[A-Za-z0-9_-]{35}",
    "a Stripe key": rb"[rs]k_live_[A-Za-z0-9]{20,}",
    "an npm token": rb"npm_[A-Za-z0-9]{36}",
    "a PyPI token": rb"pypi-AgE[A-Za-z0-9_-]{50,}",
    "a SendGrid key": rb"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "a Hugging Face token": rb"hf_[A-Za-z0-9]{34}",
    "a registry's token": rb":_(?:authToken|password)\s?=\s?[A-Za-z0-9+/=_.-]{16,}",
}
_SHAPES = {what: re.compile(rb"(?<![A-Za-z0-9_])(?:" + shape + rb")(?![A-Za-z0-9])") for what, shape in _TOKENS.items()}


def secret_by_name(path: str) -> str | None:
    """Why a file of this path is taken for a secret; None where it is not. Samples of such files are none."""
    path = path.casefold()
    name = path.rpartition("/")[2]
    if any(fnmatchcase(name, sample) for sample in _SAMPLES):
        return None
    if any(path == place or path.endswith(f"/{place}") for place in _PLACES):
        return "its name is that of a file with secrets"
    return "its name is that of a file with secrets" if any(fnmatchcase(name, each) for each in _NAMES) else None


def secret_in(data: bytes) -> str | None:
    """What `data` holds that looks like a secret; None where nothing does. Documented examples are none."""
    if _KEY.search(data):
        return "it holds a private key"
    for what, shape in _SHAPES.items():
        if any(b"EXAMPLE" not in found[0].upper() for found in shape.finditer(data)):
            return f"it holds what looks like {what}"
    return None
