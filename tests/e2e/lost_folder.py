"""The folder of the output is taken away: it is read-only from the start, becomes so under a run, or
is removed. The run stops with the reason, and goes on later where there is anything to go on from.

    lost_folder.py removed | read-only | turns-read-only
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from harness import Job, Simulator

ROWS = 3000
SKIPPED = 77


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def require_root(purpose):
    if os.geteuid() != 0:
        skip(f"{purpose} needs root")


def try_to(*command):
    if shutil.which(command[0]) is None:
        skip(f"there is no {command[0]} here")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        skip(f"cannot do this here: {' '.join(command)}: {done.stderr.strip()}")


@contextlib.contextmanager
def mounted(folder, *how):
    try_to("mount", *how, str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def wait_for_rows(job, rows):
    while job.require_clean_prefix() < rows:
        time.sleep(0.05)


def require_stopped(code, stderr, *reasons):
    said = " ".join(stderr.split())
    assert code == 3, (code, stderr)
    assert any(reason in said for reason in reasons), stderr


def removed(job):
    job.output.parent.mkdir()
    process = job.start("--output", str(job.output))
    wait_for_rows(job, 200)
    shutil.rmtree(job.output.parent)
    said = process.communicate()[1]
    require_stopped(process.returncode, said, "results.jsonl was removed or replaced while it was")
    assert not job.output.parent.exists(), "the folder was made again"
    job.output.parent.mkdir()
    last = job.run("--output", str(job.output))
    assert last.returncode == 0, last.stderr
    job.require_complete()
    print("removed under the run: stopped with the reason")


def read_only(job):
    folder = job.output.parent
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        if os.geteuid() == 0:  # rights do not bind root
            stack.enter_context(mounted(folder, "-t", "tmpfs", "-o", "size=1m,ro", "tmpfs"))
        else:
            folder.chmod(0o555)
            stack.callback(folder.chmod, 0o755)
        refused = job.run("--output", str(job.output))
    require_stopped(refused.returncode, refused.stderr, "Read-only file system", "Permission denied")
    assert "results.jsonl" in refused.stderr, refused.stderr
    print(f"read-only from the start: {refused.stderr.strip()}")


def turns_read_only(job):
    """What ext4 does on a disk error: everything that is open fails from then on."""
    require_root("a file system that fails")
    folder = job.output.parent
    folder.mkdir()
    image = job.folder / "image"
    with open(image, "wb") as file:
        file.truncate(64 << 20)
    try_to("mkfs.ext4", "-q", str(image))
    with mounted(folder, "-o", "loop,errors=remount-ro", str(image)):
        process = job.start("--output", str(job.output))
        wait_for_rows(job, 200)
        try_to("mount", "-o", "remount,abort", str(folder))
        said = process.communicate()[1]
        require_stopped(process.returncode, said, "Read-only file system")
        refused = job.run("--output", str(job.output))
        require_stopped(refused.returncode, refused.stderr, "Read-only file system")
    subprocess.run(["e2fsck", "-fy", str(image)], capture_output=True, check=False)
    with mounted(folder, "-o", "loop", str(image)):
        done = job.require_clean_prefix()
        last = job.run("--output", str(job.output))
        assert last.returncode == 0, last.stderr
        assert "resuming: " in last.stderr, last.stderr
        job.require_complete()
    print(f"read-only after {done} of {ROWS} rows: stopped with the reason, complete later")


SCENARIOS = {"removed": removed, "read-only": read_only, "turns-read-only": turns_read_only}


def main():
    folder = tempfile.mkdtemp(prefix="batchmill-e2e-")
    with Simulator("--latency", "50ms,0.5") as server:
        job = Job(server.base_url, ROWS, concurrency=50, folder=folder)
        job.output = pathlib.Path(folder) / "out" / "results.jsonl"
        try:
            SCENARIOS[sys.argv[1]](job)
            counted = server.executions()
            twice = counted["executed"] - counted["distinct"]
            print(f"{twice} rows were executed more than once")
        finally:
            shutil.rmtree(folder, ignore_errors=True)


main()
