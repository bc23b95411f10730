"""SIGINT and SIGTERM: a clean prefix and exit 130, in time, also when the server is silent."""
import signal
import time

from harness import SLOWER, Job, Simulator


def stop(job, latest, *signals, when_rows_come=False):
    process = job.start()
    if when_rows_come:
        while not job.output.exists() or job.output.stat().st_size == 0:
            time.sleep(0.05)
    else:
        time.sleep(1.5 * SLOWER)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.2)
    began = time.monotonic()
    said = process.communicate(timeout=60 * SLOWER)[1]
    took = time.monotonic() - began
    assert process.returncode == 130, (process.returncode, said)
    assert took < latest * SLOWER, f"{took:.1f} s"
    return job.require_clean_prefix()


def main():
    with Simulator("--latency", "100ms,0.5") as server:
        job = Job(server.base_url, 5000, concurrency=50)
        done = stop(job, 3, signal.SIGINT, when_rows_come=True)
        assert 0 < done < 5000
        assert job.run().returncode == 0
        job.require_complete()
        counted = server.executions()
        assert counted["executed"] == counted["distinct"], "draining asks nothing twice"
        job.remove()
    with Simulator("--latency", "60s") as silent:
        job = Job(silent.base_url, 100, timeout="10m")
        stop(job, 5, signal.SIGTERM)
        stop(job, 1, signal.SIGINT, signal.SIGINT)
        job.remove()
    print("drained, given up on a silent server within 5 s, and ended at once by a second signal")


main()
