"""Packages for Node that a test needs. Without Node or the registry, the test is skipped: it ends
with 77, which ctest counts so.
"""
import filecmp
import re
import shutil
import subprocess
import sys

SKIPPED = 77
OLDEST_NODE = 20
UNREACHABLE = {"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH",
               "ENETUNREACH", "ERR_SOCKET_TIMEOUT", "E403", "E502", "E503", "E504", "ENOTCACHED"}


def skip(reason):
    print(f"Skipped: {reason}")
    sys.exit(SKIPPED)


def check_node():
    if not shutil.which("node") or not shutil.which("npm"):
        skip("node and npm are needed, and not both are installed.")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if int(re.match(r"v(\d+)", version).group(1)) < OLDEST_NODE:
        skip(f"Node {version} is older than {OLDEST_NODE}.")


def install(source, folder):
    """Copies the files of `source` to `folder` and runs `npm ci` there, unless the same lock file
    was installed before."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "package-lock.json"
    done = lock.exists() and filecmp.cmp(lock, source / "package-lock.json", shallow=False)
    for file in source.iterdir():
        if file.suffix in (".json", ".mjs"):
            shutil.copy(file, folder)
    if done and (folder / "node_modules").exists():
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode == 0:
        return
    shutil.rmtree(folder / "node_modules", ignore_errors=True)
    code = re.search(r"npm (?:error|ERR!) code (\S+)", result.stderr)
    if code and code.group(1) in UNREACHABLE:
        skip(f"the npm registry cannot be reached ({code.group(1)}).")
    sys.exit(f"npm ci failed:\n{result.stderr}")
