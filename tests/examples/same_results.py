#!/usr/bin/env python3
"""Runs an example against the simulator and compares what comes out with the file beside it.

    same_results.py PROGRAM SPEC EXPECTED
"""

import json
import math
import pathlib
import subprocess
import sys
import tempfile


def same(a: object, b: object) -> bool:
    """Equal, but for the last digits of numbers."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-7)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return a == b


def comparable(line: str) -> object:
    """Without the usage: how rows share that of their pack depends on how tokens are counted."""
    row = json.loads(line)
    row.pop("usage", None)
    return row


def main(program: str, spec: str, expected: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "results.jsonl"
        command = [program, "run", spec, "--simulate", "--output", str(output)]
        code = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
        if code != 0:
            print(f"{spec}: exit code {code}")
            return 1
        found = output.with_name("results.simulated.jsonl").read_text(encoding="utf-8").splitlines()
    wanted = pathlib.Path(expected).read_text(encoding="utf-8").splitlines()
    for n, (a, b) in enumerate(zip(found, wanted), 1):
        if not same(comparable(a), comparable(b)):
            print(f"{spec}: line {n} is\n{a}\nand should be\n{b}")
            return 1
    if len(found) != len(wanted):
        print(f"{spec}: {len(found)} lines, {len(wanted)} expected")
        return 1
    print(f"{spec}: {len(found)} lines as expected")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
