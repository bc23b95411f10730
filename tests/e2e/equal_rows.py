"""Equal rows share a request also when their answer is out of memory, or was given to an earlier
process."""
import json
import os
import pathlib
import subprocess
import tempfile

from harness import PROGRAM, Simulator

KINDS = 2_000


def run(folder, base_url, output, *options):
    settings = [f"api.base_url={base_url}", f"output.format={output[1]}", "pack.rows=10"]
    done = subprocess.run(
        [PROGRAM, "run", str(folder / "job.yaml"), "--no-progress", "-o", str(folder / output[0]),
         *[word for setting in settings for word in ("--set", setting)], *options],
        stderr=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "OPENAI_API_KEY": "any"})
    assert done.returncode == 0, done.stderr
    return json.loads((folder / f"{output[0]}.summary.json").read_text())


def require_pairs(folder, output):
    """Each row of the second half is as its twin, but for ids and usage."""
    if output[1] == "npy":
        data = (folder / output[0]).read_bytes()[128:]
        half = len(data) // 2
        assert half > 0 and data[:half] == data[half:]
        return
    with open(folder / output[0], encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    assert [line["custom_id"] for line in lines] == [f"row-{n}" for n in range(2 * KINDS)]
    for one, other in zip(lines, lines[KINDS:]):
        assert one["response"]["body"]["data"] == other["response"]["body"]["data"]


def main():
    with tempfile.TemporaryDirectory() as name, Simulator("--latency", "5ms") as server:
        folder = pathlib.Path(name)
        with open(folder / "rows.jsonl", "w", encoding="utf-8") as file:
            for n in range(2 * KINDS):
                file.write(json.dumps({"id": f"row-{n}", "text": f"text {n % KINDS}"}) + "\n")
        (folder / "job.yaml").write_text("""endpoint: /v1/embeddings
model: text-embedding-3-small
input: {path: rows.jsonl, id: id}
template: {input: "{{ text }}"}
""")
        for output in (("whole.jsonl", "batch"), ("whole.npy", "npy")):
            whole = run(folder, server.base_url, output)
            assert (whole["attempts"], whole["shared"]) == (KINDS / 10, KINDS), whole
            require_pairs(folder, output)
        for output in (("resumed.jsonl", "batch"), ("resumed.npy", "npy")):
            run(folder, server.base_url, output, "--limit", str(KINDS))
            rest = run(folder, server.base_url, output)
            assert rest["attempts"] in (0, KINDS / 10) and rest["shared"] == KINDS, rest
            require_pairs(folder, output)
    print(f"{KINDS} kinds of rows, each twice: {KINDS} answers asked for")


main()
