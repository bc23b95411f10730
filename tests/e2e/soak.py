"""A long run under load: memory stays flat, no descriptor is lost, no row is stuck."""
import argparse
import json
import os
import re
import sys
import time

from harness import Job, Simulator

FAULTS = ("500=0.5%,502=0.5%,503=0.5%,408=0.5%,reset=0.7%,drop=0.7%,truncate=0.5%,malformed=0.4%,"
          "html=0.4%,slow=0.3%")  # 5 % together


def memory_of(pid):
    """Resident megabytes."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024


def descriptors_of(pid):
    """How many are open: all, and sockets."""
    kinds = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            kinds.append(os.readlink(f"/proc/{pid}/fd/{name}"))
        except OSError:
            pass
    return len(kinds), sum(kind.startswith("socket:") for kind in kinds)


def cpu_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Rows:
    """Counts those that are written, without reading any twice."""

    def __init__(self, output):
        self.output = output
        self.count = self.read = 0

    def now(self):
        if self.output.exists():
            with open(self.output, "rb") as file:
                file.seek(self.read)
                while data := file.read(1 << 20):
                    self.count += data.count(b"\n")
                    self.read += len(data)
        return self.count


class Sample:
    """What the process holds at a time."""

    def __init__(self, seconds, process, server, rows):
        self.seconds = seconds
        self.client = memory_of(process.pid)
        self.server = memory_of(server.process.pid)
        self.descriptors, self.sockets = descriptors_of(process.pid)
        self.rows = rows.now()
        self.cpu = cpu_of(process.pid)

    def __str__(self):
        return (f"{self.seconds:5.0f} s  {self.client:6.1f} MB  {self.descriptors:6} descriptors  "
                f"{self.sockets:6} sockets  {self.rows:9,} rows  {self.cpu:6.1f} s CPU  "
                f"(simulator {self.server:.0f} MB)")


def watch(process, server, job, minutes):
    samples = []
    rows = Rows(job.output)
    began = time.monotonic()
    every = max(1.0, minutes * 60 / 30)
    while process.poll() is None:
        time.sleep(every)
        try:
            samples.append(Sample(time.monotonic() - began, process, server, rows))
        except (OSError, AttributeError):
            break  # it is ending
        print(samples[-1], flush=True)
    return samples


def require_flat(samples):
    """In the second half, the first fifth of it aside, memory grows by less than 5 %."""
    half = [s for s in samples if s.seconds >= samples[-1].seconds / 2]
    third = max(1, len(half) // 3)
    early = sum(s.client for s in half[:third]) / third
    late = sum(s.client for s in half[-third:]) / third
    print(f"memory in the second half: {early:.1f} MB at its begin, {late:.1f} MB at its end")
    assert late <= early * 1.05 + 2, f"memory grows: {early:.1f} -> {late:.1f} MB"


def median_seconds(latency):
    number, unit = re.match(r"([\d.]+)(ms|s)", latency).groups()
    return float(number) / (1000 if unit == "ms" else 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--concurrency", type=int, default=10_000)
    parser.add_argument("--latency", default="8s,0.3")
    options = parser.parse_args()
    per_second = options.concurrency / median_seconds(options.latency) / 1.1
    rows = int(per_second * options.minutes * 60)
    print(f"{rows:,} rows, {options.concurrency:,} in flight, answers after {options.latency}, "
          "5 % faults", flush=True)
    with Simulator("--latency", options.latency, "--faults", FAULTS, "--seed", "10") as server:
        job = Job(server.base_url, rows, concurrency=options.concurrency, timeout="120s")
        process = job.start("--set", "retry.attempts=20")
        samples = watch(process, server, job, options.minutes)
        said = process.communicate()[1]
        assert process.returncode == 0, said
        print(said.strip())
        job.require_complete()
        books = server.executions()
        summary = json.loads((job.folder / "results.jsonl.summary.json").read_text())
        assert books["distinct"] == rows, books
        assert summary["rows"]["ok"] == rows, summary
        left = descriptors_of(server.process.pid)[1]
        print(f"executed {books['executed']:,} for {rows:,} rows; {summary['attempts']:,} attempts, "
              f"{summary['retries']:,} retries; the simulator has {left} sockets left")
        require_flat(samples)
        most = max(s.sockets for s in samples)
        assert most <= options.concurrency + 20, f"{most} sockets for {options.concurrency}"
        job.remove()
    print("flat, no descriptor lost, no row stuck, books equal")


if __name__ == "__main__":
    sys.exit(main())
