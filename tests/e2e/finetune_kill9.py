"""Kills `finetune submit` at each of its remote steps, submits again, and lets the simulator's
books prove that there is one set of files and one job. Prints the table of steps."""
import signal
import tempfile

from finetune import Tuning
from harness import CRASHING, Simulator


def points():
    with Simulator() as server, tempfile.NamedTemporaryFile(mode="r") as names:
        tuning = Tuning(server.base_url)
        tuning.submit(program=CRASHING, BATCHMILL_CRASH_LIST=names.name)
        return [line.strip() for line in names if line.startswith("tuning ")]


def kill_at(*steps):
    """Once for each of the steps, each time by another process; then to the end."""
    with Simulator() as server:
        tuning = Tuning(server.base_url)
        for step in steps:
            tuning.submit(program=CRASHING, code=None, BATCHMILL_CRASH_AT=f"{step}:1")
            assert tuning.code == -signal.SIGKILL, f"{step}: {tuning.code} {tuning.said}"
        job = tuning.submit(program=CRASHING).strip()
        files = server.books("batches")["files"]
        jobs = server.books("fine_tuning")["jobs"]
        assert files["uploaded"] == 2 and files["uploaded_before"] == 0, f"{steps}: {files}"
        assert [one["id"] for one in jobs] == [job], f"{steps}: {jobs}"
        assert tuning.submit().strip() == job
        assert len(server.books("fine_tuning")["jobs"]) == 1
        return files["uploaded"], len(jobs)


def main():
    steps = points()
    assert len(steps) == 9, steps
    print(f"{'killed at':<34} {'files':>5} {'jobs':>5}")
    for step in steps:
        files, jobs = kill_at(step)
        print(f"{step:<34} {files:>5} {jobs:>5}", flush=True)
    files, jobs = kill_at(*(step for step in steps if not step.endswith("noted")))
    print(f"{'each of them, one after the other':<34} {files:>5} {jobs:>5}")


if __name__ == "__main__":
    main()
