"""What the end-to-end tests of fine-tuning share: data, a spec, and the commands on it."""
import json
import os
import pathlib
import subprocess
import tempfile

import harness


def examples(count, word="Say"):
    lines = []
    for n in range(count):
        lines.append(json.dumps({"messages": [
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": f"{word} {n} in words, please."},
            {"role": "assistant", "content": f"That is number {n}."}]}) + "\n")
    return "".join(lines)


class Tuning:
    """A spec and its files in a folder of their own."""

    def __init__(self, base_url, more="", model="gpt-4.1-mini-2025-04-14", count=12, flavor=""):
        self.base_url = base_url
        self.flavor = flavor
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="batchmill-e2e-"))
        (self.folder / "train.jsonl").write_text(examples(count))
        (self.folder / "valid.jsonl").write_text(examples(4, "Tell"))
        self.write_spec(more, model)

    def write_spec(self, more="", model="gpt-4.1-mini-2025-04-14"):
        (self.folder / "tune.yaml").write_text(
            f"training_file: train.jsonl\nvalidation_file: valid.jsonl\nmodel: {model}\n{more}\n"
            f"api: {{base_url: \"{self.base_url}\"{self.flavor}}}\nretry: {{attempts: 3, initial_delay: 10ms}}\n")

    def start(self, *words, program=None, **more):
        return subprocess.Popen([program or harness.PROGRAM, "finetune", *words], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                stdin=subprocess.DEVNULL,
                                env={**os.environ, "OPENAI_API_KEY": "sk-any", **more})

    def run(self, *words, code=0, **more):
        process = self.start(*words, **more)
        out, self.said = process.communicate(timeout=60 * harness.SLOWER)
        assert code is None or process.returncode == code, \
            f"{words}: {process.returncode}: {out}{self.said}"
        self.code = process.returncode
        return out

    def submit(self, *words, code=0, **more):
        return self.run("submit", "tune.yaml", "--yes", "--doubt", "1s", *words, code=code, **more)
