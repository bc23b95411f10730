"""One spec online and through the Batch API: the same output, line by line, but for ids and times.

    batch_modes.py [ROWS]
"""
import json
import pathlib
import resource
import sys

from harness import Job, Simulator

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 6000


def comparable(line):
    row = json.loads(line)
    row["response"].pop("request_id")
    row["response"]["body"].pop("id")
    row["response"]["body"].pop("created")
    return row


def compare(one, other):
    count = 0
    with open(one, encoding="utf-8") as a, open(other, encoding="utf-8") as b:
        for line, same in zip(a, b, strict=True):
            assert comparable(line) == comparable(same), f"line {count + 1} differs"
            count += 1
    return count


def summary_of(path):
    return json.loads(pathlib.Path(f"{path}.summary.json").read_text(encoding="utf-8"))


def main():
    with Simulator("--latency", "5ms") as server:
        job = Job(server.base_url, ROWS, concurrency=256)
        online = job.folder / "online.jsonl"
        ended = job.run("--output", str(online), "--set", "mode=online")
        assert ended.returncode == 0, ended.stderr
        through = job.folder / "batches.jsonl"
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        ended = job.run("--output", str(through), "--set", "mode=batch", "--set",
                        "batch.poll=200ms")
        assert ended.returncode == 0, ended.stderr
        assert compare(online, through) == ROWS
        summary = summary_of(through)
        assert summary["batches"] == -(-ROWS // 50_000), summary["batches"]
        assert summary["tokens"] == summary_of(online)["tokens"]
        assert not pathlib.Path(f"{through}.ledger").exists()
        peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        print(f"{ROWS} rows, {summary['batches']} batches: all lines equal but for ids and times; "
              f"the largest process had {peak / 1024:.0f} MB")
        job.remove()


if __name__ == "__main__":
    main()
