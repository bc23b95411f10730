"""Images that a server answers by their address: fetched without the key, saved, and where that fails
the row says so and keeps the answer."""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

from harness import PROGRAM, Simulator
from servers import Handler, serve

PNG = b"\x89PNG\r\n\x1a\nnot much of a picture"


class Files(Handler):
    """The host of the images, which is another origin than the API."""

    def do_GET(self):
        seen = self.server.seen
        seen.append((self.path, dict(self.headers)))
        times = sum(path == self.path for path, _ in seen)
        if self.path.startswith("/gone"):
            self.answer(404, {}, b"no")
        elif self.path.startswith("/moved"):
            self.answer(302, {"Location": f"http://127.0.0.1:{self.server.api}/"}, b"")
        elif self.path.startswith("/slow") and times == 1:
            self.server.waiting.set()
            time.sleep(60)
        elif self.path.startswith("/busy") and times == 1:
            self.answer(503, {}, b"later")
        else:
            self.answer(200, {"Content-Type": "image/png"}, PNG + self.path.encode())


class Api(Handler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body["prompt"])
        assert self.headers["Authorization"] == "Bearer the-key"
        host = f"http://127.0.0.1:{self.server.files}"
        images = [{"url": f"{host}/{body['prompt']}?sig=1%2B2"}, {"url": f"{host}/second"}]
        self.answer(200, {}, json.dumps({"created": 1, "data": images}).encode())


def write_job(folder, base_url, prompts, parameters=""):
    rows = [json.dumps({"id": prompt, "prompt": prompt}) + "\n" for prompt in prompts]
    (folder / "rows.jsonl").write_text("".join(rows))
    (folder / "job.yaml").write_text(f"""endpoint: /v1/images/generations
model: dall-e-2
input: {{path: rows.jsonl, id: id}}
template: {{prompt: "{{{{ prompt }}}}", response_format: url{parameters}}}
output: {{path: results.jsonl, artifacts: images}}
api: {{base_url: "{base_url}", headers: {{X-Secret: "1"}}}}
stop: {{failures: 100%}}
""")


def start(folder, *options):
    return subprocess.Popen([PROGRAM, "run", str(folder / "job.yaml"), "--no-progress", *options],
                            stderr=subprocess.PIPE, text=True,
                            env={**os.environ, "OPENAI_API_KEY": "the-key"})


def run(folder, base_url, prompts, parameters="", code=0):
    write_job(folder, base_url, prompts, parameters)
    process = start(folder, "--fresh")
    said = process.communicate()[1]
    assert process.returncode == code, (process.returncode, said)
    return read_lines(folder, prompts)


def read_lines(folder, prompts):
    lines = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    assert [line["custom_id"] for line in lines] == prompts
    return lines


def require_saved(folder, image):
    described = image["artifact"]
    data = (folder / described["path"]).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (described["size"], described["sha256"])
    return data


def another_origin(folder):
    files = serve(Files, seen=[])
    api = serve(Api, files=files.server_port, asked=[])
    files.api = api.server_port
    lines = run(folder, f"http://127.0.0.1:{api.server_port}/v1", ["fine", "gone", "busy", "moved"],
                code=1)
    for line in (lines[0], lines[2]):
        assert line["error"] is None
        data = require_saved(folder, line["response"]["body"]["data"][0])
        assert data == PNG + f"/{line['custom_id']}?sig=1%2B2".encode()
    missing, second = lines[1]["response"]["body"]["data"]
    assert "artifact" not in missing and missing["url"].endswith("/gone?sig=1%2B2"), missing
    require_saved(folder, second)
    assert lines[1]["error"]["code"] == "file_not_fetched", lines[1]
    assert missing["url"] in lines[1]["error"]["message"]
    assert lines[3]["error"]["code"] == "file_not_fetched", "a redirect was followed"
    for path, headers in files.seen:
        text = json.dumps(headers)
        assert "the-key" not in text and "X-Secret" not in text, (path, headers)
    print(f"{len(files.seen)} requests for images, none with the key")


def stopped_while_fetching(folder):
    """A paid answer is kept, and its images are fetched by the next process."""
    files = serve(Files, seen=[], waiting=threading.Event())
    api = serve(Api, files=files.server_port, asked=[])
    prompts = ["fine", "slow", "last"]
    write_job(folder, f"http://127.0.0.1:{api.server_port}/v1", prompts)
    process = start(folder, "--fresh")
    assert files.waiting.wait(20)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=20)[1]
    assert process.returncode == 130, (process.returncode, said)
    process = start(folder)
    said = process.communicate(timeout=20)[1]
    assert process.returncode == 0, (process.returncode, said)
    lines = read_lines(folder, prompts)
    assert all(line["error"] is None for line in lines), lines
    data = require_saved(folder, lines[1]["response"]["body"]["data"][0])
    assert data == PNG + b"/slow?sig=1%2B2"
    assert sorted(api.asked) == sorted(prompts), api.asked
    print("stopped while an image was fetched: no row was asked twice")


def the_simulators(folder):
    with Simulator("--key", "the-key") as server:
        lines = run(folder, server.base_url, ["a", "b"], ", n: 2, size: 256x256")
    for line in lines:
        for image in line["response"]["body"]["data"]:
            assert require_saved(folder, image).startswith(PNG[:8])
    print("the simulator's images are saved, too")


with tempfile.TemporaryDirectory() as name:
    another_origin(pathlib.Path(name))
    stopped_while_fetching(pathlib.Path(name))
    the_simulators(pathlib.Path(name))
