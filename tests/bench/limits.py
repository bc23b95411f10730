"""Runs one job for each kind of limit against the simulator, and the same by the cookbook's way.

"use" is what was admitted over what the server would have admitted from the beginning of the run to
its end at its rate, without what a full bucket held at the beginning. "429s" are those of all attempts.
"""
import argparse
import concurrent.futures
import json
import math
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from harness import PROGRAM, Simulator

RPM = 30000
COOKBOOK = pathlib.Path(__file__).with_name("cookbook.py")


class Case:
    def __init__(self, name, options, use, refused, rows_per_second=RPM / 60, limits="{}", tokens=False,
                 cookbook=None):
        self.name, self.options, self.limits, self.tokens = name, options, limits, tokens
        self.use, self.refused = use, refused  # targets
        self.rows_per_second = rows_per_second
        self.cookbook = cookbook or ["--requests", str(rows_per_second * 60 / 2)]


LATENCY = ["--latency", "100ms,0.3"]
MINUTE = ["--rpm", str(RPM), *LATENCY]
TOKENS = 6_000_000
MEAN_TOKENS = 1_650  # about what a row below costs
CASES = [
    Case("continuous bucket, limit given", MINUTE, .98, .001,
         limits=f"{{requests_per_minute: {RPM}}}"),
    Case("continuous bucket, auto", MINUTE, .98, .001),
    Case("continuous, of a second's worth, auto", [*MINUTE, "--limit-burst", "1s"], .98, .001),
    Case("per-second buckets, auto", [*MINUTE, "--limit-model", "second"], .97, .005),
    Case("fixed windows, auto", [*MINUTE, "--limit-model", "minute", "--limit-window", "10s"], .97, .005),
    Case("sliding window, auto", [*MINUTE, "--limit-model", "sliding", "--limit-window", "10s"], .95, .005),
    Case("half of the headers missing", [*MINUTE, "--limit-headers", "50%"], .98, .001),
    *[Case(f"tokens bind, counted as '{cost}'",
           ["--tpm", str(TOKENS), "--token-cost", cost, "--limit-burst", "10s", *LATENCY], .95, .005,
           rows_per_second=TOKENS / 60 / mean, tokens=True,
           cookbook=["--requests", "1e9", "--tokens", str(TOKENS / 2)])
      for cost, mean in (("max", 4100), ("sum", 5200), ("used", MEAN_TOKENS), ("input", MEAN_TOKENS))],
    Case("limit halved, then x4", [*MINUTE, "--limit-burst", "1s", "--limit-changes", "10s=x0.5,20s=x2"],
         .95, .01),
    Case("others take 30 to 60 %", [*MINUTE, "--limit-burst", "2s", "--other-tenants", "30%-60%,20s"],
         .90, .02, rows_per_second=RPM / 60 * .55),
    Case("64 at once, unknown to us", ["--max-concurrency", "64", "--latency", "200ms,0.3"], .90, .02,
         rows_per_second=64 / (.2 * math.exp(.3 ** 2 / 2))),
    Case("200 a second, hidden",
         ["--rpm", "12000", "--limit-headers", "none", "--limit-burst", "1s", *LATENCY], .90, .02,
         rows_per_second=200),
    Case("200 a second, hidden beside a daily limit",
         ["--rpm", "12000", "--rpd", "10000000", "--limit-burst", "1s", *LATENCY], .90, .02,
         rows_per_second=200),
]


def write_bodies(path, rows, of_tokens):
    """Prompts of 10 to 8,000 tokens, their output far under its bound, where tokens are to bind."""
    dice = random.Random(7)
    words = "The invoice of last month shows the old address although it was changed twice ".split()
    with open(path, "w", encoding="utf-8") as file:
        for n in range(rows):
            tokens = math.exp(dice.uniform(math.log(10), math.log(8000))) if of_tokens else 20
            text = f"Ticket {n}. " + " ".join(dice.choices(words, k=round(tokens * .75)))
            body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}],
                    "max_tokens": 4096 if of_tokens else 20}
            file.write(json.dumps(body) + "\n")


def books(server):
    with urllib.request.urlopen(server.base_url.removesuffix("/v1") + "/simulator/limits") as answer:
        return json.load(answer)


def use_of(case, rows, wall, told):
    kind = "tokens" if case.tokens else "requests"
    allowed = told[f"allowed_{kind}"]
    if not allowed:
        return rows / (case.rows_per_second * wall)
    span = told["last_admitted"] - told["first_admitted"]
    return told[f"admitted_{kind}"] / allowed * span / wall


def ours(case, rows):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="batchmill-bench-"))
    with Simulator(*case.options) as server:
        write_bodies(folder / "rows.jsonl", rows, case.tokens)
        (folder / "job.yaml").write_text(
            f"input: {{path: rows.jsonl}}\noutput: {{path: results.jsonl}}\napi: {{base_url: \"{server.base_url}\"}}\n"
            f"limits: {case.limits}\n")
        done = subprocess.run([PROGRAM, "run", folder / "job.yaml", "--quiet"], env={"OPENAI_API_KEY": "any"})
        assert done.returncode == 0, f"{case.name}: exit code {done.returncode}"
        summary = json.loads((folder / "results.jsonl.summary.json").read_text())
        told = books(server)
    shutil.rmtree(folder)
    assert summary["rows"]["ok"] == rows, summary
    return use_of(case, rows, summary["wall_seconds"], told), summary["rate_limited"] / summary["attempts"]


def cookbooks(case, rows):
    rows //= 2
    folder = pathlib.Path(tempfile.mkdtemp(prefix="batchmill-bench-"))
    with Simulator(*case.options) as server:
        write_bodies(folder / "rows.jsonl", rows, case.tokens)
        at = urllib.parse.urlsplit(server.base_url)
        done = subprocess.run([sys.executable, COOKBOOK, at.hostname, str(at.port),
                               folder / "rows.jsonl", *case.cookbook],
                              check=True, capture_output=True, text=True)
        result = json.loads(done.stdout)
        told = books(server)
    shutil.rmtree(folder)
    return use_of(case, rows, result["wall"], told), result["rate_limited"] / result["attempts"]


def line_of(case, rows, with_cookbook):
    use, refused = ours(case, rows)
    met = use >= case.use and refused <= case.refused
    line = (f"| {case.name} | {use:.1%} | {refused:.2%} | >= {case.use:.0%}, <= {case.refused:.1%} | "
            f"{'met' if met else 'MISSED'} |")
    if with_cookbook:
        their_use, their_refused = cookbooks(case, rows)
        line += f" {their_use:.1%} | {their_refused:.2%} |"
    return line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=35, help="of each case, at the allowed rate")
    parser.add_argument("--at-once", type=int, default=3, help="cases run at a time")
    parser.add_argument("--only", default="", help="cases with this word in their name")
    parser.add_argument("--without-cookbook", action="store_true")
    parser.add_argument("--markdown", type=pathlib.Path)
    given = parser.parse_args()
    chosen = [case for case in CASES if given.only in case.name]
    head = "| limit | use | 429s | target | |"
    rule = "|---|---|---|---|---|"
    if not given.without_cookbook:
        head, rule = head + " cookbook: use | 429s |", rule + "---|---|"
    lines = [head, rule]
    print(head, rule, sep="\n", flush=True)
    with concurrent.futures.ThreadPoolExecutor(given.at_once) as pool:
        for line in pool.map(lambda c: line_of(c, round(c.rows_per_second * given.seconds),
                                               not given.without_cookbook), chosen):
            print(line, flush=True)
            lines.append(line)
    if given.markdown:
        given.markdown.write_text("\n".join(lines) + "\n")
    sys.exit(1 if any("MISSED" in line for line in lines) else 0)


main()
