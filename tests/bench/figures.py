"""Single figures that a run is held to, one line each: the program's size, the time to the first
request, system calls a request, memory with 10,000 requests in flight, the wall time of 20,000 rows
against a server that takes 500 ms, and what it costs to wait.

    figures.py [NAME ...]      all of them, or those named: size first calls memory wall idle
"""
import os
import pathlib
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from harness import PROGRAM, Simulator  # noqa: E402
from static_server import StaticServer  # noqa: E402
from workload import write_job, write_rows  # noqa: E402


class Run:
    """One run to its end, with what it used."""

    def __init__(self, folder, url, rows, concurrency, more="", before=()):
        for leftover in folder.glob("results*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        job = write_job(folder, url, concurrency, more=more)
        command = [*before, PROGRAM, "run", str(job), "--no-progress", "--quiet", "--limit", str(rows)]
        begin = time.monotonic()
        process = subprocess.Popen(command, env={**os.environ, "OPENAI_API_KEY": "any"})
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, process.returncode
        self.wall = time.monotonic() - begin
        self.cpu = used.ru_utime + used.ru_stime
        self.memory = used.ru_maxrss / 1024


def size(folder):
    stripped = folder / "stripped"
    subprocess.run(["strip", "-o", stripped, PROGRAM], check=True)
    return f"size of the program, stripped: {stripped.stat().st_size / 1e6:.2f} MB"


def first(folder):
    """From before the fork to the first byte that the server gets."""
    times = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        write_rows(folder / "few.jsonl", 100)
        job = write_job(folder, f"http://127.0.0.1:{server.getsockname()[1]}/v1", 1, rows="few.jsonl")
        for _ in range(21):
            begin = time.monotonic()
            process = subprocess.Popen([PROGRAM, "run", str(job), "--no-progress", "--quiet", "--fresh"],
                                       env={**os.environ, "OPENAI_API_KEY": "any"})
            connection = server.accept()[0]
            connection.recv(1)
            times.append((time.monotonic() - begin) * 1000)
            process.kill()
            process.wait()
            connection.close()
    return f"from exec to the first request: {statistics.median(times):.1f} ms, least {min(times):.1f}"


def count_calls(folder, url, rows, concurrency):
    counted = folder / "calls.txt"
    Run(folder, url, rows, concurrency, before=("strace", "-f", "-c", "-o", str(counted)))
    line = r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$"
    table = {m[2]: int(m[1]) for m in re.finditer(line, counted.read_text(), re.M)}
    table.pop("total", None)
    return table


def calls(folder):
    """Of rows on connections that are open already: what a longer run makes more of them."""
    few, many = 10_000, 40_000
    lines = []
    with StaticServer(folder) as server:
        for concurrency in (100, 1000):
            less = count_calls(folder, server.plain, few, concurrency)
            more = count_calls(folder, server.plain, many, concurrency)
            each = {name: (n - less.get(name, 0)) / (many - few) for name, n in more.items()}
            most = sorted(each.items(), key=lambda call: -call[1])[:4]
            lines.append(f"system calls a request, {concurrency} connections: {sum(each.values()):.2f} ("
                         + ", ".join(f"{name} {n:.2f}" for name, n in most) + ")")
    return "\n".join(lines)


def memory(folder):
    with Simulator("--latency", "500ms") as server:
        run = Run(folder, server.base_url, 40_000, 10_000)
    return f"memory with 10,000 requests in flight, plain: {run.memory:.0f} MB"


def wall(folder):
    with Simulator("--latency", "500ms") as server:
        run = Run(folder, server.base_url, 20_000, 1000)
    return f"20,000 rows, 1,000 at once, answers after 500 ms: {run.wall:.2f} s, {10 / run.wall:.1%} of the ideal"


def idle(folder):
    with StaticServer(folder) as server:
        short = Run(folder, server.plain, 20, 100, more=", requests_per_minute: 600")
        longer = Run(folder, server.plain, 220, 100, more=", requests_per_minute: 600")
    share = (longer.cpu - short.cpu) / (longer.wall - short.wall)
    return f"held at 10 requests a second: {share:.2%} of a core"


FIGURES = {f.__name__: f for f in (size, first, calls, memory, wall, idle)}


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="batchmill-bench-") as name:
        folder = pathlib.Path(name)
        write_rows(folder / "rows.jsonl", 40_000)
        for figure in sys.argv[1:] or FIGURES:
            print(FIGURES[figure](folder), flush=True)


main()
