"""What a run leaves behind, and what can be seen of it from outside, never holds the key: neither when
all goes well nor when servers quote it, refuse it, or send the client elsewhere. And what servers
write cannot end a line or command a terminal."""
import base64
import contextlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import threading

from harness import PROGRAM, Simulator, sanitizers
from servers import Handler, serve

KEY = "sk-proj-9fQ2xLw7RkT4vB1nZ8mC5hJ3yD6gA0sE"
GATEWAY = "gw-4410c3d1f2a7b6e5"
FORGED = "bad\n09:00:00 FORGED\x1b[2J\x1b]0;title\x07\u009b31m"
NOBODY = 65534


class Api(Handler):
    """Each row's text says how it is answered. The others' answers quote what they were sent."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][0]["content"]
        self.server.seen.append(dict(self.headers))
        assert self.headers["Authorization"] == f"Bearer {KEY}"
        sent = str(self.headers)
        if text == "moved":
            place = f"http://127.0.0.1:{self.server.elsewhere}{self.path}"
            return self.answer(307, {"Location": place}, b"")
        if text == "quoted":
            error = {"message": f"{FORGED} {sent}", "type": "invalid_request_error", "code": FORGED}
            return self.answer(400, {"x-request-id": f"req-{KEY}"},
                               json.dumps({"error": error}).encode())
        if text == "denied":
            error = {"message": f"Incorrect API key provided: {KEY}.\n{FORGED}",
                     "code": "invalid_api_key"}
            return self.answer(401, {}, json.dumps({"error": error}).encode())
        if text == "slow":
            self.server.waiting.set()
            self.server.go_on.wait(20)
        answer = {"choices": [{"index": 0, "finish_reason": "stop",
                               "message": {"role": "assistant", "content": "fine"}}]}
        odd = "req\x1b[31m" if text == "head" else "req\x9b31m"  # the latter is one byte here
        return self.answer(200, {"x-request-id": odd}, json.dumps(answer).encode())


class Elsewhere(Handler):
    def do_POST(self):
        self.server.seen.append(dict(self.headers))
        self.answer(200, {}, b"{}")


class Job:
    def __init__(self, folder, base_url, texts, source="key_env: THE_KEY", more=""):
        self.folder = folder
        self.output = folder / "results.jsonl"
        (folder / "rows.jsonl").write_text(
            "".join(json.dumps({"id": f"row-{n}", "text": text}) + "\n"
                    for n, text in enumerate(texts)))
        (folder / "job.yaml").write_text(f"""input: {{path: rows.jsonl, id: id}}
model: gpt-4o-mini
template: {{messages: [{{role: user, content: "{{{{ text }}}}"}}], max_tokens: 20}}
output: {{path: results.jsonl, failed: failed.jsonl, keep_ledger: true}}
api: {{base_url: "{base_url}", {source}, headers: {{X-Gateway-Token: "{GATEWAY}"}}}}
stop: {{failures: 100%}}
retry: {{attempts: 2, initial_delay: 10ms}}
{more}""")

    def command(self, *options):
        return [PROGRAM, "run", str(self.folder / "job.yaml"), *options]

    def run(self, *options, code, **how):
        done = subprocess.run(self.command(*options), stdin=how.pop("stdin", subprocess.DEVNULL),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              env=environment(), **how)
        assert done.returncode == code, (options, done.returncode, done.stderr)
        require_clean(done.stdout, "standard output")
        require_clean(done.stderr, "standard error")
        require_tame(done.stderr)
        require_clean_folder(self.folder)
        return done


def environment(key=KEY):
    return {"PATH": os.environ["PATH"], "THE_KEY": key, **sanitizers()}


def require_clean(data, where):
    for secret in (KEY, KEY[8:], GATEWAY, base64.b64encode(KEY.encode()).decode()):
        assert secret.encode() not in data, f"{secret} stands in {where}"


def require_clean_folder(folder):
    found = 0
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in ("job.yaml", "the.key"):
            require_clean(path.read_bytes(), path)
            found += 1
    assert found > 1, "the run has left nothing to look at"


def require_tame(shown):
    """Nothing a server wrote begins a line or reaches the terminal as a command."""
    assert b"\x1b" not in shown and b"\x07" not in shown and "\u009b".encode() not in shown, shown
    for line in shown.splitlines():
        assert not line.startswith(b"09:00:00 FORGED"), shown


@contextlib.contextmanager
def servers():
    elsewhere = serve(Elsewhere, seen=[])
    api = serve(Api, seen=[], elsewhere=elsewhere.server_port, waiting=threading.Event(),
                go_on=threading.Event())
    yield api, elsewhere
    api.go_on.set()
    api.shutdown()
    elsewhere.shutdown()


def url(server):
    return f"http://127.0.0.1:{server.server_port}/v1"


def what_runs_leave(folder):
    texts = ["fine", "quoted", "moved", "head", "fine"]
    with servers() as (api, elsewhere):
        key_file = folder / "the.key"
        key_file.write_text(KEY + "\n")
        key_file.chmod(0o600)
        for source in ("key_env: THE_KEY", f'key_file: "{key_file}"'):
            for options in (["--no-progress"], ["--log", "json"], ["--quiet"]):
                job = Job(folder, url(api), texts, source)
                job.run("--fresh", *options, code=1)
                lines = [json.loads(line) for line in job.output.read_text().splitlines()]
                assert [line["custom_id"] for line in lines] == [f"row-{n}" for n in range(5)]
                assert "Bearer [hidden]" in lines[1]["response"]["body"]["error"]["message"], lines[1]
                assert lines[3]["error"]["code"] == "bad_response", lines[3]
        job = Job(folder, url(api), texts, "key_fd: 0")
        with open(key_file, "rb") as stdin:
            job.run("--fresh", code=1, stdin=stdin)
        status = subprocess.run([PROGRAM, "status", str(job.output)], check=True,
                                stdout=subprocess.PIPE).stdout
        require_clean(status, "the status")
        require_tame(status)
        stopped = Job(folder, url(api), ["denied"]).run("--fresh", code=3)
        assert b"Stopped" in stopped.stderr, stopped.stderr
        assert not elsewhere.seen, "the client followed a redirect to another origin"
        assert all(seen.get("X-Gateway-Token") == GATEWAY for seen in api.seen)
    print("runs that end well, fail and are refused leave no key behind")


def wrong_use(folder):
    Job(folder, "http://127.0.0.1:1/v1", ["fine"])
    key_file = folder / "the.key"
    key_file.write_text(KEY)
    key_file.chmod(0o640)
    for override, expected in ((f"api.key_file={key_file}", b"chmod 600"),
                               (f"api.key={KEY}", b"process lists"),
                               (f"api.headers.Authorization={KEY}", b"process lists"),
                               ("api.base_url=http://example.org/v1", b"unencrypted")):
        done = subprocess.run([PROGRAM, "run", str(folder / "job.yaml"), "--set", override],
                              stderr=subprocess.PIPE, check=False, env=environment())
        assert done.returncode == 2 and expected in done.stderr, (override, done)
        require_clean(done.stderr, "a refusal")
    (folder / "rows.jsonl").write_text('{"id": "a", "text\\u001b": "x"}\n')
    for command, code in ((["check", str(folder / "job.yaml")], 1), (["check", "no\x1b[31mne"], 2)):
        done = subprocess.run([PROGRAM, *command], capture_output=True, check=False,
                              env=environment())
        assert done.returncode == code and b"\\x1b" in done.stderr, done
        require_tame(done.stderr)
    print("refusals do not repeat the key, nor control characters")


def require_loopback(port):
    listening = [line.split()[1] for name in ("tcp", "tcp6")
                 for line in open(f"/proc/net/{name}", encoding="ascii").readlines()[1:]
                 if line.split()[3] == "0A"]
    here = [place for place in listening if place.endswith(f":{port:04X}")]
    assert here == [f"0100007F:{port:04X}"], here


def batches(folder):
    with Simulator("--key", KEY) as server:
        require_loopback(int(server.base_url.split(":")[2].split("/")[0]))
        job = Job(folder, server.base_url, ["a", "b", "c"], more="mode: batch\nbatch: {poll: 200ms}\n")
        job.run("--no-progress", code=0)
        assert (folder / "results.jsonl.ledger").is_dir()
        other = environment("sk-wrong-0123456789abcdefghij")
        done = subprocess.run(job.command("--fresh"), stderr=subprocess.PIPE, check=False, env=other)
        assert done.returncode == 3 and b"0123456789abcdefghij" not in done.stderr, done
        require_clean_folder(folder)
    print("batches leave no key behind")


def as_another(look):
    """Runs `look` as an ordinary user: as root, everything may be read."""
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            if os.geteuid() == 0:
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            code = 0 if look() else 1
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def is_refused(path):
    try:
        with open(path, "rb") as file:
            file.read(1)
    except PermissionError:
        return True
    return False


def while_it_runs(folder):
    """Runs it as an ordinary user, who can then look neither into its memory nor its environment."""
    ordinary = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    with servers() as (api, _):
        job = Job(folder, url(api), ["fine", "slow"])
        core = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        if resource.getrlimit(resource.RLIMIT_CORE)[1] == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_CORE, core)
        command = job.command("-o", "-", "--set", "output.failed=/dev/null")
        crash = environment()
        crash["ASAN_OPTIONS"] = crash.get("ASAN_OPTIONS", "") + ":handle_segv=0"
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   env=crash, cwd=folder, **ordinary)
        assert api.waiting.wait(20)
        proc = pathlib.Path(f"/proc/{process.pid}")
        require_clean((proc / "cmdline").read_bytes(), "the command line")
        for name in ("environ", "mem", "maps"):
            assert as_another(lambda name=name: is_refused(proc / name)), f"{name} can be read"
        process.send_signal(signal.SIGSEGV)
        shown = process.communicate(timeout=20)[1]
        assert process.returncode == -signal.SIGSEGV, process.returncode
        assert not list(folder.glob("core*")), "there is a core dump"
        require_clean(shown, "standard error")
    with servers() as (api, _):
        Job(folder, url(api), ["fine"])
        piped = ["sh", "-c", '"$@" | cat', "sh", *command]  # a pipe of the user's own
        done = subprocess.run(piped, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=environment(), **ordinary)
        assert b"fine" in done.stdout, done  # it may still open its own /dev/stdout
    print("nobody else can look into a process that holds a key")


for scenario in (what_runs_leave, wrong_use, batches, while_it_runs):
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        scenario(pathlib.Path(name))
