"""A budget against the simulator's bill: 20 seeds of faults, resumed and killed, never over."""
import json
import random
import signal
import subprocess
import sys
import time
import urllib.request

from harness import PROGRAM, SLOWER, Job, Simulator

ROWS = 600
FAULTS = ("429=5%,500=5%,503=3%,drop=4%,truncate=3%,malformed=3%,reset=3%,slow=1%,html=1%,"
          "failed=2%")
# Dollars per million tokens, as the provider states them: the simulator's own dollars are not
# believed.
INPUT, OUTPUT = 0.15, 0.60


def bill(server, share=1):
    """In dollars; `share`: of the price online."""
    url = server.base_url.removesuffix("/v1") + "/simulator/bill"
    with urllib.request.urlopen(url) as answer:
        state = json.load(answer)
    dollars = sum(m["prompt_tokens"] * INPUT + m["completion_tokens"] * OUTPUT
                  for m in state["models"]) / 1e6 * share
    assert state["usd"] is None or abs(state["usd"] - dollars) < 1e-9, (state, dollars)
    return dollars


def summary_of(job):
    return json.loads((job.folder / "results.jsonl.summary.json").read_text())


def run_one_seed(seed):
    dice = random.Random(seed)
    cap = round(dice.uniform(0.0005, 0.004), 6)  # as it is written below
    with Simulator("--latency", "5ms,1", "--faults", FAULTS, "--seed", str(seed)) as server:
        job = Job(server.base_url, ROWS, concurrency=dice.choice([3, 30, 200]),
                  timeout=f"{300 * SLOWER}ms")
        budget = ("--set", f"limits.budget={cap:.6f} USD", "--set", "stop.failures=1")
        if seed % 2:
            process = job.start(*budget)
            time.sleep(dice.uniform(0.05, 0.4))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stderr.close()
            assert bill(server) <= cap, f"seed {seed}: {bill(server)} over {cap} when killed"
        ended = job.run(*budget)
        charged = bill(server)
        assert charged <= cap, f"seed {seed}: {charged} over {cap}"
        assert ended.returncode in (0, 1, 3), ended.stderr
        if ended.returncode == 3:
            status = json.loads(subprocess.run([PROGRAM, "status", str(job.output), "--json"],
                                               capture_output=True, text=True, check=True).stdout)
            booked = status["cost"]["usd"] + status["cost"]["at_risk_usd"]
            assert charged <= booked + 1e-12 and booked <= cap + 1e-12, (charged, booked, cap)
            assert "of the budget of" in ended.stderr, ended.stderr
            again = job.run(*budget)
            assert again.returncode == 3, again.stderr
            assert bill(server) <= cap, f"seed {seed}: over when run again"
        more = job.run("--set", "limits.budget=5 USD", "--set", "stop.failures=1")
        assert more.returncode in (0, 1), more.stderr
        cost = summary_of(job)["cost"]
        assert bill(server) <= cost["usd"] + cost["at_risk_usd"] + 1e-9, (seed, cost, bill(server))
        print(f"seed {seed}: cap ${cap:.6f}, charged ${charged:.6f} ({charged / cap:.0%}), "
              f"exit {ended.returncode}; in the end ${bill(server):.6f}, "
              f"known ${cost['usd']:.6f}, at risk ${cost['at_risk_usd']:.6f}")
        job.remove()


def account_is_exact():
    """Without faults the summary's dollars are the bill's, to the last digit."""
    with Simulator() as server:
        job = Job(server.base_url, ROWS)
        ended = job.run()
        assert ended.returncode == 0, ended.stderr
        cost = summary_of(job)["cost"]
        assert cost["known"] and abs(cost["usd"] - bill(server)) < 1e-12, (cost, bill(server))
        assert cost["at_risk_usd"] == 0
        job.remove()


def rows_vouch_for_a_lost_account():
    """Without the account of what was spent, the finished rows tell it."""
    with Simulator() as server:
        job = Job(server.base_url, ROWS)
        assert job.run("--set", "limits.budget=0.002 USD").returncode == 3
        before = bill(server)
        (job.folder / "results.jsonl.ledger/spending").unlink()
        assert job.run("--set", "limits.budget=0.002 USD").returncode == 3
        assert before == bill(server) > 0.0015, (before, bill(server))
        job.remove()


def a_server_that_counts_more():
    """Its prompts have twice the tokens that we count; neither way passes the budget by that."""
    for mode, price in (("online", 1), ("batch", 0.5)):
        with Simulator("--usage", "estimate", "--batch-time", "1h", "--clock-rate", "36000") as server:
            job = Job(server.base_url, 0)
            with open(job.folder / "rows.jsonl", "w", encoding="utf-8") as file:
                for n in range(400):
                    text = f"{n} " + "international communication responsibilities " * 40
                    file.write(json.dumps({"id": f"row-{n}", "text": text}) + "\n")
            cap = 0.004 * price  # half of what all rows cost by our count
            options = ("--set", f"mode={mode}", "--set", f"limits.budget={cap} USD",
                       "--set", "batch.max_requests=10", "--set", "batch.poll=20ms")
            counted = json.loads(subprocess.run(
                [PROGRAM, "plan", str(job.folder / "job.yaml"), "--json", *options], check=True,
                capture_output=True, text=True, env=job.environment()).stdout)
            assert counted[mode]["least_usd"] > cap, counted[mode]
            ended = job.run(*options)
            told = " ".join(ended.stderr.split())
            assert ended.returncode == 3 and "of the budget of" in told, ended.stderr
            (model,) = server.books("bill")["models"]
            each = counted["models"][0]["prompt_tokens"] / 400
            assert model["prompt_tokens"] > 1.5 * each * model["requests"], "it counts more"
            charged = bill(server, price)
            assert cap / 3 < charged <= cap, (mode, charged, cap)
            job.remove()


def unknown_price_is_refused():
    with Simulator() as server:
        job = Job(server.base_url, 3)
        ended = job.run("--set", "model=house/model", "--set", "limits.budget=1 USD")
        assert ended.returncode == 2, ended.stderr
        assert "cost is not known, so no budget can be kept" in ended.stderr, ended.stderr
        assert server.executions()["executed"] == 0
        (job.folder / "mine.yaml").write_text(
            "models: {house/model: {prices: {input: 1, output: 2}}}\n")
        ended = job.run("--set", "model=house/model", "--set", "limits.budget=1 USD",
                        "--set", "models=mine.yaml")
        assert ended.returncode == 0, ended.stderr
        assert summary_of(job)["cost"]["known"]
        job.remove()


def unknown_is_never_zero():
    with Simulator() as server:
        job = Job(server.base_url, 3)
        ended = job.run("--set", "model=house/model")
        assert ended.returncode == 0, ended.stderr
        cost = summary_of(job)["cost"]
        assert cost["usd"] is None and not cost["known"], cost
        assert "unknown" in ended.stderr, ended.stderr
        job.remove()


def main():
    account_is_exact()
    rows_vouch_for_a_lost_account()
    a_server_that_counts_more()
    unknown_price_is_refused()
    unknown_is_never_zero()
    seeds = range(1, 21) if len(sys.argv) < 2 else [int(n) for n in sys.argv[1:]]
    for seed in seeds:
        run_one_seed(seed)
    print(f"{len(seeds)} seeds, none over its budget")


if __name__ == "__main__":
    main()
