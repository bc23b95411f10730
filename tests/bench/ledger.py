"""Runs a job with the ledger and without it, in turns, against a simulator on the other core.

CPU is user and system time of the process that runs the job, all threads. Of the bytes it wrote,
"asked" counts what it gave to write(2), "to disk" whole pages that it made dirty, as the kernel
charges them. Every figure is a median, but
"of the least": other work on the machine only ever adds to what a run takes.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from harness import PROGRAM, Job, Simulator

WITHOUT_LEDGER = os.environ["BATCHMILL_WITHOUT_LEDGER"]
WORKLOADS = [
    ("in order: 5 ms, 64 at once", "5ms", 64),
    ("ahead of their turn: lognormal 100 ms, 1,000 at once", "100ms,0.8", 1000),
]
TEXT = ("The invoice of last month shows the old address although I changed it twice in the settings. "
        "Please correct it and send the document again, our accounting needs it before Friday.")


class Measured:
    def __init__(self, job, program):
        for leftover in job.folder.glob("results*"):
            leftover.unlink()
        process = subprocess.Popen(job.command("--quiet", program=program), env=job.environment(),
                                   preexec_fn=lambda: os.sched_setaffinity(0, {0}))
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        written = dict(line.split(": ") for line in
                       pathlib.Path(f"/proc/{process.pid}/io").read_text().splitlines())
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, process.returncode
        output = job.output.stat().st_size
        self.cpu = (used.ru_utime + used.ru_stime) / job.rows * 1e6
        self.asked = int(written["wchar"]) / output
        self.to_disk = int(written["write_bytes"]) / output


def write_input(job):
    with open(job.folder / "rows.jsonl", "w", encoding="utf-8") as file:
        for n in range(job.rows):
            file.write(json.dumps({"id": f"row-{n}", "text": f"Ticket {n}. {TEXT}"}) + "\n")


def measure(latency, concurrency, rows, repeats):
    results = {PROGRAM: [], WITHOUT_LEDGER: []}
    with Simulator("--latency", latency) as server:
        others = set(os.sched_getaffinity(0)) - {0}
        os.sched_setaffinity(server.process.pid, others or {0})
        job = Job(server.base_url, rows, concurrency)
        write_input(job)
        for _ in range(repeats):
            for program, measured in results.items():
                measured.append(Measured(job, program))
        job.remove()
    return results[PROGRAM], results[WITHOUT_LEDGER]


def median(measured, name):
    return statistics.median(getattr(m, name) for m in measured)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--repeats", type=int, default=5)
    given = arguments.parse_args()
    print(f"{given.rows:,} rows, {given.repeats} runs each, medians; "
          f"load of the machine before: {os.getloadavg()[0]:.1f}\n")
    print("| rows finish | CPU per row, with ledger | without | ratio | of the least | ledger "
          "| bytes asked / output | to disk / output |")
    print("|---|---|---|---|---|---|---|---|")
    for name, latency, concurrency in WORKLOADS:
        with_ledger, without = measure(latency, concurrency, given.rows, given.repeats)
        more = median(with_ledger, "cpu")
        less = median(without, "cpu")
        least = min(m.cpu for m in with_ledger) / min(m.cpu for m in without)
        print(f"| {name} | {more:.2f} us | {less:.2f} us | {more / less:.3f} | {least:.3f} "
              f"| {more - less:.2f} us | {median(with_ledger, 'asked'):.3f} | {median(with_ledger, 'to_disk'):.3f} |",
              flush=True)


main()
