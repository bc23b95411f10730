"""batchmill finetune compare against the simulator: what is asked and judged, and that nothing is
asked twice."""
import json
import signal
import time

import harness
from finetune import Tuning

BASE = "gpt-4.1-mini-2025-04-14"


def labelled(count):
    """Examples whose answers are labels that the simulator's models find, too."""
    texts = {"billing": "The invoice is wrong", "bug": "It crashed", "shipping": "The parcel is late"}
    lines = []
    for n in range(count):
        label = list(texts)[n % 3]
        lines.append(json.dumps({"messages": [
            {"role": "system", "content": "Labels: billing, bug, shipping"},
            {"role": "user", "content": f"{texts[label]}, number {n}"},
            {"role": "assistant", "content": label}]}) + "\n")
    return "".join(lines)


def compare(tuning, *words, **more):
    return tuning.run("compare", "tune.yaml", *words, **more)


def measured(tuning, *words, **more):
    return json.loads(compare(tuning, "--json", "--quiet", *words, **more))


def of_a_job():
    """The tuned model is that of the spec's job; other prompts cost no more than what is new."""
    with harness.Simulator("--tuning-time", "600ms") as server:
        tuning = Tuning(server.base_url)
        (tuning.folder / "valid.jsonl").write_text(labelled(9))
        compare(tuning, code=2)
        assert "no job was submitted from it" in tuning.said, tuning.said
        job = tuning.submit().strip()
        compare(tuning, code=3)
        assert f"{job} is " in tuning.said and "no model yet" in tuning.said, tuning.said
        tuning.run("watch", "tune.yaml", "--poll", "50ms")

        few = measured(tuning, "--limit", "3")
        assert few["prompts"] == 3 and server.executions()["executed"] == 6, few
        text = compare(tuning)
        assert f"A  {BASE}\nB  ft:{BASE}:simulated::" in text, text
        assert "right label" in text and "9 (100.0%)" in text, text
        assert server.executions() == {"executed": 18, "distinct": 18, "most": 1}

        assert measured(tuning, "--limit", "2")["prompts"] == 2
        again = measured(tuning)
        assert server.executions()["executed"] == 18
        base = again["models"][0]
        assert base["right_label"] == {"count": 9, "of": 9, "share": 1.0}, base
        assert base["cost_usd"] > 0 and base["latency_seconds"]["p50"] is not None, base
        assert [x["prompts"] for x in again["labels"]] == [3, 3, 3], again

        tuning.run("compare", "tune.yaml", "--file", "train.jsonl", "--models", BASE)
        assert server.executions()["executed"] == 18 + 2 * 12
        compare(tuning)
        assert server.executions()["executed"] == 18 + 2 * 12, "the validation file's are kept"
        tuning.run("compare", "tune.yaml", "--fresh", "--limit", "1")
        assert server.executions()["executed"] == 18 + 2 * 12 + 2


def when_executed(server, count):
    for _ in range(2000):
        if server.executions()["executed"] >= count:
            return
        time.sleep(0.01)
    raise AssertionError(f"never {count} requests: {server.executions()}")


def broken_off():
    """Interrupted, killed, refused: the same command goes on."""
    with harness.Simulator("--latency", "60ms") as server:
        tuning = Tuning(server.base_url)
        (tuning.folder / "valid.jsonl").write_text(labelled(30))
        words = ("compare", "tune.yaml", "--models", BASE, "gpt-4o-mini", "--set",
                 "limits.concurrency=3")
        run = tuning.start(*words)
        when_executed(server, 6)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=20)
        assert run.returncode == 130 and "the same command goes on" in said, said
        run = tuning.start(*words)
        when_executed(server, 40)
        run.kill()
        run.communicate()
        tuning.run(*words)
        counts = server.executions()
        # What was in flight when it was killed, or younger than a tick of the ledger, again.
        assert counts["distinct"] == 60 and counts["executed"] < 80, counts
        compare(tuning, "--models", BASE, "no-such-model", code=3)
        assert "asking no-such-model stopped" in tuning.said, tuning.said
    with harness.Simulator("--faults", "500=100%") as server:
        tuning = Tuning(server.base_url)
        made = measured(tuning, "--models", BASE, "gpt-4o-mini", code=1)
        assert made["models"][0]["failed"] == 4, made


def mistakes():
    with harness.Simulator() as server:
        tuning = Tuning(server.base_url)
        two = ("--models", BASE, "gpt-4o-mini")
        for words, sentence in (
                (("--models", BASE, BASE), "a model is named twice"),
                ((*two, "--file", "none.jsonl"), "none.jsonl: cannot be read: No such file"),
                ((*two, "--file", "tune.yaml"), "tune.yaml:1: not JSON"),
                ((*two, "--schema", "none.json"), "--schema: none.json cannot be read"),
                ((*two, "--set", "input.path=x"), "remove the option"),
                ((*two, "--limit", "0"), "must be 1 or more")):
            compare(tuning, *words, code=2)
            assert sentence in tuning.said, tuning.said
        compare(tuning, *two, code=2, OPENAI_API_KEY="")
        assert "OPENAI_API_KEY" in tuning.said, tuning.said
        spec = tuning.folder / "tune.yaml"
        spec.write_text(spec.read_text().replace("validation_file: valid.jsonl\n", ""))
        compare(tuning, *two, code=2)
        assert "name one with --file FILE" in tuning.said, tuning.said
        assert server.executions()["executed"] == 0


if __name__ == "__main__":
    for check in (of_a_job, broken_off, mistakes):
        begun = time.monotonic()
        check()
        print(f"{check.__name__}: {time.monotonic() - begun:.1f} s")
