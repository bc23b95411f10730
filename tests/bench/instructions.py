"""User instructions a row, counted by callgrind: the same on every machine, whatever else it does.

    instructions.py [--rows N] [--profile FILE] [--without-limits] [--check]

Two runs of different length are compared, so that starting and ending cost nothing. With --check it
fails when a row costs over 10 % more than the reference, and ends with 77, which ctest counts as
skipped, where valgrind or nginx is missing.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from static_server import StaticServer
from workload import write_job, write_rows

PROGRAM = os.environ.get("BATCHMILL", str(pathlib.Path(__file__).resolve().parents[2] / "build/batchmill"))
REFERENCE = pathlib.Path(__file__).resolve().parent / "instructions.txt"
ROOM = 1.10
SKIPPED = 77


def instructions(folder, rows, profile=None):
    for leftover in folder.glob("results*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    profile = profile or folder / "callgrind.out"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", PROGRAM, "run",
               str(folder / "job.yaml"), "--quiet", "--limit", str(rows)]
    done = subprocess.run(command, env={**os.environ, "OPENAI_API_KEY": "any"}, stderr=subprocess.PIPE,
                          text=True, check=False)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not counted:
        sys.exit(f"the run failed:\n{done.stderr}")
    return int(counted.group(1))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=20_000)
    arguments.add_argument("--profile", help="keep callgrind's output of the longer run here")
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--without-limits", action="store_true", help="the server states none")
    arguments.add_argument("--concurrency", type=int, default=1000)
    given = arguments.parse_args()
    for tool in ("valgrind", "nginx"):
        if not shutil.which(tool):
            print(f"Skipped: {tool} is not installed.")
            sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="batchmill-bench-") as name:
        folder = pathlib.Path(name)
        few = given.rows // 4
        write_rows(folder / "rows.jsonl", given.rows)
        with StaticServer(folder, limits=not given.without_limits) as server:
            write_job(folder, server.plain, given.concurrency)
            less = instructions(folder, few)
            more = instructions(folder, given.rows, given.profile)
    a_row = (more - less) / (given.rows - few)
    reference = int(REFERENCE.read_text())
    print(f"{a_row:,.0f} user instructions a row, reference {reference:,}; start and end: "
          f"{(less - a_row * few) / 1e6:,.1f} million")
    if given.check and a_row > reference * ROOM:
        sys.exit("A row costs over 10 % more than the reference. Profile it (tests/bench/instructions.py "
                 "--profile FILE), or say in the commit why and record the new figure in "
                 "tests/bench/instructions.txt.")


main()
