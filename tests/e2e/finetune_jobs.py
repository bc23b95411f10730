"""batchmill finetune submit, watch, list, show, cancel, pause, resume and checkpoints against the
simulator."""
import json
import os
import pty
import signal
import subprocess
import time

import harness
from finetune import Tuning


def whole_way():
    """Submit with a watch, look at everything, submit again, change, submit anew."""
    with harness.Simulator("--tuning-time", "1s", "--tuning-base64") as server:
        tuning = Tuning(server.base_url, "suffix: e2e\nmetadata: {team: x}")
        job = tuning.submit().strip()
        assert job.startswith("ftjob-"), job
        assert "3,168 in all; about $0.02" in tuning.said, tuning.said
        assert tuning.submit().strip() == job, "it was to be found, not made again"
        books = server.books("fine_tuning")
        assert books["created"] == 1 and server.books("batches")["files"]["uploaded"] == 2, books

        out = tuning.run("watch", "tune.yaml", "--poll", "50ms")
        assert "Fine-tuning job started" in out and "training loss=" in out, out
        lines = out.splitlines()
        assert len([x for x in lines if "Step 12/" in x]) == 1, "each event once"
        told = dict(line.split(maxsplit=1) for line in lines[-9:])
        assert told["job"] == f"{job} succeeded", told
        assert told["model"].startswith("ft:gpt-4.1-mini-2025-04-14:simulated:e2e:"), told
        assert told["cost"] == "$0.016", told
        csv = (tuning.folder / f"{job}.metrics.csv").read_text()
        assert csv.startswith("step,train_loss"), csv[:20]

        model = told["model"]
        listed = [json.loads(x) for x in tuning.run("list", "--api", server.base_url,
                                                    "--json").splitlines()]
        assert [x["id"] for x in listed] == [job] and listed[0]["fine_tuned_model"] == model
        assert "metadata    team = x" in tuning.run("show", "tune.yaml")
        checkpoints = tuning.run("checkpoints", job, "--api", server.base_url)
        assert checkpoints.count(":ckpt-step-") == 3, checkpoints
        assert tuning.run("cancel", "tune.yaml") == f"{job} is succeeded\n"
        end = json.loads(tuning.run("watch", "tune.yaml", "--json", "--quiet").splitlines()[-1])
        assert end["fine_tuned_model"] == model and len(end["checkpoints"]) == 3, end

        with open(tuning.folder / "train.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"messages": [{"role": "user", "content": "New?"},
                                                {"role": "assistant", "content": "Yes."}]}) + "\n")
        tuning.submit(code=2)
        assert "training file has changed" in tuning.said and job in tuning.said, tuning.said
        assert tuning.submit("--again").strip() != job
        tuning.write_spec("seed: 3")
        tuning.submit(code=2)
        assert "the spec has changed" in tuning.said, tuning.said
        assert server.books("fine_tuning")["created"] == 2


def other_ends():
    """Failed, cancelled, paused, closed, asked without a terminal, faulty data."""
    takes = f"{2 * harness.SLOWER}s"
    with harness.Simulator("--tuning-time", takes, "--fail-tuning-jobs", "1") as server:
        tuning = Tuning(server.base_url)
        tuning.submit(code=2, OPENAI_API_KEY="")
        assert "OPENAI_API_KEY" in tuning.said, tuning.said
        assert not (tuning.folder / "tune.yaml.submission").exists()
        tuning.run("submit", "tune.yaml", code=2)
        assert "add --yes" in tuning.said, tuning.said
        assert server.books("fine_tuning")["created"] == 0
        assert not (tuning.folder / "tune.yaml.submission").exists()
        tuning.submit("--watch", "--poll", "50ms", code=1)

        job = tuning.submit("--again").strip()
        watch = tuning.start("watch", "tune.yaml", "--poll", "50ms")
        for _ in range(100):
            if tuning.run("pause", "tune.yaml", code=None) == f"{job} is paused\n":
                break
            time.sleep(0.05)
        else:
            raise AssertionError(tuning.said)
        assert tuning.run("resume", "tune.yaml") == f"{job} is queued\n"
        watch.send_signal(signal.SIGINT)
        _, said = watch.communicate(timeout=10 * harness.SLOWER)
        assert watch.returncode == 130 and "finetune watch tune.yaml" in said, said
        assert tuning.run("cancel", "tune.yaml") == f"{job} is cancelled\n"
        tuning.run("watch", "tune.yaml", code=3)

        (tuning.folder / "train.jsonl").write_text("{\n")
        tuning.submit("--again", code=1)
        assert "nothing was submitted" in tuning.said, tuning.said
    with harness.Simulator("--tuning-closed") as server:
        tuning = Tuning(server.base_url)
        tuning.submit(code=3)
        assert "no new jobs" in tuning.said, tuning.said
        openai = Tuning("https://api.openai.com/v1", model="gpt-4.1-nano-2025-04-14")
        openai.submit(code=2)
        assert "was shut down on 2026-10-23" in openai.said, openai.said


def asked():
    """On a terminal the price is told and consent asked for."""
    def answer(tuning, word):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([harness.PROGRAM, "finetune", "submit", "tune.yaml"],
                                   cwd=tuning.folder, stdin=theirs, stderr=theirs,
                                   stdout=subprocess.DEVNULL,
                                   env={**os.environ, "OPENAI_API_KEY": "sk-any"})
        os.close(theirs)
        told = ""
        while "[y/N]" not in told:
            told += os.read(ours, 65536).decode()
        assert "on 12 examples for about $0.016?" in told, told
        os.write(ours, word.encode() + b"\n")
        code = process.wait(timeout=30 * harness.SLOWER)
        os.close(ours)
        return code

    with harness.Simulator() as server:
        tuning = Tuning(server.base_url)
        assert answer(tuning, "") == 3
        assert server.books("batches")["files"]["uploaded"] == 0
        assert answer(tuning, "y") == 0
        assert server.books("fine_tuning")["created"] == 1


def azure():
    """The same at Azure's addresses."""
    with harness.Simulator("--tuning-time", "500ms") as server:
        tuning = Tuning(server.base_url.removesuffix("/v1"),
                        flavor=", flavor: azure, key_env: OPENAI_API_KEY")
        out = tuning.submit("--watch", "--poll", "50ms")
        assert "cost        $0.016" in out, out


def lost_answers():
    """A creation without an answer is found; faults on the way pass."""
    with harness.Simulator("--lose-tuning-jobs", "1") as server:
        tuning = Tuning(server.base_url)
        tuning.submit()
        assert server.books("fine_tuning")["created"] == 1
    with harness.Simulator("--batch-faults", "503=20%", "--tuning-time", "1s") as server:
        tuning = Tuning(server.base_url)
        for _ in range(20):
            tuning.submit("--watch", "--poll", "100ms", code=None)
            if tuning.code == 0:
                break
            assert tuning.code == 3, tuning.said
        assert server.books("fine_tuning")["created"] == 1


if __name__ == "__main__":
    for check in (whole_way, other_ends, asked, azure, lost_answers):
        begun = time.monotonic()
        check()
        print(f"{check.__name__}: {time.monotonic() - begun:.1f} s")
