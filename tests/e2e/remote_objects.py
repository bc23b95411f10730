"""batchmill files and batchmill batches against the simulator.

    tests/e2e/remote_objects.py [MB]

The large file has so many MB instead of 520; up to 512 it goes up in one request.
"""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

import harness

LARGE = int(sys.argv[1]) if len(sys.argv) > 1 else 520
MEGABYTE = 1 << 20
MOST_MEMORY = (60 if not harness.SANITIZED else 1000) * MEGABYTE  # of the client, whatever it moves


class Account:
    """What a person does by hand with one server, in a folder of its own."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="batchmill-e2e-"))
        self.memory = 0

    def start(self, *words):
        command = [harness.PROGRAM, *words, "--api", self.base_url]
        return subprocess.Popen(command, cwd=self.folder, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE,
                                env={**os.environ, "OPENAI_API_KEY": "sk-any"})

    def run(self, *words, code=0):
        process = self.start(*words)
        out, self.said = process.stdout.read(), process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        self.memory = used.ru_maxrss * 1024
        assert os.waitstatus_to_exitcode(status) == code, f"{words}: {out}{self.said}"
        return out

    def objects(self, *words):
        return [json.loads(line) for line in self.run(*words, "--json").splitlines()]

    def create_batch(self, input_file):
        body = {"input_file_id": input_file, "endpoint": "/v1/chat/completions",
                "completion_window": "24h", "metadata": {"by": "hand"}}
        request = urllib.request.Request(self.base_url + "/batches", json.dumps(body).encode(),
                                         {"Authorization": "Bearer sk-any",
                                          "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["id"]

    def wait_for(self, batch, *states):
        for _ in range(600):
            state = self.objects("batches", "show", batch)[0]
            if state["status"] in states:
                return state
            time.sleep(0.1)
        raise AssertionError(f"the batch is {state['status']} for ever")


def request_lines(count):
    lines = []
    for n in range(count):
        body = {"model": "gpt-4o-mini", "max_tokens": 5,
                "messages": [{"role": "user", "content": f"Say {n} in words." + " " * 200}]}
        lines.append(json.dumps({"custom_id": f"row-{n}", "method": "POST",
                                 "url": "/v1/chat/completions", "body": body}) + "\n")
    return "".join(lines)


def by_hand():
    """Upload, look, bring back, delete; with downloads that break and calls that fail."""
    with harness.Simulator("--break-downloads", "4", "--clock-rate", "100") as server:
        account = Account(server.base_url)
        text = request_lines(2000)
        (account.folder / "in.jsonl").write_text(text)
        input_file = account.run("files", "upload", "in.jsonl", "--purpose", "batch").strip()
        assert input_file.startswith("file-"), input_file
        listed = account.objects("files", "list")
        assert [f["id"] for f in listed] == [input_file], listed
        assert listed[0]["bytes"] == len(text) and listed[0]["purpose"] == "batch"
        assert input_file in account.run("files", "list", "--purpose", "batch")
        assert account.objects("files", "list", "--purpose", "vision") == []

        account.run("files", "download", input_file, "-o", "back.jsonl")
        assert "next attempt" in account.said, "the download was to break"
        assert (account.folder / "back.jsonl").read_text() == text
        account.run("files", "download", input_file, "-o", "back.jsonl", code=2)  # is there already
        assert account.run("files", "download", input_file, "-o", "-") == text
        (account.folder / "back.jsonl").write_text("something of my own")
        account.run("files", "download", input_file, "-o", "back.jsonl", code=2)
        assert (account.folder / "back.jsonl").read_text() == "something of my own"
        account.run("files", "download", input_file, "-o", "back.jsonl", "--force")
        assert (account.folder / "back.jsonl").read_text() == text

        elsewhere = account.run("files", "upload", "in.jsonl", "--purpose", "user_data",
                                "--name", "../../elsewhere.jsonl").strip()
        account.run("files", "download", elsewhere)
        assert (account.folder / "elsewhere.jsonl").read_text() == text

        batch = account.run("batches", "create", input_file, "--endpoint", "/v1/chat/completions",
                            "--metadata", "by=hand").strip()
        state = account.wait_for(batch, "completed")
        assert state["request_counts"]["completed"] == 2000, state
        assert state["metadata"] == {"by": "hand"}
        assert batch in account.run("batches", "list")
        told = account.run("batches", "show", batch)
        assert "2,000 completed" in told and "metadata    by = hand" in told, told
        account.run("batches", "download", batch, "-o", "answers")
        lines = (account.folder / "answers" / f"{batch}.output.jsonl").read_text().splitlines()
        assert len({json.loads(line)["custom_id"] for line in lines}) == len(lines) == 2000
        assert not list(account.folder.glob("**/*.part"))
        assert account.run("batches", "cancel", batch) == f"{batch} is completed\n"

        assert account.run("files", "delete", input_file) == input_file + "\n"
        account.run("files", "delete", input_file, code=3)
        assert "no such thing" in account.said, account.said
        account.run("files", "download", input_file, code=3)
        assert "no such thing" in account.said, account.said
        account.run("batches", "show", "batch_none", code=3)


def lists_and_cancelling():
    """Several pages, bounds, and a batch that is stopped on its way."""
    with harness.Simulator("--batch-time", "20h", "--clock-rate", "600") as server:
        account = Account(server.base_url)
        (account.folder / "in.jsonl").write_text(request_lines(3))
        input_file = account.run("files", "upload", "in.jsonl", "--purpose", "batch").strip()
        batches = [account.create_batch(input_file) for _ in range(104)]
        create = ("batches", "create", "in.jsonl")
        batches.append(account.run(*create, "--endpoint", "/v1/chat/completions").strip())
        account.run(*create, "--endpoint", "/v1/nowhere", code=3)
        account.run(*create, "--endpoint", "/v1/chat/completions", "--metadata", "note", code=2)
        listed = [b["id"] for b in account.objects("batches", "list")]
        assert sorted(listed) == sorted(batches), f"{len(listed)} of {len(batches)}"
        assert len(account.run("batches", "list", "--limit", "101").splitlines()) == 102
        account.run("batches", "download", batches[0], code=3)
        assert "has no files" in account.said, account.said
        assert account.run("batches", "cancel", batches[0]).startswith(f"{batches[0]} is cancel")
        account.wait_for(batches[0], "cancelled")


def troubles():
    """Calls fail now and then, and pass in the end; what a person does wrong is told."""
    with harness.Simulator("--batch-faults", "503=20%,drop=10%,500=10%") as server:
        account = Account(server.base_url)
        for _ in range(15):
            account.run("files", "list")
        account.run("files", "upload", "none.jsonl", "--purpose", "batch", code=2)
        assert "no such file" in account.said
        account.run("files", "list", "--key-env", "NO_SUCH_VARIABLE", code=2)
        assert "NO_SUCH_VARIABLE is not set" in account.said
        account.run("files", "list", "--key-env", "A", "--key-file", "B", code=2)
        account.run("files", code=2)


def large_file():
    """More than one request may hold goes up in parts and comes back; nothing is held in memory."""
    with harness.Simulator("--break-downloads", "5") as server:
        account = Account(server.base_url)
        path = account.folder / "large.jsonl"
        with open(path, "wb") as file:  # holes, but for a mark at each MB
            for n in range(LARGE):
                file.seek(n * MEGABYTE)
                file.write(f"{n} ".encode())
            file.truncate(LARGE * MEGABYTE)
        uploaded = account.run("files", "upload", "large.jsonl", "--purpose", "user_data").strip()
        assert account.memory < MOST_MEMORY, f"uploading took {account.memory >> 20} MB"
        account.run("files", "download", uploaded, "-o", "back.jsonl")
        assert account.memory < MOST_MEMORY, f"downloading took {account.memory >> 20} MB"
        digests = [hashlib.file_digest(open(account.folder / name, "rb"), "sha256").hexdigest()
                   for name in ("large.jsonl", "back.jsonl")]
        assert digests[0] == digests[1]
        for name in ("large.jsonl", "back.jsonl"):
            (account.folder / name).unlink()


if __name__ == "__main__":
    for check in (by_hand, lists_and_cancelling, troubles, large_file):
        begun = time.monotonic()
        check()
        print(f"{check.__name__}: {time.monotonic() - begun:.1f} s")
