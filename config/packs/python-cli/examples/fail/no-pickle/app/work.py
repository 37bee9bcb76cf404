import pickle
from pathlib import Path


def load(path: Path) -> object:
    return pickle.loads(path.read_bytes())
