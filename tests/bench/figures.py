"""Single figures that a run is held to, each with its target: the program's size, the time to the first
request, system calls and user instructions a request, memory with 10,000 requests in flight, the wall
time against a server that takes 500 ms, what it costs to wait, how the cost grows with rows and
connections, and what packed embeddings cost by the byte.

    figures.py [NAME ...]      all but the long ones, or those named: see FIGURES and LONG
"""
import base64
import json
import os
import pathlib
import re
import resource
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from harness import PROGRAM, Simulator  # noqa: E402
from static_server import StaticServer  # noqa: E402
from workload import write_job, write_rows  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


class Figure:
    """`met`: None where there is no target, or it could not be measured."""

    def __init__(self, what, value, target="", met=None):
        self.what, self.value, self.target, self.met = what, value, target, met

    def line(self):
        return f"| {self.what} | {self.value} | {self.target} | {'' if self.met is None else 'met' if self.met else '**missed**'} |"


HEAD = "| figure | measured | target | |\n|---|---|---|---|"


def at_most(what, value, limit, shown, target):
    return Figure(what, shown, target, value <= limit)


def at_least(what, value, limit, shown, target):
    return Figure(what, shown, target, value >= limit)


class Run:
    """One run to its end, with what it used."""

    def __init__(self, folder, url, rows, concurrency, more="", before=(), spec=write_job):
        for leftover in folder.glob("results*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        job = spec(folder, url, concurrency, more=more)
        command = [*before, PROGRAM, "run", str(job), "--no-progress", "--quiet", "--limit", str(rows)]
        begin = time.monotonic()
        process = subprocess.Popen(command, env={**os.environ, "OPENAI_API_KEY": "any"})
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        self.wall = time.monotonic() - begin
        self.cpu = used.ru_utime + used.ru_stime
        self.memory = used.ru_maxrss / 1024
        self.rows = rows


def secure_job(folder, url, concurrency, more=""):
    job = write_job(folder, url, concurrency, more=more)
    job.write_text(job.read_text().replace(f'"{url}"', f'"{url}", ca_file: "{folder}/server.pem"'))
    return job


def need_rows(folder, count):
    path = folder / "rows.jsonl"
    if not path.exists() or int((folder / "rows.count").read_text()) < count:
        write_rows(path, count)
        (folder / "rows.count").write_text(str(count))


def size(folder):
    stripped = folder / "stripped"
    subprocess.run(["strip", "-o", stripped, PROGRAM], check=True)
    megabytes = stripped.stat().st_size / 1e6
    return [at_most("size of the program, stripped", megabytes, 12, f"{megabytes:.2f} MB", "< 12 MB")]


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
    middle = statistics.median(times)
    return [at_most("from exec to the first request", middle, 20, f"{middle:.1f} ms", "<= 20 ms")]


def count_calls(folder, url, rows, concurrency):
    counted = folder / "calls.txt"
    Run(folder, url, rows, concurrency, before=("strace", "-f", "-c", "-o", str(counted)))
    line = r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$"
    table = {m[2]: int(m[1]) for m in re.finditer(line, counted.read_text(), re.M)}
    table.pop("total", None)
    return table


def calls(folder):
    """Of rows on connections that are open already: what a longer run makes more of them."""
    few, many = 5_000, 20_000
    need_rows(folder, many)
    with StaticServer(folder) as server:
        less = count_calls(folder, server.plain, few, 1000)
        more = count_calls(folder, server.plain, many, 1000)
    each = {name: (n - less.get(name, 0)) / (many - few) for name, n in more.items()}
    most = sorted(each.items(), key=lambda call: -call[1])[:4]
    a_row = sum(each.values())
    shown = f"{a_row:.2f} (" + ", ".join(f"{name} {n:.2f}" for name, n in most) + ")"
    return [at_most("system calls a request, 1,000 connections", a_row, 3.1, shown, "<= 3.1")]


def instructions(_):
    if not shutil.which("valgrind"):
        return [Figure("user instructions a request", "not measured: valgrind is not installed", "<= 40,000")]
    said = subprocess.run([sys.executable, str(HERE / "instructions.py"), "--rows", "8000"], check=True,
                          stdout=subprocess.PIPE, text=True, env={**os.environ, "BATCHMILL": PROGRAM}).stdout
    a_row = int(re.match(r"([\d,]+) user", said)[1].replace(",", ""))
    return [at_most("user instructions a request, with limits", a_row, 40_000, f"{a_row:,}", "<= 40,000")]


def memory(folder):
    need_rows(folder, 30_000)
    with Simulator("--latency", "500ms") as server:
        run = Run(folder, server.base_url, 30_000, 10_000)
    return [at_most("memory with 10,000 requests in flight, plain", run.memory, 40, f"{run.memory:.0f} MB",
                    "<= 40 MB")]


def memory_tls(folder):
    """A proxy of TLS in front of the simulator: stunnel's job, done by nginx."""
    need_rows(folder, 30_000)
    with Simulator("--latency", "500ms") as slow, StaticServer(folder, before=slow.base_url) as server:
        run = Run(folder, server.secure, 30_000, 10_000, spec=secure_job)
    return [at_most("memory with 10,000 requests in flight, TLS", run.memory, 300, f"{run.memory:.0f} MB",
                    "<= 300 MB")]


def wall(folder):
    need_rows(folder, 20_000)
    with Simulator("--latency", "500ms") as server:
        run = Run(folder, server.base_url, 20_000, 1000)
    share = 10 / run.wall
    return [at_least("20,000 rows, 1,000 connections, answers after 500 ms", share, 0.97,
                     f"{share:.1%} of the ideal wall time", ">= 97 %")]


def idle(folder):
    need_rows(folder, 1000)
    with StaticServer(folder) as server:
        short = Run(folder, server.plain, 20, 100, more=", requests_per_minute: 600")
        longer = Run(folder, server.plain, 120, 100, more=", requests_per_minute: 600")
    share = (longer.cpu - short.cpu) / (longer.wall - short.wall)
    return [at_most("held by its limit at 10 requests a second", share, 0.01, f"{share:.2%} of a core", "<= 1 %")]


def growth_of_rows(folder, numbers):
    need_rows(folder, max(numbers))
    with StaticServer(folder, core=0) as server:
        runs = [Run(folder, server.plain, n, 1000, before=("taskset", "-c", "1")) for n in numbers]
        start = Run(folder, server.plain, 1000, 1000, before=("taskset", "-c", "1"))
    each = [(run.cpu - start.cpu) / (run.rows - 1000) * 1e6 for run in runs]
    shown = ", ".join(f"{n:,}: {cpu:.1f} us" for n, cpu in zip(numbers, each))
    more = runs[-1].memory / runs[-2].memory - 1
    return [at_most("CPU per row as rows grow", max(each) / min(each), 1.5, shown, "within 1.5x"),
            at_most(f"peak memory of {numbers[-1]:,} rows over that of {numbers[-2]:,}", more, 0.05,
                    f"{runs[-1].memory:.0f} MB, {more:+.1%}", "<= 5 %")]


def rows(folder):
    return growth_of_rows(folder, (10_000, 100_000, 1_000_000))


def many_rows(folder):
    return growth_of_rows(folder, (10_000, 100_000, 10_000_000))


def connections(folder):
    """Once they are open: what a longer run makes more of it."""
    need_rows(folder, 120_000)
    each = {}
    with StaticServer(folder, core=0) as server:
        for n in (10, 100, 1000, 10_000):
            less, more = (Run(folder, server.plain, rows, n, before=("taskset", "-c", "1"))
                          for rows in (max(10_000, 3 * n), max(10_000, 3 * n) + 80_000))
            each[n] = (more.cpu - less.cpu) / (more.rows - less.rows) * 1e6
    shown = ", ".join(f"{n:,}: {cpu:.1f} us" for n, cpu in each.items())
    return [at_most("CPU per row as connections grow", max(each.values()) / min(each.values()), 1.5, shown,
                    "within 1.5x")]


EMBEDDING_JOB = """input: {{path: texts.jsonl}}
endpoint: /v1/embeddings
model: text-embedding-3-small
template: {{input: "{{{{ text }}}}"}}
output: {{path: results.npy, format: npy}}
api: {{base_url: "{url}"}}
limits: {{concurrency: {concurrency}}}
"""


def embedding_job(folder, url, concurrency, more=""):
    path = folder / "embed.yaml"
    path.write_text(EMBEDDING_JOB.format(url=url, concurrency=concurrency))
    return path


def packed(folder):
    """CPU by the byte of answers that hold 2,048 vectors of 1,536 numbers each."""
    per_answer, numbers, answers = 2048, 1536, 40
    vector = base64.b64encode(struct.pack(f"<{numbers}f", *(0.001 * n - 0.7 for n in range(numbers)))).decode()
    items = [{"object": "embedding", "index": n, "embedding": vector} for n in range(per_answer)]
    answer = {"object": "list", "data": items, "model": "text-embedding-3-small",
              "usage": {"prompt_tokens": 8 * per_answer, "total_tokens": 8 * per_answer}}
    content = json.dumps(answer, separators=(",", ":"))
    with open(folder / "texts.jsonl", "w", encoding="utf-8") as file:
        for n in range((answers + 4) * per_answer):
            file.write(json.dumps({"text": f"text {n}"}) + "\n")
    with StaticServer(folder, core=0, file=content) as server:
        few, many = (Run(folder, server.plain, n * per_answer, 2, spec=embedding_job,
                         before=("taskset", "-c", "1")) for n in (4, answers + 4))
    rate = len(content) * answers / (many.cpu - few.cpu) / 1e9
    return [at_least("packed embeddings to .npy, bytes of answers a second of CPU", rate, 1, f"{rate:.2f} GB/s",
                     ">= 1 GB/s")]


FIGURES = {f.__name__: f for f in (instructions, calls, wall, memory, memory_tls, rows, first, packed, idle,
                                   connections, size)}
LONG = {f.__name__: f for f in (many_rows,)}


def measure(names, folder):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for name in names or FIGURES:
        yield from {**FIGURES, **LONG}[name](folder)


def main():
    print(HEAD)
    with tempfile.TemporaryDirectory(prefix="batchmill-bench-") as name:
        for figure in measure(sys.argv[1:], pathlib.Path(name)):
            print(figure.line(), flush=True)


if __name__ == "__main__":
    main()
