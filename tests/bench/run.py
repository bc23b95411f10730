"""CPU per request: a complete run of batchmill, wrk as the floor, and what else people use.

A static server has one core, the client the other; the clients take turns. CPU is user and system
time of the client's process with all its threads, from its start to its end. Ratios are those
within a round, so that what else the machine does strikes both sides alike.

    run.py [--repeats N] [--rows N] [--clients NAME,...] [--markdown FILE] [--packages FOLDER]
"""
import argparse
import os
import pathlib
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import node_packages  # noqa: E402
from static_server import StaticServer  # noqa: E402
from workload import write_bodies, write_job, write_rows  # noqa: E402

PROGRAM = os.environ.get("BATCHMILL", str(HERE.parents[1] / "build/batchmill"))
SERVER_CORE, CLIENT_CORE = 0, 1
WRK_SECONDS = 3


class Client:
    """`share`: the part of the rows that it gets, so that slow ones end, too."""

    def __init__(self, title, share, command):
        self.title, self.share, self.command = title, share, command


def own(folder, url, rows, connections):
    more = f", ca_file: \"{folder}/server.pem\"" if url.startswith("https") else ""
    job = write_job(folder, url, connections)
    job.write_text(job.read_text().replace(f'"{url}"', f'"{url}"{more}'))
    return [PROGRAM, "run", str(job), "--no-progress", "--quiet", "--limit", str(rows)]


def wrk(folder, url, rows, connections):
    return ["wrk", "-t", "1", "-c", str(connections), "-d", f"{WRK_SECONDS}s", "-s", str(HERE / "peers/post.lua"),
            f"{url}/chat/completions", "--", str(folder / "bodies.jsonl")]


def script(interpreter, name):
    def command(folder, url, rows, connections):
        few = folder / f"rows-{rows}.jsonl"
        if not few.exists():
            write_rows(few, rows)
        place = folder / "packages" if name.endswith(".mjs") else HERE / "peers"
        return [interpreter, str(place / name), url, str(few), str(folder / "peer.jsonl"), str(connections)]
    return command


# aiohttp comes from apt, whose packages only the system's Python knows.
CLIENTS = {
    "wrk": Client("wrk: sends, counts, writes nothing", 1, wrk),
    "batchmill": Client("`batchmill run`, complete", 1, own),
    "undici": Client("undici in a loop, Node", 0.2, script("node", "undici.mjs")),
    "aiohttp": Client("aiohttp, as in the cookbook, Python", 0.05, script("/usr/bin/python3", "aiohttp_loop.py")),
    "sdk": Client("openai for Node, a pool of promises", 0.05, script("node", "sdk.mjs")),
}
SETTINGS = [("plain", 1000), ("plain", 100), ("secure", 100)]


class Run:
    """One client, once."""

    def __init__(self, client, folder, url, rows, connections):
        for leftover in folder.glob("results*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        asked = max(1000, int(rows * client.share))
        command = client.command(folder, url, asked, connections)
        output = open(folder / "said.txt", "w+", encoding="utf-8")
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, preexec_fn=self.pin, env={
            **os.environ, "OPENAI_API_KEY": "any", "NODE_EXTRA_CA_CERTS": str(folder / "server.pem")})
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read()
        if process.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
        if counted := re.search(r"(\d+) requests in", said):
            asked = int(counted.group(1))
        self.cpu = (used.ru_utime + used.ru_stime) / asked * 1e6
        self.rate = asked / wall
        self.memory = used.ru_maxrss / 1024

    @staticmethod
    def pin():
        os.sched_setaffinity(0, {CLIENT_CORE})
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def table(setting, connections, runs):
    title = {"plain": "plain HTTP", "secure": "TLS 1.3"}[setting]
    lines = [f"**{title}, {connections:,} connections**", "",
             "| client | CPU per request | from, to | against wrk | against batchmill | rows/s | peak memory |",
             "|---|---|---|---|---|---|---|"]
    for name, measured in runs.items():
        cpu = [run.cpu for run in measured]

        def ratio(other):
            if other not in runs:
                return ""
            return f"{statistics.median(a.cpu / b.cpu for a, b in zip(measured, runs[other])):.2f}"

        lines.append(
            f"| {CLIENTS[name].title} | {statistics.median(cpu):.1f} us | {min(cpu):.1f}, {max(cpu):.1f} "
            f"| {ratio('wrk')} | {ratio('batchmill')} "
            f"| {statistics.median(run.rate for run in measured):,.0f} "
            f"| {statistics.median(run.memory for run in measured):.0f} MB |")
    return "\n".join(lines)


def install_peers(folder, packages):
    try:
        node_packages.check_node()
        node_packages.install(HERE / "peers", packages)
    except SystemExit as end:
        if end.code != node_packages.SKIPPED:
            raise
        return False
    (folder / "packages").symlink_to(packages.resolve())
    return True


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--repeats", type=int, default=5)
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--clients", default=",".join(CLIENTS))
    arguments.add_argument("--markdown")
    arguments.add_argument("--packages", default=str(HERE.parents[1] / "build/tests/bench/packages"))
    given = arguments.parse_args()
    names = given.clients.split(",")
    with tempfile.TemporaryDirectory(prefix="batchmill-bench-") as name:
        folder = pathlib.Path(name)
        write_rows(folder / "rows.jsonl", given.rows)
        write_bodies(folder / "bodies.jsonl", min(given.rows, 10_000))
        if {"undici", "sdk"} & set(names) and not install_peers(folder, pathlib.Path(given.packages)):
            names = [name for name in names if name not in ("undici", "sdk")]
        tables = [f"{processor()}, {os.cpu_count()} processors; Linux {platform.release()}; "
                  f"{given.repeats} rounds; load before: {os.getloadavg()[0]:.1f}"]
        with StaticServer(folder, core=SERVER_CORE) as server:
            for setting, connections in SETTINGS:
                runs = {name: [] for name in names}
                for _ in range(given.repeats):
                    for client, measured in runs.items():
                        measured.append(Run(CLIENTS[client], folder, getattr(server, setting),
                                            given.rows, connections))
                tables.append(table(setting, connections, runs))
                print(tables[-1] + "\n", flush=True)
    if given.markdown:
        pathlib.Path(given.markdown).write_text("\n\n".join(tables) + "\n")


main()
