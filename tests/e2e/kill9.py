"""Kills a run at random instants until it was killed often enough, then lets it finish.

The server counts every execution. A row may be executed twice only when a kill hit it in flight, or
answered but younger than a tick of the ledger and the commit that was under way.
"""
import argparse
import random
import signal
import time

from harness import Job, Simulator

TICK = 0.1    # seconds
COMMIT = 0.05  # what its flushes may take on a busy machine


def kill_at_random(job, longest, randomness):
    """True when the process was killed, False when it had ended before."""
    process = job.start()
    deadline = time.monotonic() + randomness.uniform(0.02, longest)
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        time.sleep(0.005)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    said = process.communicate()[1]
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode != 0


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--rows", type=int, default=20_000)
    arguments.add_argument("--concurrency", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    randomness = random.Random(given.seed)

    # A latency that lets the rows last for all kills: each life gets through about rows / kills.
    life = 0.6  # seconds a process lives on average, starting included
    rate = 0.8 * given.rows / (given.kills * life)
    latency = max(0.02, given.concurrency / rate)
    with Simulator("--latency", f"{latency * 1000:.0f}ms,0.5") as server:
        job = Job(server.base_url, given.rows, given.concurrency)
        kills = 0
        while kills < given.kills and kill_at_random(job, 2 * life, randomness):
            kills += 1
            job.require_clean_prefix()
        last = job.run()
        assert last.returncode == 0, last.stderr
        job.require_complete()
        counted = server.executions()
    assert counted["distinct"] == given.rows, counted
    twice = counted["executed"] - counted["distinct"]
    # Rows in flight, and those answered since the last commit began, at each kill.
    per_kill = given.concurrency + given.concurrency / latency * (TICK + COMMIT)
    bound = int(kills * per_kill)
    print(f"{kills} kills, {given.rows} rows, each once and in order; {counted['executed']} executed: "
          f"{twice} more than once (bound {bound} = {kills} x ({given.concurrency} in flight + "
          f"{per_kill - given.concurrency:.0f} younger than a tick and its commit)); "
          f"most often executed: {counted['most']} times")
    assert kills == given.kills, "the run ended before it was killed often enough; give more --rows"
    assert twice <= bound
    job.remove()


main()
