#!/usr/bin/env python3
"""Prepares the fine-tuning example in a copy of its folder and compares with what its README says.

    prepare_example.py PROGRAM FOLDER
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile


def main(program: str, source: str) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "fine_tuning"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("prepared"))
        code = subprocess.run([program, "finetune", "prepare", str(folder / "prepare.yaml")]).returncode
        counts = [len((folder / "prepared" / file).read_text(encoding="utf-8").splitlines())
                  for file in ("train.jsonl", "valid.jsonl")]
        print(f"exit code {code}, {counts[0]} examples to train on, {counts[1]} to validate with")
        return 0 if (code, counts) == (0, [96, 24]) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
