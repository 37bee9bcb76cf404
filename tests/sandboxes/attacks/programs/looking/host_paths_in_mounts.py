"""
item = "host files"
tries = "/proc/self/mountinfo, mounts and mountstats: they name the folders that were bound"
safe = "no path below a home or a temporary folder of the machine, other than the interpreter's"
"""

from trying import judge, outside, text

facts = outside()
private = {facts["package"], facts["home"], facts["file"].rsplit("/", 2)[0], "/home/" + facts["user"]}
for name in ("mountinfo", "mounts", "mountstats"):
    for line in text(f"/proc/self/{name}").splitlines():
        told = [word for word in line.split() if any(word.startswith(path + "/") for path in private)]
        told = [word for word in told if not word.startswith(facts["interpreter"])]
        judge(not told, name, told)
