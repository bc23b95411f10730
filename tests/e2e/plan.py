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


def main():
    holds_what_it_says()
    a_sample_measures()
    faulty_rows_are_told()


main()
