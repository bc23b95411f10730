"""`batchmill models`, and what is said of models before a run."""
import json
import os
import subprocess

from harness import PROGRAM, Job, Simulator


def models(*options, code=0, **environment):
    done = subprocess.run([PROGRAM, "models", *options], capture_output=True, text=True,
                          env={**os.environ, "OPENAI_API_KEY": "any", **environment}, check=False)
    assert done.returncode == code, (options, done)
    return done.stdout if code == 0 else done.stderr


def lists_and_tells():
    table = models("gpt-4o*")
    assert "\ngpt-4o-mini " in table and "2024-07-18" in table
    assert "\ngpt-3.5-turbo " not in models(), "it was shut down"
    assert "ended 2026-10-23" in models("gpt-3.5*")
    one = models("gpt-4o-mini")
    for fact in ("128,000 tokens", "0.15 in", "0.075 in", "o200k_base", "data kept 30 days",
                 " 2027-01-14, then gpt-6-luna", "tier 5  30,000 requests/min"):
        assert fact in one, (fact, one)
    assert "no model is called like gpt-nope" in models("gpt-nope", code=1)
    (entry,) = json.loads(models("gpt-4o-mini", "--json"))["models"]
    assert entry["prices"] == {"input": 0.15, "cached_input": 0.075, "output": 0.6}
    assert entry["endpoints"][0] == {"path": "/v1/chat/completions", "data_kept": "30 days",
                                     "zero_retention": "yes, except image inputs"}


def marks_what_the_key_may_use():
    with Simulator() as server:
        table = models("--live", "--all", "--base-url", server.base_url).splitlines()
        key = {line.split()[0]: line.split()[1] for line in table[1:] if line}
        assert key["gpt-4.1"] == "yes" and key["gpt-5.6-luna"] == "-", key
        listed = json.loads(models("--live", "--all", "--json", "--base-url", server.base_url))["models"]
        assert {m["model"] for m in listed if m["live"]} >= {"gpt-4.1", "gpt-4o-mini"}
    with Simulator("--key", "sk-other") as server:
        assert "the server answered 401" in models("--live", "--base-url", server.base_url, code=3)
    assert "cannot be asked" in models("--live", "--base-url", "http://127.0.0.1:1/v1", code=3)


def warns_before_the_first_request():
    with Simulator() as server:
        job = Job(server.base_url, 3)
        (job.folder / "mine.yaml").write_text(
            'models: {gpt-4o-mini: {shutdown: "2020-01-02", replacement: gpt-9}}\n')
        for command in ("run", "check"):
            told = subprocess.run(
                [PROGRAM, command, str(job.folder / "job.yaml"), "--set", "models=mine.yaml"],
                capture_output=True, text=True, env=job.environment(), check=False)
            assert told.returncode == 0, told.stderr
            assert told.stderr.count("was shut down on 2020-01-02; its provider recommends gpt-9") == 1
            assert "job.yaml:4:8: the model gpt-4o-mini" in told.stderr, told.stderr
        job.remove()


def fails_rows_that_cannot_fit():
    with Simulator() as server:
        job = Job(server.base_url, 3)
        (job.folder / "mine.yaml").write_text("models: {gpt-4o-mini: {max_output: 19}}\n")
        told = job.run("--set", "models=mine.yaml")
        assert told.returncode == 1, told.stderr
        assert server.executions()["executed"] == 0
        line = json.loads(job.output.read_text().splitlines()[0])
        assert line["error"]["code"] == "context_length_exceeded", line
        job.remove()


def main():
    lists_and_tells()
    marks_what_the_key_may_use()
    warns_before_the_first_request()
    fails_rows_that_cannot_fit()


main()
