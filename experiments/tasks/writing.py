"""Files of tasks, written so that people can read and change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ...config.task import Bug

_HEAD = "# `slipway suite bugs` makes these anew, but for those of the kinds omission, signature and other.\n"


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand as they are."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists are indented, too."""
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def written(data: Mapping[str, Any]) -> str:
    """`data` as YAML, keys in their order."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def bugs_file(bugs: Sequence[Bug]) -> str:
    """What `bugs.yaml` holds for `bugs`."""
    told = [bug.model_dump(mode="json", exclude_defaults=True) for bug in bugs]
    return _HEAD + written({"bugs": told})
