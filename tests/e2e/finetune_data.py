"""`batchmill finetune check` and `prepare` from outside: exit codes, text, JSON, files."""
import json
import pathlib
import subprocess
import tempfile

from harness import PROGRAM, Job, Simulator


def finetune(*arguments, code=0, **more):
    done = subprocess.run([PROGRAM, "finetune", *map(str, arguments)], capture_output=True, text=True,
                          check=False, **more)
    assert done.returncode == code, (arguments, done)
    return done.stdout if code < 2 else done.stderr


def example(n, answer=None):
    return {"messages": [{"role": "system", "content": "Be brief."},
                         {"role": "user", "content": f"What is {n} in words?"},
                         {"role": "assistant", "content": answer or f"It is the number {n}, of course."}]}


def write(path, examples):
    path.write_text("".join(json.dumps(e) + "\n" for e in examples), encoding="utf-8")
    return path


def checks(folder):
    good = write(folder / "good.jsonl", map(example, range(60)))
    text = finetune("check", good, "--model", "gpt-4.1-mini")
    assert "60 examples" in text and "0 errors, 0 warnings" in text and "about $" in text, text
    report = json.loads(finetune("check", good, "--model", "gpt-4.1-mini", "--json"))
    estimate = report["estimate"]
    assert estimate["epochs"] == 3 and report["training"]["findings"] == []
    assert abs(estimate["usd"] - estimate["billable_tokens"] * 5e-6) < 1e-6, estimate
    report = json.loads(finetune("check", good, "--json", "--epochs", "7"))
    assert report["estimate"]["epochs"] == 7 and report["estimate"]["usd"] is None

    bad = [example(n) for n in range(60)]
    bad[6]["messages"][1]["role"] = "human"
    faulty = write(folder / "bad.jsonl", bad)
    text = finetune("check", faulty, code=1)
    assert f'{faulty}:7:68: error: message 2 has the role "human"; did you mean "user"?' in text, text
    group, = json.loads(finetune("check", faulty, "--json", code=1))["training"]["findings"]
    assert (group["code"], group["count"], group["first"][0]["line"]) == ("unrecognized_role", 1, 7)

    (folder / "mine.yaml").write_text("models: {house: {tuning: {methods: [supervised], price: 2}}}\n")
    (folder / "job.yaml").write_text("input: {path: none.jsonl}\nmodels: mine.yaml\n")
    report = json.loads(finetune("check", good, "--json", "--model", "house", "--job", folder / "job.yaml"))
    assert report["estimate"]["usd"] > 0, report["estimate"]

    short = write(folder / "short.jsonl", map(example, range(20)))
    finetune("check", short)
    finetune("check", short, "--strict", code=1)
    valid = write(folder / "valid.jsonl", [example(3), example(99)])
    assert "valid.jsonl:1: warning" in finetune("check", good, "--validation", valid)
    assert "good.jsonl" in finetune("check", good, faulty, code=1), "each file is looked at"
    assert "cannot be read" in finetune("check", folder / "none.jsonl", code=2)
    finetune("check", good, "--method", "dop", code=2)


def prepares(folder):
    with open(folder / "mails.csv", "w", encoding="utf-8") as table:
        table.write("text,label\n")
        for n in range(100):
            table.write(f'"Mail {n}, about ""this""",{"bug" if n % 5 == 0 else "bill"}\n')
    spec = folder / "prepare.yaml"
    spec.write_text("""model: gpt-4.1-mini
seed: 7
sources:
  - table: mails.csv
    template: {messages: [{role: system, content: Sort.}, {role: user, content: "{{ text }}"},
                          {role: assistant, content: "{{ label }}"}]}
split: {validation: 20%, by: label}
""")
    text = finetune("prepare", spec)
    assert "100 rows: 80 examples to train on" in text and "20 to validate with" in text, text
    out = folder / "prepared"
    labels = [json.loads(line)["messages"][2]["content"] for line in open(out / "valid.jsonl")]
    assert sorted(labels) == ["bill"] * 16 + ["bug"] * 4
    report = json.loads((out / "report.json").read_text())
    assert report["training"] == 80 and report["check"]["training"]["errors"] == 0
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    assert sorted(before) == ["report.json", "train.jsonl", "valid.jsonl"]
    finetune("prepare", spec)
    assert before == {file.name: file.read_bytes() for file in out.iterdir()}, "the same bytes"
    spec.write_text("sources: [{tabel: mails.csv}]\n")
    assert "prepare.yaml:1:12: unknown key `tabel`; did you mean `table`?" in finetune(
        "prepare", spec, code=2)


def distils():
    """A run of a large model, and what a small one is to learn of it."""
    with Simulator() as server:
        job = Job(server.base_url, 40)
        assert job.run().returncode == 0
        (job.folder / "prepare.yaml").write_text("sources: [{run: job.yaml}]\nsplit: {validation: 10}\n")
        finetune("prepare", job.folder / "prepare.yaml")
        answers = {}
        for line in open(job.output, encoding="utf-8"):
            row = json.loads(line)
            number = int(row["custom_id"].removeprefix("row-"))
            answers[f"Say {number} in words."] = row["response"]["body"]["choices"][0]["message"]["content"]
        found = {}
        for name in ("train", "valid"):
            for line in open(job.folder / "prepared" / f"{name}.jsonl", encoding="utf-8"):
                user, assistant = json.loads(line)["messages"]
                found[user["content"]] = assistant["content"]
        assert found == answers, (found, answers)
        job.remove()


def main():
    with tempfile.TemporaryDirectory() as name:
        checks(pathlib.Path(name))
        prepares(pathlib.Path(name))
    distils()


main()
