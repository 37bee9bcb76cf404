import os
import subprocess


def log(folder: str) -> str:
    os.system(f"cd {folder}")
    return subprocess.run(f"git -C {folder} log", shell=True, capture_output=True, text=True).stdout
