"""Embeddings and completions in packs: how few requests it takes, that nothing but the number of requests changes,
what a bad row costs, and that a matrix survives being killed.
"""
import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import time

from harness import PROGRAM, Simulator

WORDS = "river stone cloud paper green light house water music train sugar night winter".split()


class Embeddings:
    """A job in a folder of its own."""

    def __init__(self, rows):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="batchmill-packing-"))
        self.rows = rows
        self.write_rows()
        (self.folder / "job.yaml").write_text("""endpoint: /v1/embeddings
model: text-embedding-3-small
dimensions: 32
input: {path: rows.jsonl, id: id}
template: {input: "{{ text }}"}
output: {format: vectors}
stop: {failures: 100%}
""")

    def write_rows(self, empty=()):
        randomness = random.Random(1)
        with open(self.folder / "rows.jsonl", "w", encoding="utf-8") as file:
            for n in range(self.rows):
                text = " ".join(randomness.choices(WORDS, k=5)) + f" {n}"
                file.write(json.dumps({"id": f"row-{n}", "text": "" if n in empty else text}) + "\n")

    def command(self, output, *options):
        return [PROGRAM, "run", str(self.folder / "job.yaml"), "--no-progress", "-o",
                str(self.folder / output), *options]

    def run(self, output, *options, code=0):
        environment = {**os.environ, "OPENAI_API_KEY": "any"}
        done = subprocess.run(self.command(output, *options), stderr=subprocess.PIPE, text=True,
                              env=environment, check=False)
        assert done.returncode == code, done.stderr
        name = pathlib.Path(output)
        if "--simulate" in options:
            name = pathlib.Path(f"{name.stem}.simulated{name.suffix}")
        summary = json.loads((self.folder / f"{name}.summary.json").read_text())
        return self.folder / name, summary


def require_order(path, rows):
    with open(path, encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            start = f'{{"custom_id":"row-{n}"'
            assert line.startswith(start), f"line {n + 1} begins {line[:60]}, not {start}"
    assert n + 1 == rows, f"{n + 1} lines"


def packs_are_full():
    job = Embeddings(200_000)
    output, summary = job.run("out.jsonl", "--simulate")
    require_order(output, job.rows)
    requests = summary["attempts"]
    assert requests <= job.rows / 1000, f"{requests} requests"
    print(f"{job.rows} rows in {requests} requests, in order, {summary['wall_seconds']:.1f} s")


def packing_changes_nothing():
    job = Embeddings(5_000)
    packed, few = job.run("packed.jsonl", "--simulate")
    alone, many = job.run("alone.jsonl", "--simulate", "--set", "pack.rows=1")
    assert packed.read_bytes() == alone.read_bytes()
    assert few["requests_digest"] == many["requests_digest"]
    print(f"{job.rows} rows, the same bytes with {few['attempts']} and {many['attempts']} requests")


def completions_share_requests():
    """The same texts as alone; what the pack used is shared out to the last token."""
    job = Embeddings(2_000)
    (job.folder / "job.yaml").write_text("""endpoint: /v1/completions
model: gpt-3.5-turbo-instruct
input: {path: rows.jsonl, id: id}
template: {prompt: "{{ text }}", n: 2}
output: {format: text}
""")
    packed, few = job.run("packed.jsonl", "--simulate")
    alone, many = job.run("alone.jsonl", "--simulate", "--set", "pack.rows=1")
    require_order(packed, job.rows)
    texts = [[json.loads(line)["text"] for line in path.read_text().splitlines()]
             for path in (packed, alone)]
    assert texts[0] == texts[1]
    assert few["tokens"]["completion"] == many["tokens"]["completion"], (few, many)
    assert (few["attempts"], many["attempts"]) == (job.rows / 20, job.rows), few
    assert few["requests_digest"] == many["requests_digest"]
    print(f"{job.rows} completions, the same texts with {few['attempts']} and {many['attempts']} requests")


def a_bad_row_fails_alone():
    job = Embeddings(5_000)
    job.write_rows(empty=[1234])
    output, summary = job.run("out.jsonl", "--simulate", code=1)
    require_order(output, job.rows)
    lines = output.read_text().splitlines()
    failed = [n for n, line in enumerate(lines) if "error" in json.loads(line)]
    assert failed == [1234], failed
    assert summary["rows"]["failed"] == 1 and 0 < summary["bisected"] <= 22, summary
    print(f"one bad row among {job.rows}: {summary['attempts']} requests, "
          f"{summary['bisected']} of them to find it")


def kill_at_random(job, command, randomness):
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "OPENAI_API_KEY": "any"})
    time.sleep(randomness.uniform(0.1, 0.8))
    process.send_signal(signal.SIGKILL)
    said = process.communicate()[1]
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode != 0


def a_matrix_survives_kills(kills):
    job = Embeddings(20_000)
    job.write_rows(empty=[0, 1, 7_000])
    randomness = random.Random(2)
    with Simulator("--latency", "100ms,0.5") as server:
        settings = [f"api.base_url={server.base_url}", "output.format=npy", "pack.rows=50",
                    "limits.concurrency=10"]
        options = [word for setting in settings for word in ("--set", setting)]
        whole, _ = job.run("whole.npy", *options, code=1)
        killed = 0
        while killed < kills and kill_at_random(job, job.command("cut.npy", *options), randomness):
            killed += 1
        cut, _ = job.run("cut.npy", *options, code=1)
        ids = [path.with_suffix(".ids.jsonl") for path in (whole, cut)]
        assert cut.read_bytes() == whole.read_bytes()
        assert ids[0].read_bytes() == ids[1].read_bytes()
        assert killed > 0, "the run ended before it could be killed"
        print(f"killed {killed} times and gone on with: the same {whole.stat().st_size} bytes")
        # The rows that failed are repaired, and only they are asked.
        job.write_rows()
        repaired, summary = job.run("cut.npy", *options, "--reuse")
        assert summary["attempts"] == 1 and summary["rows"]["kept"] == job.rows - 3, summary
        anew, _ = job.run("anew.npy", *options)
        assert repaired.read_bytes() == anew.read_bytes()
    require_loadable(job, whole, anew)


def require_loadable(job, whole, anew):
    try:
        import numpy
    except ImportError:
        print("skipped: numpy is not installed (python3-numpy), so no matrix was loaded")
        return
    matrix = numpy.load(whole)
    assert matrix.shape == (job.rows, 32) and matrix.dtype == numpy.float32, matrix.shape
    assert list(numpy.isnan(matrix).all(axis=1).nonzero()[0]) == [0, 1, 7_000]
    matrix = numpy.load(anew)
    lengths = numpy.linalg.norm(matrix, axis=1)
    assert abs(lengths - 1).max() < 1e-5
    print(f"numpy loads {matrix.dtype} {matrix.shape}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=5)
    given = arguments.parse_args()
    packs_are_full()
    packing_changes_nothing()
    completions_share_requests()
    a_bad_row_fails_alone()
    a_matrix_survives_kills(given.kills)


main()
