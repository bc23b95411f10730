"""OpenAI's own library for Node against the simulator: every endpoint, streams, errors, Azure,
files, uploads, batches and fine-tuning.

    tests/e2e/sdk.py FOLDER

The library is installed into FOLDER as the lock file says. Ends with 77, which ctest counts as
skipped, where Node is missing or the registry cannot be reached.
"""
import os
import pathlib
import subprocess
import sys

from harness import Simulator

KEY = "sk-of-the-sdk-test"
HERE = pathlib.Path(__file__).resolve().parent / "sdk"
sys.path.insert(0, str(HERE.parents[1] / "support"))

import node_packages  # noqa: E402


def prepare(folder):
    """OpenAI's library, installed into `folder` with the tests beside it."""
    node_packages.check_node()
    node_packages.install(HERE, folder)


def main():
    folder = pathlib.Path(sys.argv[1])
    prepare(folder)
    with Simulator("--key", KEY, "--tuning-time", "2s") as simulator:
        environment = {**os.environ, "BASE_URL": simulator.base_url, "KEY": KEY,
                       "NO_PROXY": "127.0.0.1"}
        command = ["node", "--test", "--test-reporter=spec", "sdk.mjs", "batches.mjs",
                   "fine_tuning.mjs"]
        sys.exit(subprocess.run(command, cwd=folder, env=environment).returncode)


if __name__ == "__main__":
    main()
