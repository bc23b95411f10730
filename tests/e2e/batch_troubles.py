"""Batches that go wrong: each run ends complete, every row once and in order.

    batch_troubles.py [--rows N] [SCENARIO ...]
"""
import argparse
import http.server
import json
import pathlib
import resource
import subprocess
import threading
import time
import urllib.error
import urllib.request

from harness import PROGRAM, SANITIZED, SLOWER, Job, Simulator


# A day in two seconds; a batch takes half of one.
FAST_DAY = ("--latency", "1ms", "--clock-rate", "43200", "--batch-time", "6h")


def call(server, path, method="GET", body=None):
    url = server.base_url + path
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": "Bearer any", "Content-Type": "application/json"}
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def options_of(*settings):
    return [word for s in ("mode=batch", "batch.poll=100ms", *settings) for word in ("--set", s)]


def summary_of(job):
    return json.loads(pathlib.Path(f"{job.output}.summary.json").read_text(encoding="utf-8"))


def require_once(server, rows):
    """Nothing was executed twice: the simulator's books say so."""
    counts = server.executions()
    assert counts == {"executed": rows, "distinct": rows, "most": 1}, counts


def expired(rows):
    with Simulator(*FAST_DAY, "--expire-batches", "1") as server:
        job = Job(server.base_url, rows)
        ended = job.run(*options_of())
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
        assert summary_of(job)["batches"] == 2
    return job, "a third was kept, the rest went into a second batch"


def expired_then_online(rows):
    with Simulator(*FAST_DAY, "--expire-batches", "1") as server:
        job = Job(server.base_url, rows)
        ended = job.run(*options_of("batch.on_expired=online"))
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
        assert summary_of(job)["batches"] == 1
    return job, "a third was kept, the rest went online"


def cancelled_outside(rows):
    with Simulator("--latency", "1ms", "--batch-time", "10s") as server:
        job = Job(server.base_url, rows)
        run = job.start(*options_of())
        batches = []
        while not batches or batches[0]["status"] != "in_progress":
            time.sleep(0.1)
            batches = call(server, "/batches")["data"]
        time.sleep(2)
        call(server, f"/batches/{batches[0]['id']}/cancel", "POST")
        _, errors = run.communicate(timeout=300)
        assert run.returncode == 0, errors
        job.require_complete()
        require_once(server, job.rows)
        assert summary_of(job)["batches"] == 2
    return job, "what it had finished was kept, the rest went into a second batch"


def refused_line(rows):
    """A line that the server alone knows to be bad, at three quarters of the input."""
    guilty = min(rows * 3 // 4, 37_122)
    with Simulator("--latency", "1ms") as server:
        job = Job(server.base_url, rows)
        path = job.folder / "rows.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines()
        lines = [json.dumps({**json.loads(line), "refuse": str(n == guilty).lower()})
                 for n, line in enumerate(lines)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        spec = job.folder / "job.yaml"
        text = spec.read_text().replace("max_tokens: 20",
                                        'max_tokens: 20, store: true, metadata: {simulate_refusal: "{{ refuse }}"}')
        spec.write_text(text)
        ended = job.run(*options_of())
        assert ended.returncode == 1, ended.stderr
        lines = job.output.read_text(encoding="utf-8").splitlines()
        ids = [json.loads(line)["custom_id"] for line in lines]
        assert ids == [f"row-{n}" for n in range(rows)]
        failed = [n for n, line in enumerate(lines) if json.loads(line)["error"] is not None]
        assert failed == [guilty], failed
        require_once(server, rows - 1)
    return job, f"line {guilty + 1} failed alone: {json.loads(lines[guilty])['error']['code']}"


def all_failed(rows):
    with Simulator("--latency", "1ms", "--fail-batches", "100") as server:
        job = Job(server.base_url, rows)
        ended = job.run(*options_of("stop.failures=100%", "batch.attempts=2"))
        assert ended.returncode == 1, ended.stderr
        lines = job.output.read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["custom_id"] for line in lines] == [f"row-{n}" for n in range(rows)]
        assert summary_of(job)["rows"]["failed"] == rows
    return job, f"{rows} failed lines in order"


def queue(rows):
    """Room for two of eight batches."""
    each = -(-rows // 8)
    with Simulator("--latency", "1ms", "--batch-time", "1s", "--enqueued-tokens",
                   str(each * 2 * 18)) as server:
        job = Job(server.base_url, rows)
        ended = job.run(*options_of(f"batch.max_requests={each}"))
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
        made = call(server, "/batches?limit=100")["data"]
        refused = sum(b["status"] == "failed" for b in made)
    assert refused > 0 or SANITIZED  # then two may be done before the third is there
    return job, f"{len(made) - refused} batches, {refused} refused for the queue"


def broken_downloads(rows):
    with Simulator("--latency", "1ms", "--break-downloads", "5") as server:
        job = Job(server.base_url, rows)
        ended = job.run(*options_of())
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
    return job, "the download broke five times"


def large_file(_):
    """300 MB of answers over a connection that breaks five times. Not run unless it is named."""
    rows = 36_000
    with Simulator("--latency", "1ms", "--break-downloads", "5") as server:
        job = Job(server.base_url, rows)
        (job.folder / "job.yaml").write_text(f"""endpoint: /v1/embeddings
model: text-embedding-3-small
mode: batch
input: {{path: rows.jsonl, id: id}}
template: {{input: "{{{{ text }}}}"}}
output: {{path: results.jsonl}}
batch: {{poll: 200ms, keep_files: true}}
api: {{base_url: "{server.base_url}"}}
""")
        ended = job.run()
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
        outputs = call(server, "/files?purpose=batch_output")["data"]
        size = max(f["bytes"] for f in outputs)
        assert size > 300_000_000, size
        broken = server.books("batches")["files"]["broken_downloads"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return job, f"{size / 1e6:.0f} MB, broken {broken} times; largest process {peak:.0f} MB"


def lost_creation(rows):
    with Simulator("--latency", "1ms", "--lose-batches", "1") as server:
        job = Job(server.base_url, rows)
        ended = job.run(*options_of())
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
        assert len(call(server, "/batches")["data"]) == 1
    return job, "the batch whose answer was lost was found"


class LateLists:
    """Stands before a simulator; its lists show the first batch only so many seconds after the creation."""

    def __init__(self, server, hidden_for):
        upstream = server.base_url.removesuffix("/v1")
        first = []  # the id of the batch, and when it was made

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self):
                length = int(self.headers.get("Content-Length", 0))
                headers = {k: v for k, v in self.headers.items()
                           if k not in ("Host", "Accept-Encoding", "Connection")}
                request = urllib.request.Request(upstream + self.path, self.rfile.read(length) or None,
                                                 headers, method=self.command)
                creates = self.command == "POST" and self.path == "/v1/batches"
                if creates and not first:
                    first.append(time.monotonic())
                try:
                    with urllib.request.urlopen(request) as answer:
                        status, body = answer.status, answer.read()
                except urllib.error.HTTPError as refused:
                    status, body = refused.code, refused.read()
                except OSError:  # without an answer, as it came
                    self.close_connection = True
                    return
                if self.command == "GET" and self.path.startswith("/v1/batches?"):
                    body = self.without_first(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def without_first(self, body):
                listed = json.loads(body)
                if not first or time.monotonic() > first[0] + hidden_for or not listed["data"]:
                    return body
                listed["data"].pop()  # the oldest stands last
                return json.dumps(listed).encode()

            do_GET = do_POST = do_DELETE = forward

            def log_message(self, *_):
                pass

        self.listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.listener.server_port}/v1"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown()


def found_late(rows):
    """Listed a while after its creation, whose answer was lost: not made again."""
    with Simulator("--latency", "1ms", "--lose-batches", "1") as server, \
            LateLists(server, 1) as lists:
        job = Job(lists.base_url, rows)
        ended = job.run(*options_of())
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
        assert len(call(server, "/batches")["data"]) == 1
    return job, "the batch that was listed late was found"


def found_too_late(rows):
    """Listed after another one was created for the same rows: it is cancelled, no row is merged twice."""
    with Simulator("--latency", "1ms", "--lose-batches", "1", "--batch-time", "4s") as server, \
            LateLists(server, 2.5) as lists:
        job = Job(lists.base_url, rows)
        ended = job.run(*options_of("batch.poll=20ms"))
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        late, used = sorted(call(server, "/batches")["data"], key=lambda b: b["status"])
        assert (late["status"], used["status"]) == ("cancelled", "completed"), (late, used)
        assert late["id"] in ended.stderr and used["id"] in ended.stderr, ended.stderr
        done = late["request_counts"]["completed"]
        assert 0 < done < rows, late
        lost = summary_of(job)["models"][0]["lost"]
        assert lost == done, (lost, done)
    return job, f"the second batch was cancelled after {done} of {rows} rows"


def deadline(rows):
    with Simulator("--latency", "1ms", "--batch-time", f"{60 * SLOWER}s") as server:
        job = Job(server.base_url, rows)
        ended = job.run(*options_of(f"deadline={5 * SLOWER}s", "batch.on_deadline=online"))
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
        batch = call(server, "/batches")["data"][0]
        assert batch["status"] == "cancelled", batch["status"]
        done = batch["request_counts"]["completed"]
        assert 0 < done < rows, done
    return job, f"{done} by the batch, {rows - done} online"


def detached(rows):
    with Simulator("--latency", "1ms", "--batch-time", "2s") as server:
        job = Job(server.base_url, rows)
        ended = job.run("--detach", *options_of())
        assert ended.returncode == 4, ended.stderr
        status = subprocess.run([PROGRAM, "status", str(job.output), "--json"], check=True,
                                capture_output=True, text=True)
        seen = json.loads(status.stdout)
        assert seen["batches"][0]["batch_id"].startswith("batch_")
        assert not seen["batches_asked"] and "API key" in seen["batches_obstacle"], seen
        time.sleep(3)
        command = [PROGRAM, "status", str(job.output)]
        told = subprocess.run(command, check=True, capture_output=True, text=True,
                              env=job.environment())
        assert "completed" in told.stdout and "As the server says now" in told.stdout, told.stdout
        ended = job.run(*options_of())
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
    return job, "left alone and collected"


def given_up(rows):
    with Simulator("--latency", "1ms", "--batch-time", "30s") as server:
        job = Job(server.base_url, rows)
        ended = job.run("--detach", *options_of())
        assert ended.returncode == 4, ended.stderr
        time.sleep(4)
        command = [PROGRAM, "cancel", str(job.output), "--set", "batch.poll=100ms"]
        ended = subprocess.run(command, check=False, capture_output=True, text=True,
                               env=job.environment())
        assert ended.returncode == 0, ended.stderr
        kept = job.require_clean_prefix()
        ended = job.run("--set", "mode=online")
        assert ended.returncode == 0, ended.stderr
        job.require_complete()
        require_once(server, job.rows)
    return job, f"cancelled, a prefix of {kept} rows stood; online did the rest"


SCENARIOS = [expired, expired_then_online, cancelled_outside, refused_line, all_failed, queue, broken_downloads, large_file,
             lost_creation, found_late, found_too_late, deadline, detached, given_up]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("scenario", nargs="*")
    arguments = parser.parse_args()
    for scenario in SCENARIOS:
        if arguments.scenario and scenario.__name__ not in arguments.scenario:
            continue
        if not arguments.scenario and scenario is large_file:
            continue
        began = time.monotonic()
        job, what = scenario(arguments.rows)
        if summary_of(job)["end"] == "complete":
            rows = summary_of(job)["rows"]
            assert rows["ok"] == rows["total"] == job.rows and rows["left"] == 0, rows
        print(f"{scenario.__name__:<20} {time.monotonic() - began:6.1f} s  {what}", flush=True)
        job.remove()


if __name__ == "__main__":
    main()
