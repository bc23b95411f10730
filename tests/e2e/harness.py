"""What the end-to-end tests share: a simulator, a job, and a look at its output."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import urllib.request

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build"
PROGRAM = os.environ.get("BATCHMILL", str(BUILD / "batchmill"))
# Run by tests/support/sanitized.py, programs are slower and need memory of their own: what is written
# for their usual pace is stretched, and memory is not judged.
SANITIZED = "BATCHMILL_SANITIZED" in os.environ
SLOWER = 5 if SANITIZED else 1
CRASHING = os.environ.get("BATCHMILL_CRASHING", str(BUILD / "tests/e2e/batchmill_crashing"))


def sanitizers():
    """What a process with an environment of its own has to be told nevertheless."""
    return {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}


class Simulator:
    """`batchmill simulate` as a process of its own, which counts executions per row."""

    def __init__(self, *options):
        command = [PROGRAM, "simulate", "--port", "0", "--count-executions", *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.base_url = re.search(r"http://\S+/v1", line).group()

    def executions(self):
        """How many requests were executed, and how often the same one."""
        return self.books("executions")

    def books(self, what):
        """What the simulator tells about "executions", "batches" (files, too) or "limits"."""
        url = f"{self.base_url.removesuffix('/v1')}/simulator/{what}"
        with urllib.request.urlopen(url) as answer:
            return json.load(answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Job:
    """A job in a folder of its own: `rows` rows, each with a text that no other has."""

    def __init__(self, base_url, rows, concurrency=100, folder=None, timeout="60s"):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="batchmill-e2e-"))
        self.output = self.folder / "results.jsonl"
        self.rows = rows
        self.write_rows(range(rows))
        (self.folder / "job.yaml").write_text(
            f"""input:
  path: rows.jsonl
  id: id
model: gpt-4o-mini
template: {{messages: [{{role: user, content: "{{{{ text }}}}"}}], max_tokens: 20}}
output:
  path: results.jsonl
  failed: failed.jsonl
api: {{base_url: "{base_url}", timeout: {timeout}}}
limits: {{concurrency: {concurrency}}}
""")

    def set_body(self, model, template):
        """Another model, and another template than that of chat."""
        spec = self.folder / "job.yaml"
        lines = spec.read_text().splitlines(keepends=True)
        changed = {"model": model, "template": json.dumps(template)}
        spec.write_text("".join(
            f"{key}: {changed[key]}\n" if (key := line.split(":")[0]) in changed else line
            for line in lines))

    def write_rows(self, numbers):
        with open(self.folder / "rows.jsonl", "w", encoding="utf-8") as file:
            for n in numbers:
                file.write(json.dumps({"id": f"row-{n}", "text": f"Say {n} in words."}) + "\n")

    def command(self, *options, program=None):
        return [program or PROGRAM, "run", str(self.folder / "job.yaml"), "--no-progress", *options]

    def environment(self, **more):
        return {**os.environ, "OPENAI_API_KEY": "any", **more}

    def start(self, *options, program=None, **more):
        return subprocess.Popen(self.command(*options, program=program), stderr=subprocess.PIPE,
                                env=self.environment(**more), text=True)

    def run(self, *options, program=None, **more):
        return subprocess.run(self.command(*options, program=program), stderr=subprocess.PIPE,
                              env=self.environment(**more), text=True, check=False)

    def require_clean_prefix(self):
        """Whole lines, each row once, in order. Returns how many."""
        if not self.output.exists():
            return 0
        data = self.output.read_bytes()
        lines = data.split(b"\n")
        whole = lines[:-1]
        for n, line in enumerate(whole):
            row = json.loads(line)
            assert row["custom_id"] == f"row-{n}", f"line {n + 1} holds {row['custom_id']}"
            assert row["response"]["status_code"] == 200, line
        return len(whole)

    def require_complete(self):
        assert self.require_clean_prefix() == self.rows
        assert self.output.read_bytes().endswith(b"\n")
        ledger = pathlib.Path(str(self.output) + ".ledger")
        assert not ledger.exists(), "the ledger of a clean finish stays behind"

    def remove(self):
        shutil.rmtree(self.folder)
