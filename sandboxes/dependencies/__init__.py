from __future__ import annotations

from .base import Dependencies, DependenciesRefused, Ecosystem, Layer, Package
from .install import install

__all__ = ["Dependencies", "DependenciesRefused", "Ecosystem", "Layer", "Package", "install"]
