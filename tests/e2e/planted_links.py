"""Symbolic links that somebody else planted where a run writes files of its own: none is written
through. The output itself may be a link: that is the user's wish. And what is made has the rights
that the umask leaves, the ledger's files only their owner's."""
import os
import pathlib
import stat
import tempfile

from harness import Job, Simulator

PRECIOUS = "precious\n"


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


def planted(server, folder, name, code):
    """A run with a link to a precious file, or folder, at `name`."""
    target = folder / "target"
    target.mkdir()
    precious = target / "file"
    precious.write_text(PRECIOUS)
    link = folder / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(target if name.endswith(".ledger") else precious)
    before = rights(target)
    job = Job(server.base_url, 3, folder=folder)
    done = job.run()
    assert done.returncode == code, (name, done.returncode, done.stderr)
    assert precious.read_text() == PRECIOUS, f"{name} was written through"
    assert list(target.iterdir()) == [precious] and rights(target) == before, name
    return done.stderr, link


def each_place(server):
    for name, code in (("results.jsonl.summary.json", 0), ("results.jsonl.summary.json.new", 0),
                       ("results.jsonl.ledger", 3), ("results.jsonl.ledger/lock", 3),
                       ("results.jsonl.ledger/run.db", 0), ("results.jsonl.ledger/hashes", 3)):
        with tempfile.TemporaryDirectory() as folder:
            shown, link = planted(server, pathlib.Path(folder), name, code)
            if code != 0:
                assert f"{link} is a symbolic link" in shown, shown
            elif link.exists():
                assert not link.is_symlink(), "the summary did not take the link's place"
    print("no file of a run's own is written through a link")


def output_by_link(server):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "disk").mkdir()
        (folder / "results.jsonl").symlink_to("disk/large.jsonl")
        job = Job(server.base_url, 3, folder=folder)
        assert job.run().returncode == 0
        assert len((folder / "disk/large.jsonl").read_text().splitlines()) == 3
    print("an output that is a link is written where it points")


def rights_of_files(server):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        job = Job(server.base_url, 3, folder=folder)
        spec = folder / "job.yaml"
        spec.write_text(spec.read_text().replace("failed.jsonl\n", "failed.jsonl\n  keep_ledger: true\n"))
        before = os.umask(0o027)
        try:
            assert job.run().returncode == 0
        finally:
            os.umask(before)
        for path in (job.output, folder / "results.jsonl.summary.json"):
            assert rights(path) == 0o640, (path, oct(rights(path)))
        ledger = folder / "results.jsonl.ledger"
        assert rights(ledger) == 0o700, oct(rights(ledger))
        for path in ledger.rglob("*"):
            assert rights(path) & 0o022 == 0, (path, oct(rights(path)))
    print("outputs have the umask's rights, the ledger is its owner's")


with Simulator() as simulator:
    each_place(simulator)
    output_by_link(simulator)
    rights_of_files(simulator)
