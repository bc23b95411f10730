"""`batchmill plan` beside what the run then takes."""
import json
import subprocess

from harness import PROGRAM, Job, Simulator
from budget import bill, summary_of


def plan(job, *options, code=0):
    done = subprocess.run([PROGRAM, "plan", str(job.folder / "job.yaml"), *options],
                          capture_output=True, text=True, env=job.environment(), check=False)
    assert done.returncode == code, done
    return done.stdout


def holds_what_it_says():
    with Simulator() as server:
        job = Job(server.base_url, 300)
        planned = json.loads(plan(job, "--json"))
        assert planned["rows"] == planned["requests"] == 300
        assert server.executions()["executed"] == 0, "a plan sends nothing"
        assert job.run().returncode == 0
        online = planned["online"]
        assert online["most_usd"] > 0 and bill(server) <= online["most_usd"], (online, bill(server))
        text = plan(job, "--tier", "1")
        assert "at tier 1: 500 requests/min" in text and "Plan: 300 requests" in text, text
        for budget, verdict in (("5 USD", "suffices"), ("0.004 USD", "may not suffice"),
                                ("0.0001 USD", "does not suffice")):
            text = plan(job, "--set", f"limits.budget={budget}")
            assert verdict in text, (budget, text)
        job.remove()


TEXTS = ["Say hello to row {}.", "Grüße an die Zeile {}, bitte!", "Скажи привет строке {}.",
         "第{}行你好，今天天气怎么样？", "{}行目のみなさん、おはようございます。", "안녕하세요 {}번째 줄.",
         "مرحبا بالسطر {}", "पंक्ति {} को नमस्ते", "def row_{}(x):\n    return x  # don't", "🎉 {} 👍🏽 🇩🇪",
         "<|endoftext|> {}"]
# Model, and what it asks of a text.
JOBS = {
    "chat/completions": ("gpt-4o-mini", {"messages": [{"role": "system", "content": "Be brief."},
                                                      {"role": "user", "content": "{{ text }}"}]}),
    "responses": ("gpt-4.1-nano", {"instructions": "Be brief.", "input": "{{ text }}"}),
    "completions": ("davinci-002", {"prompt": "{{ text }}"}),
    "embeddings": ("text-embedding-3-small", {"input": "{{ text }}", "dimensions": 2}),
    "moderations": ("omni-moderation-latest", {"input": "{{ text }}"}),
}


def totals_are_the_bills():
    """The prompt tokens of a plan are those of the answers and of the bill, to the last one."""
    for endpoint, (model, template) in JOBS.items():
        for mode in ("online", "batch"):
            with Simulator() as server:
                job = Job(server.base_url, 0)
                with open(job.folder / "rows.jsonl", "w", encoding="utf-8") as file:
                    for n in range(330):
                        text = TEXTS[n % len(TEXTS)].format(n // 3 if n % 5 else 7)
                        file.write(json.dumps({"id": f"row-{n}", "text": text}) + "\n")
                job.set_body(model, template)
                options = ("--set", f"endpoint=/v1/{endpoint}", "--set", f"mode={mode}")
                planned = json.loads(plan(job, "--json", *options))
                ended = job.run(*options, "--set", "batch.poll=50ms")
                assert ended.returncode == 0, ended.stderr
                compare(planned, server.books("bill"), summary_of(job), (endpoint, mode))
                job.remove()


def compare(planned, charged, summary, where):
    (model,), (billed,) = planned["models"], charged["models"]
    if where[0] == "moderations":  # the API does not tell what it counts, and it is free
        assert planned["online"]["most_usd"] == 0 and charged["usd"] == 0, where
        return
    assert model["prompt_exact"], where
    assert model["requests"] == billed["requests"], (where, model, billed)
    assert model["prompt_tokens"] == billed["prompt_tokens"] == summary["tokens"]["prompt"], (
        where, model, billed, summary["tokens"])
    if charged["usd"] is not None:  # davinci-002 has no price for batches
        assert model[where[1]]["least_usd"] <= charged["usd"], (where, model, charged)


def a_sample_measures():
    with Simulator("--latency", "5ms") as server:
        job = Job(server.base_url, 2000)
        planned = json.loads(plan(job, "--json", "--sample", "50"))
        assert server.executions()["executed"] == 50
        sample = planned["sample"]
        assert sample["rows"] == 50 and sample["failed"] == 0
        assert abs(sample["usd"] - bill(server)) < 1e-9
        assert not list(job.folder.glob("results*")), "the sample leaves nothing behind"
        assert job.run().returncode == 0
        spent = summary_of(job)["cost"]["usd"]
        expected = planned["online"]["expected_usd"]
        assert abs(expected - spent) < spent / 10, (expected, spent)
        batch = planned["batch"]["expected_usd"]
        assert abs(batch * 2 - expected) < expected / 10, (batch, expected)
        job.remove()


def faulty_rows_are_told():
    with Simulator() as server:
        job = Job(server.base_url, 5)
        with open(job.folder / "rows.jsonl", "a", encoding="utf-8") as file:
            file.write("nonsense\n")
        text = plan(job, code=1)
        assert "of which 1 cannot be sent" in text and "rows.jsonl:6:2" in text, text
        job.remove()


def the_way_is_told():
    """Which way the run will go, what a budget is compared with, and whether a deadline holds."""
    job = Job("http://127.0.0.1:1", 600)
    batch = ("--set", "mode=batch")
    text = plan(job, *batch)
    assert "\n  mode      batch\n" in text and "\n  time      up to 24h\n" in text, text
    assert "Plan: 600 requests, in batches $" in text and "; online $" in text, text
    text = plan(job, *batch, "--set", "deadline=6h")
    assert "deadline  in 6h, which batches may not keep" in text, text
    text = plan(job, *batch, "--set", "deadline=6h", "--set", "batch.on_deadline=online")
    assert "asked online" in text, text
    text = plan(job, "--set", "mode=auto")
    assert "mode      batch: half the price, within a day" in text, text
    told = json.loads(plan(job, "--json", "--set", "mode=auto", "--set", "deadline=6h"))
    assert told["mode"] == "online" and told["mode_reason"].startswith("a batch may take"), told
    assert told["time_given_seconds"] > 21000 and told["models"][0]["batch_seconds"] is None, told
    text = plan(job, "--set", "limits.requests_per_minute=1", "--set", "deadline=6h")
    assert "which the limits do not let it keep" in text and "mode " not in text, text
    online, halved = (json.loads(plan(job, "--json"))[way]["most_usd"] for way in ("online", "batch"))
    between = f"limits.budget={(online + halved) / 2:.6f} USD"
    assert "may not suffice" in plan(job, "--set", between)
    assert "which suffices" in plan(job, *batch, "--set", between)
    job.remove()


def main():
    holds_what_it_says()
    the_way_is_told()
    totals_are_the_bills()
    a_sample_measures()
    faulty_rows_are_told()


main()
