from .build import Recipe, build, built

__all__ = ["Recipe", "build", "built"]
