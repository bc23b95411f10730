"""Measures the counting of tokens; tests/bench/tokens.sh says how to call it."""
import base64
import hashlib
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

import node_packages  # noqa: E402

KINDS = ["en", "de", "fr", "es", "ru", "ja", "ko", "zh-cn", "zh-tw", "ar", "hi", "th", "javascript",
         "typescript", "cpp", "json", "markdown", "emoji", "base64"]
# Times the speed of native tiktoken, cold, that we want to have.
WANTED = {"en": 10, "javascript": 10, "typescript": 10, "cpp": 10, "ja": 6, "ko": 6, "zh-cn": 6,
          "zh-tw": 6}
WANTED_ELSEWHERE = 5
ROUNDS = 5
ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
NATIVE = """
import json, sys, time, tiktoken
encoding = tiktoken.get_encoding(sys.argv[1])
for file in sys.argv[2:]:
    text = open(file, encoding="utf-8").read()
    size = len(text.encode())
    parts = [text[at:at + 200_000] for at in range(0, len(text), 200_000)]
    best = 1e9
    for _ in range(3):
        start = time.process_time()
        for part in parts:
            encoding.encode_to_numpy(part, disallowed_special=())
        best = min(best, time.process_time() - start)
    print(json.dumps({"file": file, "speed": size / best / 1e6}))
"""


def lines(command, **options):
    run = subprocess.run(command, capture_output=True, text=True, **options)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip().splitlines()[-1] if run.stderr else str(run.returncode))
    return [json.loads(line) for line in run.stdout.splitlines()]


def by_kind(found):
    return {pathlib.Path(one["file"]).name: one for one in found if "file" in one}


def native_python(folder):
    """A Python with tiktoken, which finds the tables where the build has put them; None without."""
    ranks = folder / "tiktoken_cache"
    ranks.mkdir(exist_ok=True)
    for table in (ROOT / ".cache/token_ranks").glob("*.tiktoken"):
        shutil.copy(table, ranks / hashlib.sha1(ADDRESS.format(table.stem).encode()).hexdigest())
    os.environ["TIKTOKEN_CACHE_DIR"] = str(ranks)
    python = folder / "venv/bin/python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True,
                           capture_output=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "tiktoken==0.14.0", "numpy"],
                       check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        print(f"Without native tiktoken: {error}")
        return None
    return python


def runs_and_spaces(folder):
    """Megabytes of which tiktoken makes one piece, and one of base64."""
    made = {"a": "a", "spaces": " ", "newlines": "\n", "digits": "7", "dashes": "-"}
    files = []
    for name, unit in made.items():
        files.append(folder / f"1MB-of-{name}")
        files[-1].write_text(unit * 1_000_000)
    files.append(folder / "1MB-of-base64")
    files[-1].write_text(base64.b64encode(random.Random(6).randbytes(750_000)).decode())
    return files


def medians(rounds, *keys):
    """Of what several rounds say of each kind."""
    return {kind: {key: statistics.median(one[kind][key] for one in rounds) for key in keys}
            for kind in rounds[0]}


def report(encoding, bench, npm, corpus, python):
    files = [corpus / kind for kind in KINDS]
    long_pieces = runs_and_spaces(corpus)
    found, theirs = [], []
    for _ in range(ROUNDS):  # in turn, so that a busy machine slows all of them
        found.append(lines([bench, encoding, "3", *files, *long_pieces]))
        if python:
            theirs.append(by_kind(lines([python, "-c", NATIVE, encoding, *files])))
    ready = statistics.median(one[0]["ready_ms"] for one in found)
    ours = medians([by_kind(one) for one in found], "bytes", "cold", "warm", "ms")
    native = medians(theirs, "speed") if python else {}
    wasm = by_kind(lines(["node", "speed.mjs", encoding, *files], cwd=npm))
    print(f"\n{encoding}: ready after {ready:.1f} ms, tables of {found[0][0]['megabytes']:.1f} MB, "
          "caches of 1.0 MB a thread, of 3.3 MB once texts are many\n")
    print("MB/s           bytes     cold     warm   native  (cold, warm)     npm  (cold)")
    for kind in KINDS:
        one = ours[kind]
        cold, warm = one["cold"], one["warm"]
        slow, fast = wasm[kind]["speed"], native.get(kind, {}).get("speed")
        beside = f"{fast:8.1f}  {cold / fast:5.1f}x {warm / fast:5.1f}x" if fast else " " * 24
        wanted = WANTED.get(kind, WANTED_ELSEWHERE)
        missed = f"  below {wanted}x" if fast and cold < wanted * fast else ""
        print(f"{kind:11}{one['bytes']:9} {cold:8.0f} {warm:8.0f} {beside} {slow:8.1f}  {cold / slow:5.0f}x"
              f"{missed}")
    for file in long_pieces:
        print(f"{file.name:20} {ours[file.name]['ms']:8.2f} ms")


def main():
    bench, npm = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    node_packages.check_node()
    node_packages.install(ROOT / "tests/tokens", npm)
    corpus = npm / "corpus"
    subprocess.run(["node", "corpus.mjs", corpus], cwd=npm, check=True,
                   env={**os.environ, "BATCHMILL_SOURCE_DIR": str(ROOT)})
    python = native_python(npm)
    print(time.strftime("%F %T"), f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for encoding in sys.argv[3:] or ["o200k_base", "cl100k_base"]:
        report(encoding, bench, npm, corpus, python)


if __name__ == "__main__":
    main()
