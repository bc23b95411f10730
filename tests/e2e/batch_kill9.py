"""Kills a run through the Batch API at each of its steps, goes on with it, and lets the simulator's
books prove that nothing was submitted or paid twice. Prints the table of steps.

    batch_kill9.py [--rows N] [--random N] [--seed N]

With --random it kills that often at any instant instead: in the middle of uploads, downloads and merges.
"""
import argparse
import json
import random
import signal
import subprocess
import tempfile
import urllib.request

from harness import CRASHING, Job, Simulator

OPTIONS = ["--set", "mode=batch", "--set", "batch.poll=100ms"]


def batches_of(server):
    url = server.base_url + "/batches?limit=100"
    request = urllib.request.Request(url, headers={"Authorization": "Bearer any"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


def files_of(server):
    request = urllib.request.Request(server.base_url + "/files",
                                     headers={"Authorization": "Bearer any"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


def simulator():
    # One batch expires, so that rows go into another one; short ones, so that all is seen.
    return Simulator("--latency", "1ms", "--clock-rate", "86400", "--batch-time", "6h",
                     "--expire-batches", "1")


def job_on(server, rows):
    return Job(server.base_url, rows), [*OPTIONS, "--set", f"batch.max_requests={-(-rows // 2)}"]


def points(rows):
    with simulator() as server, tempfile.NamedTemporaryFile(mode="r") as names:
        job, options = job_on(server, rows)
        ended = job.run(*options, program=CRASHING, BATCHMILL_CRASH_LIST=names.name)
        assert ended.returncode == 0, ended.stderr
        job.remove()
        return sorted({line.strip() for line in names if line.startswith("batch ")})


def kill_at(point, hit, rows):
    with simulator() as server:
        job, options = job_on(server, rows)
        died = job.run(*options, program=CRASHING, BATCHMILL_CRASH_AT=f"{point}:{hit}")
        killed = died.returncode == -signal.SIGKILL
        if killed:
            job.require_clean_prefix()
        ended = job.run(*options, program=CRASHING)
        assert ended.returncode == 0, f"{point}:{hit}: {ended.stderr}"
        assert job.require_clean_prefix() == rows, f"{point}:{hit}"
        counts = server.executions()
        once = {"executed": rows, "distinct": rows, "most": 1}
        assert counts == once, f"{point}:{hit}: {counts}"
        made = len(batches_of(server))
        assert made == 3, f"{point}:{hit}: {made} batches"
        left = len(files_of(server))
        assert left == 0, f"{point}:{hit}: {left} files left"
        job.remove()
    return killed, made, left


def kill_anywhere(kills, rows, seed):
    dice = random.Random(seed)
    with Simulator("--latency", "1ms", "--batch-time", "1s") as server:
        job, options = job_on(server, rows)
        for n in range(kills):
            run = job.start(*options)
            try:
                run.communicate(timeout=dice.uniform(0.05, 1.5))
                assert run.returncode == 0
                print(f"complete after {n} kills")
                break
            except subprocess.TimeoutExpired:
                run.kill()
                run.communicate()
                job.require_clean_prefix()
        ended = job.run(*options)
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        once = {"executed": rows, "distinct": rows, "most": 1}
        assert server.executions() == once, server.executions()
        print(f"{rows} rows in {len(batches_of(server))} batches, each executed once; "
              f"{len(files_of(server))} files left")
        job.remove()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rows = arguments.rows
    if arguments.random:
        return kill_anywhere(arguments.random, rows, arguments.seed)
    steps = points(rows)
    assert len(steps) >= 10, steps
    print(f"{'step':<26} {'time':>4}  {'killed':<6} {'batches':>7} {'rows':>6} {'twice':>5} "
          f"{'files left':>10}")
    for step in steps:
        for hit in (1, 2):
            killed, made, left = kill_at(step, hit, rows)
            print(f"{step:<26} {hit:>4}  {'yes' if killed else 'no':<6} {made:>7} {rows:>6} "
                  f"{0:>5} {left:>10}", flush=True)


if __name__ == "__main__":
    main()
