#!/usr/bin/env python3
"""Rehearses the fine-tuning example from raw rows to the comparison, and looks at what that says.

    whole_way.py PROGRAM SCRIPT
"""

import json
import os
import subprocess
import sys


def main(program: str, script: str) -> int:
    done = subprocess.run([script, "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          env={**os.environ, "BATCHMILL": program}, text=True, timeout=60)
    print(done.stdout)
    if done.returncode != 0:
        print(f"exit code {done.returncode}")
        return 1
    compared = json.loads(done.stdout.splitlines()[-1])
    base, tuned = compared["models"]
    right = [model["right_label"]["count"] for model in (base, tuned)]
    print(f"{compared['prompts']} prompts; right labels: {right[0]} before, {right[1]} after")
    good = compared["prompts"] >= 12 and base["failed"] == tuned["failed"] == 0
    return 0 if good and tuned["model"].startswith("ft:") and right[0] < right[1] else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
