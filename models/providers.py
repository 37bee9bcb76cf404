"""Line-up entries to LangChain chat models."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
from langchain_core.language_models import BaseChatModel

from ..config import ConfigurationError, KeyMissing, RoleConfig


@dataclass(frozen=True)
class Provider:
    """How a provider's chat model is made."""

    module: str
    cls: str
    key_env: str | None
    install: str
    speaks: str = "openai"
    """What LangChain calls its protocol in `model_provider`."""
    timeout_name: str = "timeout"
    output_name: str = "max_tokens"


PROVIDERS = {
    "openai": Provider("langchain_openai", "ChatOpenAI", "OPENAI_API_KEY", "langchain-openai"),
    "scripted": Provider("langchain_openai", "ChatOpenAI", None, "langchain-openai"),
    "simulated": Provider("langchain_openai", "ChatOpenAI", None, "langchain-openai"),
    "anthropic": Provider(
        "langchain_anthropic", "ChatAnthropic", "ANTHROPIC_API_KEY", "slipway[anthropic]", "anthropic"
    ),
    "google": Provider(
        "langchain_google_genai", "ChatGoogleGenerativeAI", "GOOGLE_API_KEY", "slipway[google]", "google_genai",
        output_name="max_output_tokens",
    ),
    "ollama": Provider("langchain_ollama", "ChatOllama", None, "slipway[ollama]", "ollama", output_name="num_predict"),
}  # fmt: skip

_NO_KEY = "none"
_LONGEST = 64 << 20
"""Bytes of an answer as it is sent: streamed, a token takes hundreds."""

Secret = Callable[[str], str | None]


@dataclass(frozen=True)
class OpenChat:
    """A chat model, and how to close its connections."""

    chat: BaseChatModel
    close: Callable[[], Awaitable[None]]
    key: str = ""
    """The secret in use, so that it can be kept out of messages."""
    speaks: str = "openai"


def open_chat(config: RoleConfig, secret: Secret) -> OpenChat:
    """The chat model of one role. ConfigurationError names an unknown provider, a missing package or a missing key."""
    provider, options = _options(config, secret)
    cls, key = _load(provider), str(options.get("api_key", "")).removeprefix(_NO_KEY)
    if provider.cls != "ChatOpenAI":
        return OpenChat(cls(**options), _nothing, key, provider.speaks)
    import openai  # `cls` has loaded it; a second that commands which ask no model need not wait for

    # Left to itself, the client is shared by all event loops of the process, and dies with the first of them.
    client = openai.DefaultAsyncHttpxClient(
        timeout=config.request_timeout, event_hooks={"response": [_bounded]}, headers={"Accept-Encoding": "identity"}
    )
    options["http_async_client"] = client
    return OpenChat(cls(**options), client.aclose, key, provider.speaks)


class _Bounded(httpx2.AsyncByteStream):
    """A body that is given up where it is longer than an answer can be."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _LONGEST
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise httpx2.RemoteProtocolError(f"the answer has more than {_LONGEST >> 20} MiB")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bounded(response: httpx2.Response) -> None:
    assert isinstance(response.stream, httpx2.AsyncByteStream), "the client is asynchronous"
    response.stream = _Bounded(response.stream)


def check_chat(config: RoleConfig, secret: Secret) -> None:
    """The errors of `open_chat`, without opening anything."""
    _load(_options(config, secret)[0])


async def _nothing() -> None:
    pass


def _options(config: RoleConfig, secret: Secret) -> tuple[Provider, dict[str, Any]]:
    name, _, model = config.model.partition(":")
    provider = PROVIDERS.get(name)
    if provider is None:
        raise ConfigurationError(
            f"unknown model {config.model!r}: provider {name!r} is not one of {', '.join(PROVIDERS)}; "
            "an OpenAI-compatible endpoint is `openai:NAME` with a base_url"
        )
    options: dict[str, Any] = {
        "model": model,
        provider.output_name: config.max_output_tokens,
        provider.timeout_name: config.request_timeout,
        "max_retries": 0,  # `Retried` repeats, and nobody else
    }
    if config.temperature is not None:
        options["temperature"] = config.temperature
    if config.base_url is not None:
        options["base_url"] = config.base_url
    if config.stream and provider.cls == "ChatOpenAI":
        # Usage is not told otherwise. Silence is bounded by us, in one way for all providers.
        options |= {"stream_usage": True, "stream_chunk_timeout": None}
    options |= _key(config, provider, secret)
    if name == "ollama":  # runs locally and takes neither
        del options["max_retries"], options["timeout"]
    return provider, options


def _key(config: RoleConfig, provider: Provider, secret: Secret) -> dict[str, str]:
    variable = config.api_key_env or provider.key_env
    value = secret(variable) if variable else None
    if value:
        return {"api_key": value}
    if config.base_url is None and provider.key_env is not None:
        raise KeyMissing(
            f"model {config.model!r} needs a key: {variable} is not set",
            f"export {variable}=..., choose another line-up with --lineup, or try `slipway demo`, which needs no key",
        )
    # An endpoint of one's own often takes any key, but the client insists on one.
    return {"api_key": _NO_KEY} if provider.cls == "ChatOpenAI" else {}


def _load(provider: Provider) -> type[BaseChatModel]:
    # Only the package of a provider that a line-up names is loaded: each costs up to a second.
    try:
        module = importlib.import_module(provider.module)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{provider.module} is not installed; run: pip install '{provider.install}'"
        ) from error
    return getattr(module, provider.cls)
