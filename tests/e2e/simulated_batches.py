"""The simulator's files and batches, from outside: a day passes in a second, downloads break off."""
import http.client
import json
import subprocess
import time
import urllib.error
import urllib.request

from harness import PROGRAM, Simulator

NONSENSE = (
    ("--clock-rate", "0"),
    ("--clock-rate", "inf"),
    ("--batch-time", "soon"),
    ("--batch-faults", "rain=1%"),
    ("--enqueued-limit-at-once",),
    ("--break-downloads", "-1"),
)
BOUNDARY = "boundary-of-the-test"
UNFINISHED = ("validating", "in_progress", "finalizing", "cancelling")


def call(server, path, body=None, kind="application/json", **headers):
    url = server.base_url + path
    headers = {"Authorization": "Bearer any", "Content-Type": kind, **headers}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
        return answer.read()


def upload(server, text):
    form = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="in.jsonl"\r\n'
            f'\r\n{text}\r\n--{BOUNDARY}--\r\n')
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return json.loads(call(server, "/files", form.encode(), kind))["id"]


def line(number):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"Say {number}."}]}
    return json.dumps({"custom_id": f"row-{number}", "method": "POST",
                       "url": "/v1/chat/completions", "body": body})


def create(server, numbers):
    file = upload(server, "\n".join(line(n) for n in numbers))
    wish = {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    return json.loads(call(server, "/batches", json.dumps(wish).encode()))["id"]


def finished(server, batch):
    while True:
        facts = json.loads(call(server, f"/batches/{batch}"))
        if facts["status"] not in UNFINISHED:
            return facts
        time.sleep(0.02)


def download(server, file):
    """Goes on where a broken download ended. Returns the bytes and how often it broke."""
    whole, broken = b"", 0
    while True:
        try:
            return whole + call(server, f"/files/{file}/content", Range=f"bytes={len(whole)}-"), broken
        except http.client.IncompleteRead as rest:
            whole, broken = whole + rest.partial, broken + 1


def expires_and_goes_on():
    options = ("--clock-rate", "86400", "--expire-batches", "1", "--break-downloads", "3")
    with Simulator(*options) as server:
        facts = finished(server, create(server, range(300)))
        assert facts["status"] == "expired", facts
        assert facts["expired_at"] - facts["created_at"] >= 24 * 3600
        output, broken = download(server, facts["output_file_id"])
        assert broken == 3, broken
        done = {json.loads(answer)["custom_id"] for answer in output.splitlines()}
        assert 90 < len(done) < 110, len(done)
        rest = [n for n in range(300) if f"row-{n}" not in done]
        assert finished(server, create(server, rest))["request_counts"]["completed"] == len(rest)
        assert server.executions() == {"executed": 300, "distinct": 300, "most": 1}


def loses_an_answer():
    with Simulator("--lose-batches", "1", "--batch-time", "100ms") as server:
        try:
            create(server, range(3))
            raise AssertionError("the answer was not lost")
        except (http.client.RemoteDisconnected, ConnectionResetError):
            pass
        batches = json.loads(call(server, "/batches"))["data"]
        assert finished(server, batches[0]["id"])["request_counts"]["completed"] == 3


def refuses_nonsense():
    for options in NONSENSE:
        command = [PROGRAM, "simulate", "--port", "0", *options]
        result = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert result.returncode == 2, (options, result)


expires_and_goes_on()
loses_an_answer()
refuses_nonsense()
