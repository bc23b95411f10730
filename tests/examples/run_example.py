#!/usr/bin/env python3
"""Runs an example against the simulator and compares the ids that come out with the input's, and the
files in answers with what the output says of them.

    run_example.py PROGRAM SPEC INPUT ID_FIELD

INPUT may be a glob: each file is a row then, its name the id.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile


def ids(path: pathlib.Path, field: str) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return [str(json.loads(line)[field]) for line in lines]


def expected_ids(folder: pathlib.Path, input_name: str, field: str) -> list[str]:
    if "*" in input_name:
        return sorted(file.name for file in folder.glob(input_name))
    return ids(folder / input_name, field)


def artifacts(value):
    """Every {"path", "size", "sha256"} under a key `artifact`."""
    if isinstance(value, list):
        for item in value:
            yield from artifacts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from [item] if key == "artifact" else artifacts(item)


def wrong_files(output: pathlib.Path) -> tuple[int, list[str]]:
    """How many files the output names, and those that are not as it says."""
    count, wrong = 0, []
    for line in output.read_text(encoding="utf-8").splitlines():
        for file in artifacts(json.loads(line)):
            count += 1
            data = (output.parent / file["path"]).read_bytes()
            if (len(data), hashlib.sha256(data).hexdigest()) != (file["size"], file["sha256"]):
                wrong.append(file["path"])
    return count, wrong


def main(program: str, spec: str, input_name: str, id_field: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "results.jsonl"
        command = [program, "run", spec, "--simulate", "--output", str(output)]
        command += ["--set", f"output.failed={folder}/failed.jsonl"]
        command += ["--set", f"output.artifacts={folder}/files"]
        code = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
        if code != 0:
            print(f"{spec}: exit code {code}")
            return 1
        found = sorted(pathlib.Path(folder).glob("results*.jsonl"))
        if len(found) != 1:
            print(f"{spec}: one output file expected, there are {len(found)}")
            return 1
        expected = expected_ids(pathlib.Path(spec).parent, input_name, id_field)
        if ids(found[0], "custom_id") != expected:
            print(f"{spec}: the output's ids are not the input's, in order")
            return 1
        files, wrong = wrong_files(found[0])
        saved = len(list(pathlib.Path(folder).glob("files.simulated/*")))
        if wrong or files != saved:
            print(f"{spec}: {files} files named, {saved} saved; wrong: {wrong}")
            return 1
        print(f"{spec}: {len(expected)} rows in order, {files} files")
        return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
