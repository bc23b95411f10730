#!/usr/bin/env python3
"""Answers checked against a schema while a part of them is spoiled: every line holds an answer that
fits or a reason and the answer that does not. And: equal rows are sent once."""
import collections
import json

import harness

ROWS = 2000
KINDS = 50

EXPECT = """\
expect:
  schema: &answer
    type: object
    properties: {digits: {type: integer}, words: {type: string}}
    required: [digits, words]
    additionalProperties: false
  attempts: %d
parameters:
  response_format: {type: json_schema, json_schema: {name: answer, strict: true, schema: *answer}}
"""


def job(simulator, more):
    made = harness.Job(simulator.base_url, ROWS)
    spec = made.folder / "job.yaml"
    spec.write_text(spec.read_text().replace(", max_tokens: 20", "") + more)
    return made


def lines(of):
    with open(of.output, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def summary(of):
    return json.loads((of.folder / "results.jsonl.summary.json").read_text())


def fits(line):
    try:
        value = json.loads(line["response"]["body"]["choices"][0]["message"]["content"])
    except ValueError:
        return False
    return (isinstance(value, dict) and value.keys() == {"digits", "words"}
            and isinstance(value["digits"], int) and isinstance(value["words"], str))


def spoiled_answers():
    with harness.Simulator("--faults", "off_schema=5%") as simulator:
        once = job(simulator, EXPECT % 1)
        assert once.run().returncode == 1
        found = lines(once)
        assert [line["custom_id"] for line in found] == [f"row-{n}" for n in range(ROWS)]
        for line in found:
            assert fits(line) == (line["error"] is None), line
        failed = [line for line in found if line["error"]]
        assert 0.02 * ROWS < len(failed) < 0.09 * ROWS, len(failed)
        assert {line["error"]["code"] for line in failed} == {"schema_mismatch"}
        once.run("--retry-failed")
        left = [line for line in lines(once) if line["error"]]
        assert all(fits(line) for line in lines(once) if not line["error"])
        assert len(left) < len(failed) / 4
        assert summary(once)["attempts"] == len(failed), "only what failed is asked again"
        print(f"one answer each: {len(failed)} of {ROWS} rows failed, {len(left)} of them once more")
        once.remove()


def asked_again():
    with harness.Simulator("--faults", "off_schema=5%") as simulator:
        patient = job(simulator, EXPECT % 6)  # by then 5 % have become 1 of 64 million
        done = patient.run()
        assert done.returncode == 0, done.stderr
        assert all(fits(line) for line in lines(patient))
        said = summary(patient)
        assert said["retries"] > 0.02 * ROWS
        used = sum(line["response"]["body"]["usage"]["total_tokens"] for line in lines(patient))
        assert said["tokens"]["total"] > used, "answers that did not fit were paid, too"
        print(f"six answers each: all fit after {said['retries']} more")
        patient.remove()


def equal_rows():
    with harness.Simulator() as simulator:
        equal = job(simulator, "dedupe: true\n")
        with open(equal.folder / "rows.jsonl", "w", encoding="utf-8") as file:
            for n in range(ROWS):
                file.write(json.dumps({"id": f"row-{n}", "text": f"Say {n % KINDS}."}) + "\n")
        assert equal.run().returncode == 0
        equal.require_complete()
        assert summary(equal)["attempts"] == KINDS
        assert summary(equal)["shared"] == ROWS - KINDS
        answers = collections.defaultdict(set)
        for n, line in enumerate(lines(equal)):
            answers[n % KINDS].add(json.dumps(line["response"]["body"]))
        assert all(len(each) == 1 for each in answers.values())
        print(f"{ROWS} rows of {KINDS} kinds: {KINDS} requests")
        equal.remove()


if __name__ == "__main__":
    spoiled_answers()
    asked_again()
    equal_rows()
