#!/usr/bin/env python3
"""Runs an example against the simulator and compares the ids that come out with the input's.

    run_example.py PROGRAM SPEC INPUT ID_FIELD
"""

import json
import pathlib
import subprocess
import sys
import tempfile


def ids(path: pathlib.Path, field: str) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return [str(json.loads(line)[field]) for line in lines]


def main(program: str, spec: str, input_name: str, id_field: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "results.jsonl"
        command = [program, "run", spec, "--simulate", "--output", str(output)]
        command += ["--set", f"output.failed={folder}/failed.jsonl"]
        code = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
        if code != 0:
            print(f"{spec}: exit code {code}")
            return 1
        found = sorted(pathlib.Path(folder).glob("results*.jsonl"))
        if len(found) != 1:
            print(f"{spec}: one output file expected, there are {len(found)}")
            return 1
        expected = ids(pathlib.Path(spec).parent / input_name, id_field)
        if ids(found[0], "custom_id") != expected:
            print(f"{spec}: the output's ids are not the input's, in order")
            return 1
        print(f"{spec}: {len(expected)} rows in order")
        return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
