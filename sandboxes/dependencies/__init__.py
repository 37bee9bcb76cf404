from __future__ import annotations

from .base import Dependencies, DependenciesRefused, Ecosystem, Layer, Package
from .install import install
from .node import install_tools

__all__ = ["Dependencies", "DependenciesRefused", "Ecosystem", "Layer", "Package", "install", "install_tools"]
