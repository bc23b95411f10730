"""OpenAI's own library for Node against the simulator: every endpoint, streams, errors, Azure,
files, uploads and batches.

    tests/e2e/sdk.py FOLDER

The library is installed into FOLDER as the lock file says. Ends with 77, which ctest counts as
skipped, where Node is missing or the registry cannot be reached.
"""
import filecmp
import os
import pathlib
import re
import shutil
import subprocess
import sys

from harness import Simulator

SKIPPED = 77
OLDEST_NODE = 20
KEY = "sk-of-the-sdk-test"
HERE = pathlib.Path(__file__).resolve().parent / "sdk"
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


def install(folder):
    """Copies the test and runs `npm ci`, unless the same lock file was installed before."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "package-lock.json"
    installed = folder / "node_modules" / "openai"
    done = lock.exists() and filecmp.cmp(lock, HERE / "package-lock.json", shallow=False)
    for file in HERE.iterdir():
        shutil.copy(file, folder)
    if done and installed.exists():
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
               "--fetch-retries=1"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode == 0:
        return
    shutil.rmtree(folder / "node_modules", ignore_errors=True)
    code = re.search(r"npm (?:error|ERR!) code (\S+)", result.stderr)
    if code and code.group(1) in UNREACHABLE:
        skip(f"the npm registry cannot be reached ({code.group(1)}).")
    sys.exit(f"npm ci failed:\n{result.stderr}")


def main():
    folder = pathlib.Path(sys.argv[1])
    check_node()
    install(folder)
    with Simulator("--key", KEY) as simulator:
        environment = {**os.environ, "BASE_URL": simulator.base_url, "KEY": KEY,
                       "NO_PROXY": "127.0.0.1"}
        command = ["node", "--test", "--test-reporter=spec", "sdk.mjs", "batches.mjs"]
        sys.exit(subprocess.run(command, cwd=folder, env=environment).returncode)


if __name__ == "__main__":
    main()
