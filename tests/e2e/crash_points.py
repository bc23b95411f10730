"""Lets the program die at each of its crash points, early and late, and go on."""
import pathlib
import signal
import tempfile

from harness import CRASHING, SANITIZED, Job, Simulator

ROWS = 400
LATENCY = "20ms,1"
HITS = (1,) if SANITIZED else (1, 3)  # the how many-th passing of a point is the last


def crash_points(job, *scenario):
    """The names that a run to its end passes, found out by one."""
    with tempfile.NamedTemporaryFile(mode="r") as names:
        for options in scenario:
            job.run(*options, program=CRASHING, BATCHMILL_CRASH_LIST=names.name)
        return sorted(set(names.read().split()))


def crash_and_go_on(server, point, hit, prepare, options):
    job = Job(server.base_url, ROWS, concurrency=40)
    prepare(job)
    died = job.run(*options, program=CRASHING, BATCHMILL_CRASH_AT=f"{point}:{hit}")
    if died.returncode != -signal.SIGKILL:
        assert died.returncode == 0, died.stderr
    else:
        job.require_clean_prefix()
    ended = job.run(*(o for o in options if o != "--fresh"), program=CRASHING)
    assert ended.returncode == 0, f"{point}:{hit}: {ended.stderr}"
    assert job.require_clean_prefix() == job.rows, f"{point}:{hit}"
    ledger = pathlib.Path(str(job.output) + ".ledger")
    assert not ledger.exists() or "keep" in str(options), f"{point}:{hit} leaves {ledger}"
    job.remove()
    return died.returncode == -signal.SIGKILL


def nothing(_):
    pass


def finished_with_ledger(job):
    """A complete output whose input then changes in the middle."""
    first = job.run("--set", "output.keep_ledger=true")
    assert first.returncode == 0, first.stderr
    job.write_rows([*range(0, 100), *range(1000, 1100), *range(200, 400)])


def renumbered(job):
    """What `require_clean_prefix` expects of the ids after `finished_with_ledger`."""
    finished_with_ledger(job)
    text = (job.folder / "rows.jsonl").read_text()
    for n in range(100):
        text = text.replace(f'"row-{1000 + n}"', f'"row-{100 + n}"')
    (job.folder / "rows.jsonl").write_text(text)


def torn(job):
    """Dies when the output is written and the log not: the next process has something to cut off."""
    died = job.run(program=CRASHING, BATCHMILL_CRASH_AT="log.write.before:3")
    assert died.returncode == -signal.SIGKILL, died.stderr


SCENARIOS = [
    ("plain", nothing, ()),
    ("resumed", torn, ()),
    ("fresh", torn, ("--fresh",)),
    ("reuse", renumbered, ("--reuse",)),
]


def main():
    total = 0
    with Simulator("--latency", LATENCY) as server:
        for name, prepare, options in SCENARIOS:
            job = Job(server.base_url, ROWS, concurrency=40)
            prepare(job)
            points = crash_points(job, options)
            job.remove()
            assert len(points) > 15, points
            for point in points:
                for hit in HITS:
                    total += crash_and_go_on(server, point, hit, prepare, options)
            print(f"{name}: {len(points)} crash points: {' '.join(points)}")
    print(f"{total} processes died on the way; every output came out whole and in order")


main()
