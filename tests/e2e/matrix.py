"""A matrix (npy) that survives what other outputs do: dying at each crash point, rows that failed and
are asked again, a full disk. Each time it comes out as that of a run without trouble, byte by byte.

    matrix.py crashes
    matrix.py full FOLDER    a file system of 8 MB
"""
import json
import pathlib
import signal
import sys
import tempfile

from harness import CRASHING, SANITIZED, Job, Simulator

DIMENSIONS = 64
LATENCY = ("--latency", "20ms,1")
HITS = (1,) if SANITIZED else (1, 3)  # the how many-th passing of a point is the last


class Matrix(Job):
    """Rows of which some share a request."""

    def __init__(self, base_url, rows, pack=5, folder=None):
        super().__init__(base_url, rows, folder=folder)
        self.output = self.folder / "vectors.npy"
        (self.folder / "job.yaml").write_text(f"""endpoint: /v1/embeddings
model: text-embedding-3-small
dimensions: {DIMENSIONS}
input: {{path: rows.jsonl, id: id}}
template: {{input: "{{{{ text }}}}"}}
output: {{path: vectors.npy, format: npy}}
pack: {{rows: {pack}}}
api: {{base_url: "{base_url}"}}
limits: {{concurrency: 8}}
retry: {{initial_delay: 1ms}}
stop: {{failures: 100%}}
""")

    def files(self):
        return [self.output.read_bytes(), self.output.with_suffix(".ids.jsonl").read_bytes()]

    def failed(self):
        ids = self.output.with_suffix(".ids.jsonl").read_text(encoding="utf-8")
        return sum("error" in json.loads(line) for line in ids.splitlines())

    def require(self, wanted, what):
        assert self.files() == wanted, what
        ledger = pathlib.Path(str(self.output) + ".ledger")
        assert not ledger.exists(), f"{what} leaves {ledger}"


def nothing(_):
    pass


def torn(job):
    died = job.run(program=CRASHING, BATCHMILL_CRASH_AT="log.write.before:2")
    assert died.returncode == -signal.SIGKILL, died.stderr


def failed_rows(job):
    """The first request to arrive fails, and that is believed at once."""
    once = "500-" + job.folder.name.rpartition("-")[2]
    first = job.run("--set", "retry.attempts=1", "--set", f"api.headers={{x-simulate-fault: {once}}}")
    assert first.returncode == 1, first.stderr
    assert job.failed() == 5, job.failed()


SCENARIOS = [
    ("plain", nothing, ()),
    ("resumed", torn, ()),
    ("fresh", torn, ("--fresh",)),
    ("failed rows asked again", failed_rows, ("--retry-failed",)),
]


def crash_points(job, options):
    with tempfile.NamedTemporaryFile(mode="r") as names:
        ended = job.run(*options, program=CRASHING, BATCHMILL_CRASH_LIST=names.name)
        assert ended.returncode == 0, ended.stderr
        return sorted(set(names.read().split()))


def crash_and_go_on(job, wanted, point, hit, options):
    died = job.run(*options, program=CRASHING, BATCHMILL_CRASH_AT=f"{point}:{hit}")
    assert died.returncode in (0, -signal.SIGKILL), died.stderr
    ended = job.run(*(o for o in options if o != "--fresh"), program=CRASHING)
    assert ended.returncode == 0, f"{point}:{hit}: {ended.stderr}"
    job.require(wanted, f"{point}:{hit}")
    return died.returncode == -signal.SIGKILL


def crashes():
    rows, total = 400, 0
    with Simulator(*LATENCY) as server:
        whole = Matrix(server.base_url, rows)
        assert whole.run().returncode == 0
        wanted = whole.files()
        for name, prepare, options in SCENARIOS:
            job = Matrix(server.base_url, rows)
            prepare(job)
            points = crash_points(job, options)
            job.require(wanted, name)
            assert len(points) > 10, points
            job.remove()
            for point in points:
                for hit in HITS:
                    job = Matrix(server.base_url, rows)
                    prepare(job)
                    total += crash_and_go_on(job, wanted, point, hit, options)
                    job.remove()
            print(f"{name}: {len(points)} crash points: {' '.join(points)}")
        whole.remove()
    print(f"{total} processes died on the way; each matrix came out the same")


def full(folder):
    rows = 12_000
    with Simulator(*LATENCY) as server:
        whole = Matrix(server.base_url, rows, pack=50)
        assert whole.run().returncode == 0
        wanted = whole.files()
        ballast = folder / "ballast"
        job = Matrix(server.base_url, rows, pack=50, folder=folder)
        ballast.write_bytes(b"x" * (5 << 20))
        for _ in range(2):
            stopped = job.run()
            assert stopped.returncode == 3, (stopped.returncode, stopped.stderr)
            assert "No space left on device" in " ".join(stopped.stderr.split()), stopped.stderr
        ballast.unlink()
        last = job.run()
        assert last.returncode == 0, (last.returncode, last.stderr)
        assert "resuming: " in last.stderr, last.stderr
        job.require(wanted, "a full disk")
        whole.remove()
    print(f"full twice, then {rows} rows as without that")


if sys.argv[1] == "crashes":
    crashes()
else:
    full(pathlib.Path(sys.argv[2]))
