"""Compares batchmill's uploads field by field with those of OpenAI's own library for Node.

    tests/e2e/uploads.py FOLDER [RECORDING]

The library is installed into FOLDER as for sdk.py. Files are to differ in nothing but the media
type, which the library states for none and batchmill by their suffix.
"""
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

from harness import PROGRAM
from sdk import prepare

ROOT = pathlib.Path(__file__).resolve().parents[2]
ANSWER = {"text": "hi", "created": 1, "data": [{"b64_json": "aGk="}]}
ENDPOINTS = ["/v1/audio/transcriptions", "/v1/images/edits", "/v1/images/variations"]


def rows(recording, image):
    return [
        {"file": recording, "temperature": 0.5, "prompt": "Grüße",
         "timestamp_granularities": ["word", "segment"],
         "chunking_strategy": {"type": "server_vad"}, "model": "whisper-1",
         "response_format": "verbose_json"},
        {"image": [image, image], "mask": image, "prompt": "a cat", "n": 2, "model": "gpt-image-1"},
        {"image": image, "n": 1, "model": "dall-e-2"},
    ]


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen = []

    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Content-Type"], body))
        answer = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def fields(content_type, body):
    """(name, file name, type, bytes) of each part, in order."""
    boundary = re.fullmatch(r'multipart/form-data; ?boundary="?([^"]+)"?', content_type).group(1)
    pieces = body.split(b"--" + boundary.encode())
    assert pieces[0] == b"" and pieces[-1] in (b"--\r\n", b"--"), "no form"
    found = []
    for piece in pieces[1:-1]:
        head, content = piece.removeprefix(b"\r\n").split(b"\r\n\r\n", 1)
        assert content.endswith(b"\r\n")
        head = head.decode()
        name = re.search(r'form-data; name="([^"]*)"', head).group(1)
        file = re.search(r'filename="([^"]*)"', head)
        kind = re.search(r"Content-Type: (.*)", head, re.IGNORECASE)
        found.append((name, file and file.group(1), kind and kind.group(1).strip(), content[:-2]))
    return found


def comparable(parts):
    """Without the types of files; the order of fields of different names means nothing."""
    return sorted(((name, file, content) for name, file, _, content in parts),
                  key=lambda part: part[0])


def send_by_batchmill(base_url, folder):
    for endpoint, row in zip(ENDPOINTS, rows("recording", "image.png")):
        (folder / "rows.jsonl").write_text(json.dumps(row))
        (folder / "job.yaml").write_text(
            f"endpoint: {endpoint}\ninput: {{path: rows.jsonl, format: bodies}}\n"
            f"output: {{path: out.jsonl}}\napi: {{base_url: '{base_url}'}}\n")
        subprocess.run([PROGRAM, "run", str(folder / "job.yaml"), "--fresh", "--no-progress"],
                       check=True, stderr=subprocess.DEVNULL, env={**os.environ, "OPENAI_API_KEY": "any"})


def main():
    library = pathlib.Path(sys.argv[1])
    prepare(library)
    recording = sys.argv[2] if len(sys.argv) > 2 else ROOT / "examples/transcription/calls/a-18.wav"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base_url = f"http://127.0.0.1:{server.server_port}/v1"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "recording").write_bytes(pathlib.Path(recording).read_bytes())
        (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n--" + bytes(range(256)))
        subprocess.run(["node", "uploads.mjs", folder / "recording", folder / "image.png"],
                       cwd=library, check=True,
                       env={**os.environ, "BASE_URL": base_url, "NO_PROXY": "127.0.0.1"})
        send_by_batchmill(base_url, folder)
    ours = Recorder.seen[len(ENDPOINTS):]
    assert len(ours) == len(ENDPOINTS), f"{len(ours)} uploads came"
    for theirs, mine in zip(Recorder.seen, ours):
        assert theirs[0] == mine[0], f"{theirs[0]} is {mine[0]}"
        expected, found = fields(*theirs[1:]), fields(*mine[1:])
        for part in zip(comparable(expected), comparable(found)):
            assert part[0] == part[1], f"{theirs[0]}: {str(part[0])[:200]} is {str(part[1])[:200]}"
        assert len(expected) == len(found), f"{theirs[0]}: {expected} is {found}"
        print(theirs[0])
        for name, file, kind, content in found:
            print(f"  {name}: " + (f"{file}, {kind}, {len(content)} bytes" if file else content.decode()))


main()
