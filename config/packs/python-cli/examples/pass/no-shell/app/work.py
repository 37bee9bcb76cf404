import subprocess


def log(folder: str) -> str:
    done = subprocess.run(["git", "-C", folder, "log"], capture_output=True, text=True, check=True, shell=False)
    return done.stdout
