"""A mirror that is configured for pip and npm must work without being told again, and its password must stay here."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.config import load_settings
from slipway.config.settings import InstallSettings
from slipway.sandboxes import SandboxUnavailable
from slipway.sandboxes.dependencies.registries import Registry, node_registry, python_registry
from slipway.sandboxes.egress import Origin


@pytest.fixture
def pip_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Configures pip, for this test alone, as a user does: in a file."""
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)

    def configure(text: str) -> None:
        (tmp_path / "pip.conf").write_text(text)
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))

    return configure


def settings(**changes: str) -> InstallSettings:
    return load_settings([f"sandbox.install.{key}={value}" for key, value in changes.items()]).sandbox.install


async def test_pips_own_configuration_counts(pip_says, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_says(
        "[global]\nindex-url = https://mirror.example/simple/\ncert = /etc/corp.pem\nfind-links = /srv/wheels\n"
        "extra-index-url = https://more.example/simple\n  file:///srv/index\n"
    )
    found = Registry(
        ("https://mirror.example/simple", "https://more.example/simple"),
        certificates=Path("/etc/corp.pem"),
        left_out=("the extra index file:///srv/index is a folder of the host", "find-links /srv/wheels"),
    )
    assert await python_registry(settings()) == found
    assert found.origins == {Origin("https", "mirror.example", 443), Origin("https", "more.example", 443)}
    monkeypatch.setenv("PIP_INDEX_URL", "http://10.0.0.1:8080/simple")
    assert (await python_registry(settings())).urls[0] == "http://10.0.0.1:8080/simple"
    told = await python_registry(settings(python_index="https://mine.example/simple"))
    assert (told.urls, told.certificates) == (("https://mine.example/simple",), Path("/etc/corp.pem"))


async def test_where_pip_is_not_configured_its_default_counts(pip_says) -> None:
    pip_says("")
    (url,) = (await python_registry(settings())).urls
    assert url.startswith("https://")
    assert url.endswith("/simple")


async def test_a_password_is_never_shown_or_handed_on(pip_says) -> None:
    pip_says("[global]\nindex-url = https://me:hunter2@mirror.example/simple\n")
    with pytest.raises(SandboxUnavailable) as caught:
        await python_registry(settings())
    assert str(caught.value) == (
        "pip's configuration names an address with a user name in it, which a sandbox cannot be given: passwords are "
        "never handed to one. Set sandbox.install.python_index or sandbox.install.node_registry to a mirror that asks "
        "for none, or sandbox.install.wheels to a folder of wheels"
    )
    pip_says(
        "[global]\nindex-url = https://mirror.example/simple\nextra-index-url = https://me:hunter2@more.example/simple\n"
    )
    with pytest.raises(SandboxUnavailable) as caught:
        await python_registry(settings())
    assert "hunter2" not in str(caught.value)


async def test_npms_own_configuration_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "npmrc").write_text(
        "registry=https://npm.example/npm/\n@corp:registry=https://corp.example/npm\ncafile=/etc/corp.pem\n"
        "//npm.example/npm/:_authToken=hunter2\n"
    )
    monkeypatch.setenv("NPM_CONFIG_USERCONFIG", str(tmp_path / "npmrc"))
    for name in ("NPM_CONFIG_REGISTRY", "npm_config_registry", "NPM_CONFIG_CAFILE", "npm_config_cafile"):
        monkeypatch.delenv(name, raising=False)
    assert await node_registry(settings()) == Registry(
        ("https://npm.example/npm",), {"@corp": "https://corp.example/npm"}, Path("/etc/corp.pem")
    )


async def test_without_npm_its_registry_has_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match=r"set sandbox.install.node_registry"):
        await node_registry(settings())
    told = settings(node_registry="https://npm.example/")
    assert await node_registry(told) == Registry(("https://npm.example",))
