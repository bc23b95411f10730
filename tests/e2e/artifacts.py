"""Files of answers: killed amid the run none is missing or wrong, and a folder that cannot be written
ends the run with a sentence."""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from harness import PROGRAM, Simulator

ROWS = 400


def write_job(folder, base_url):
    with open(folder / "rows.jsonl", "w", encoding="utf-8") as file:
        for n in range(ROWS):
            file.write(json.dumps({"id": f"../{n}" if n % 7 == 0 else f"{n}", "text": f"scene {n}"}) + "\n")
    (folder / "job.yaml").write_text(
        f"""endpoint: /v1/images/generations
model: gpt-image-1
input: {{path: rows.jsonl, id: id}}
template: {{prompt: "{{{{ text }}}}", n: 2}}
output: {{path: out/results.jsonl, artifacts: images}}
api: {{base_url: "{base_url}"}}
limits: {{concurrency: 20}}
""")
    (folder / "out").mkdir()


def command(folder):
    return [PROGRAM, "run", str(folder / "job.yaml"), "--no-progress"]


def environment():
    return {**os.environ, "OPENAI_API_KEY": "any"}


def run(folder):
    return subprocess.run(command(folder), stderr=subprocess.PIPE, text=True, check=False,
                          env=environment())


def kill_amid(folder, after):
    process = subprocess.Popen(command(folder), stderr=subprocess.DEVNULL, env=environment())
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()


def require_files(folder):
    """Every line that is there names two files that are as it says. Returns how many lines."""
    output = folder / "out" / "results.jsonl"
    lines = output.read_bytes().split(b"\n")[:-1] if output.exists() else []
    for line in lines:
        for image in json.loads(line)["response"]["body"]["data"]:
            described = image["artifact"]
            path = (output.parent / described["path"]).resolve()
            assert path.parent == (folder / "images").resolve(), f"{path} is outside"
            data = path.read_bytes()
            assert len(data) == described["size"]
            assert hashlib.sha256(data).hexdigest() == described["sha256"], path
    return len(lines)


def a_folder_that_is_none(folder):
    (folder / "images").write_text("in the way")
    result = run(folder)
    assert result.returncode == 3, result
    assert "cannot make the folder" in result.stderr, result.stderr
    assert require_files(folder) == 0
    (folder / "images").unlink()


def killed(folder):
    for after in (0.3, 0.2, 0.4):
        kill_amid(folder, after)
        print(f"killed with {require_files(folder)} lines")
    result = run(folder)
    assert result.returncode == 0, result.stderr
    assert require_files(folder) == ROWS
    # The same request gets the same image here, so that no kill leaves a second one behind.
    files = [file for file in (folder / "images").iterdir() if file.name[0] != "."]
    assert len(files) == 2 * ROWS, f"{len(files)} files"
    print(f"{ROWS} lines, {len(files)} files")


with tempfile.TemporaryDirectory() as name, Simulator("--latency", "50ms,0.5") as simulator:
    work = pathlib.Path(name)
    write_job(work, simulator.base_url)
    a_folder_that_is_none(work)
    killed(work)
