#!/usr/bin/env python3
"""Compares a file of the repository with what a program prints.

    same_output.py FILE PROGRAM ARGUMENT...
"""

import difflib
import pathlib
import subprocess
import sys


def main(file: str, *command: str) -> int:
    kept = pathlib.Path(file).read_text(encoding="utf-8")
    printed = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    fresh = printed.stdout.decode("utf-8")
    if fresh == kept:
        return 0
    name = pathlib.Path(command[0]).name
    print(f"{file} is out of date. Run: {' '.join([name, *command[1:]])} > {file}")
    sys.stdout.writelines(difflib.unified_diff(
        kept.splitlines(True), fresh.splitlines(True), "in the repository", "printed now"))
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
