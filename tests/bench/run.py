"""CPU per request: a complete run of batchmill, wrk as the floor, and what else people use; then the
single figures of figures.py, each with its target.

A static server has one core, the client the other; the clients take turns. CPU is user and system
time of the client's process with all its threads, from its start to its end. Ratios are those
within a round, so that what else the machine does strikes both sides alike.

    run.py [--repeats N] [--rows N] [--clients NAME,...] [--figures NAME,...] [--markdown FILE]
           [--packages FOLDER]
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

import figures  # noqa: E402
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


def script(name, *interpreter):
    def command(folder, url, rows, connections):
        few = folder / f"rows-{rows}.jsonl"
        if not few.exists():
            write_rows(few, rows)
        place = {".mjs": folder / "packages", ".py": HERE / "peers"}.get(pathlib.Path(name).suffix, folder)
        return [*interpreter, str(place / name), url, str(few), str(folder / "peer.jsonl"), str(connections)]
    return command


# aiohttp comes from apt, whose packages only the system's Python knows.
CLIENTS = {
    "wrk": Client("wrk: sends, counts, writes nothing", 1, wrk),
    "batchmill": Client("`batchmill run`, complete", 1, own),
    "go": Client("net/http in goroutines, Go", 0.3, script("nethttp")),
    "undici": Client("undici in a loop, Node", 0.2, script("undici.mjs", "node")),
    "aiohttp": Client("aiohttp, as in the cookbook, Python", 0.05, script("aiohttp_loop.py", "/usr/bin/python3")),
    "sdk": Client("openai for Node, a pool of promises", 0.05, script("sdk.mjs", "node")),
}
SETTINGS = {("plain", 1000): "plain, 1,000 connections", ("secure", 100): "TLS 1.3, 100 connections"}

# At least so many times batchmill's CPU, at most so many times wrk's.
PEERS = {"go": 4, "undici": 8, "aiohttp": 25, "sdk": 50}
OF_WRK = 1.35


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


def ratio(runs, name, other):
    """Median of the ratios within a round; nothing where one of them did not run."""
    if not runs.get(name) or not runs.get(other):
        return None
    return statistics.median(a.cpu / b.cpu for a, b in zip(runs[name], runs[other]))


def shown(number):
    return "" if number is None else f"{number:.2f}"


def table(all_runs, names):
    """One table: a line a client, five columns a setting."""
    head = "| client |" + "".join(f" {title}: CPU per request | from, to | against wrk | against batchmill "
                                  "| rows/s | peak memory |" for title in SETTINGS.values())
    lines = [head, "|---" * (head.count("|") - 1) + "|"]
    for name in names:
        line = f"| {CLIENTS[name].title} |"
        for runs in all_runs.values():
            cpu = [run.cpu for run in runs[name]]
            line += (f" {statistics.median(cpu):.1f} us | {min(cpu):.1f}, {max(cpu):.1f} "
                     f"| {shown(ratio(runs, name, 'wrk'))} | {shown(ratio(runs, name, 'batchmill'))} "
                     f"| {statistics.median(run.rate for run in runs[name]):,.0f} "
                     f"| {statistics.median(run.memory for run in runs[name]):.0f} MB |")
        lines.append(line)
    return "\n".join(lines)


def judged(all_runs):
    """The targets that the table is about."""
    for setting, runs in all_runs.items():
        found = ratio(runs, "batchmill", "wrk")
        if found is not None:
            yield figures.at_most(f"CPU of a complete run against wrk, {SETTINGS[setting]}", found, OF_WRK,
                                  f"{found:.2f}x", f"<= {OF_WRK}x")
    for name, least in PEERS.items():
        found = ratio(all_runs["plain", 1000], name, "batchmill")
        if found is not None:
            yield figures.at_least(f"CPU of {CLIENTS[name].title} against batchmill", found, least,
                                   f"{found:.1f}x", f">= {least}x")


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


def build_go(folder):
    if not shutil.which("go"):
        return False
    source = HERE / "peers/nethttp.go"
    built = subprocess.run(["go", "build", "-o", str(folder / "nethttp"), str(source)], check=False,
                           env={"GOCACHE": "/tmp/batchmill-bench-go", **os.environ, "GOFLAGS": "-mod=mod"})
    return built.returncode == 0


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
    arguments.add_argument("--figures", default=",".join(figures.FIGURES), help="empty: none")
    arguments.add_argument("--markdown")
    arguments.add_argument("--packages", default=str(HERE.parents[1] / "build/tests/bench/packages"))
    given = arguments.parse_args()
    names = given.clients.split(",")
    with tempfile.TemporaryDirectory(prefix="batchmill-bench-") as name:
        folder = pathlib.Path(name)
        write_rows(folder / "rows.jsonl", given.rows)
        (folder / "rows.count").write_text(str(given.rows))
        write_bodies(folder / "bodies.jsonl", min(given.rows, 10_000))
        if {"undici", "sdk"} & set(names) and not install_peers(folder, pathlib.Path(given.packages)):
            names = [name for name in names if name not in ("undici", "sdk")]
        if "go" in names and not build_go(folder):
            names.remove("go")
        page = [f"{processor()}, {os.cpu_count()} processors; Linux {platform.release()}; "
                f"{given.repeats} rounds; load before: {os.getloadavg()[0]:.1f}"]
        all_runs = {}
        with StaticServer(folder, core=SERVER_CORE) as server:
            for setting, connections in SETTINGS:
                runs = all_runs[setting, connections] = {name: [] for name in names}
                for _ in range(given.repeats):
                    for client, measured in runs.items():
                        measured.append(Run(CLIENTS[client], folder, getattr(server, setting),
                                            given.rows, connections))
        page.append(table(all_runs, names))
        lines = [figure.line() for figure in judged(all_runs)]
        if given.figures:
            lines += [figure.line() for figure in figures.measure(given.figures.split(","), folder)]
        page.append("\n".join([figures.HEAD, *lines]))
    print("\n\n".join(page))
    if given.markdown:
        pathlib.Path(given.markdown).write_text("\n\n".join(page) + "\n")


main()
