#!/usr/bin/env python3
"""Measures `batchmill finetune check` on made-up examples: time, MB/s and peak memory.

    finetune_data.py [EXAMPLES] [MB]        1,000,000 and 2,000 unless given

Needs that much room in the temporary folder. BATCHMILL names the program.
"""

import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ.get(
    "BATCHMILL", str(pathlib.Path(__file__).resolve().parents[2] / "build/batchmill"))


def vocabulary(rng: random.Random) -> list[str]:
    """Words as texts have them: the first ones far more often than the last."""
    parts = ["ba", "co", "del", "er", "fin", "gra", "ing", "ker", "lo", "men", "not", "or", "pre",
             "qui", "re", "st", "tion", "un", "ver", "wal"]
    return ["".join(rng.choices(parts, k=rng.choice((1, 2, 2, 3, 3, 4)))) for _ in range(20_000)]


def write(path: pathlib.Path, examples: int, size: int) -> None:
    rng = random.Random(7)
    words = vocabulary(rng)
    weights = [1 / (n + 10) for n in range(len(words))]
    system = "You answer questions about orders, briefly and politely."
    frame = ('{"messages": [{"role": "system", "content": "%s"}, {"role": "user", "content": "%s"}, '
             '{"role": "assistant", "content": "%s"}]}\n')
    room = size // examples - len(frame % (system, "", ""))
    stock = rng.choices(words, weights, k=2_000_000)
    with path.open("w", encoding="ascii", buffering=1 << 20) as file:
        for _ in range(examples):
            at = rng.randrange(len(stock) - 1000)
            text = " ".join(stock[at:at + room // 6 + 40])[:room]
            cut = room // 3
            file.write(frame % (system, text[:cut], text[cut:].replace(" st ", ".\\n")))


def peak_memory(process: subprocess.Popen) -> int:
    """In kB, of a process that has not ended yet; 0 when it has."""
    try:
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return 0
    return max((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")),
               default=0)


def main() -> None:
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    size = int(float(sys.argv[2]) * 1e6) if len(sys.argv) > 2 else 2_000_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "train.jsonl"
        write(path, examples, size)
        actual = path.stat().st_size
        subprocess.run(["cat", str(path)], stdout=subprocess.DEVNULL, check=True)  # into the cache
        begin = time.monotonic()
        output = pathlib.Path(folder) / "report.txt"
        with output.open("w") as report:
            process = subprocess.Popen(
                [PROGRAM, "finetune", "check", str(path), "--model", "gpt-4.1-mini"], stdout=report)
            peak = 0
            while process.poll() is None:
                peak = max(peak, peak_memory(process))
                time.sleep(0.02)
        seconds = time.monotonic() - begin
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(output.read_text()[-900:])
        print(f"{actual / 1e6:,.0f} MB, {examples:,} examples: {seconds:.1f} s, "
              f"{actual / 1e6 / seconds:.0f} MB/s, CPU {used.ru_utime + used.ru_stime:.1f} s, "
              f"peak memory {peak / 1024:.0f} MB")


main()
