"""A run on a file system that fills up: it stops with the reason, and later goes on. What was
finished or in flight when the space ran out is not asked again."""
import pathlib
import sys

from harness import Job, Simulator

ROWS = 3000


def main():
    folder = pathlib.Path(sys.argv[1])
    ballast = folder / "ballast"
    with Simulator("--latency", "20ms,1") as server:
        job = Job(server.base_url, ROWS, folder=folder)
        ballast.write_bytes(b"x" * (5 << 20))
        full = job.run()
        assert full.returncode == 3, (full.returncode, full.stderr)
        assert "No space left on device" in " ".join(full.stderr.split()), full.stderr
        done = job.require_clean_prefix()
        assert 0 < done < ROWS, done
        again = job.run()
        assert again.returncode == 3, (again.returncode, again.stderr)
        assert job.require_clean_prefix() >= done
        ballast.unlink()
        last = job.run()
        assert last.returncode == 0, (last.returncode, last.stderr)
        assert "resuming: " in last.stderr, last.stderr
        job.require_complete()
        counted = server.executions()
    twice = counted["executed"] - counted["distinct"]
    print(f"full after {done} of {ROWS} rows; complete once there was space; "
          f"{twice} rows were executed more than once")
    assert twice == 0, counted


main()
