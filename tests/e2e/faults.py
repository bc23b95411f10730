"""The table of network faults: under each of them a job of 2,000 rows ends complete, in order and
with every row once, or it stops with the right sentence; in bounded time and memory.

    faults.py [--some] [NAME...]    all of them, those that run with every change, or those named
"""
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from fault_proxy import Cutter, Proxy, always, every
from harness import BUILD, SANITIZED, SLOWER, Job, Simulator

ROWS = 2000
MOST_SECONDS = 60 * SLOWER
MOST_MEGABYTES = 200 if not SANITIZED else 2000
QUICK = ("retry.initial_delay=10ms", "limits.concurrency=50", "stop.failures=1")


def memory_peak(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found.group(1)) / 1024 if found else 0


class Ended:
    """How a run came out."""

    def __init__(self, process):
        began = time.monotonic()
        chunks = []
        reader = threading.Thread(target=lambda: chunks.append(process.stderr.read()))
        reader.start()
        self.megabytes = 0
        while process.poll() is None:
            self.megabytes = memory_peak(process.pid) or self.megabytes
            time.sleep(0.01)
            if time.monotonic() - began > MOST_SECONDS:
                process.kill()
        reader.join()
        process.stderr.close()
        self.code = process.returncode
        self.said = chunks[0]
        self.seconds = time.monotonic() - began

    def require(self, code, *sentences):
        assert self.code == code, f"exit {self.code} after {self.seconds:.0f} s:\n{self.said}"
        for sentence in sentences:
            assert re.search(sentence, " ".join(self.said.split())), \
                f"{sentence!r} is not said:\n{self.said}"
        assert self.megabytes < MOST_MEGABYTES, f"{self.megabytes:.0f} MB"
        return self


def start(job, *sets, **more):
    options = [word for one in (*QUICK, *sets) for word in ("--set", one)]
    return job.start(*options, **more)


def run(job, *sets, **more):
    return Ended(start(job, *sets, **more))


def wait_for_rows(job, rows=100):
    while not job.output.exists() or job.output.read_bytes().count(b"\n") < rows:
        time.sleep(0.02)


def port_of(server):
    return int(re.search(r":(\d+)", server.base_url).group(1))


def retries_of(job):
    return int(re.search(r'"retries": *(\d+)', (job.folder / "results.jsonl.summary.json")
                         .read_text()).group(1))


class Table:
    """The cases by name, in order."""

    def __init__(self):
        self.cases = {}
        self.brief = set()

    def add(self, name, case, brief=False):
        self.cases[name] = case
        if brief:
            self.brief.add(name)

    def case(self, name, brief=False):
        def keep(function):
            self.add(name, function, brief)
            return function
        return keep


TABLE = Table()


def mended(fault, *sets, when=every(7), costs_attempts=True):
    """Retries mend it: the output is complete. What the server did not read, on a connection that
    was kept, may also be sent again at once: then it may cost attempts or not (None)."""
    def case(server):
        with Proxy(port_of(server), fault, when) as proxy:
            job = Job(proxy.base_url, ROWS)
            ended = run(job, *sets).require(0)
            job.require_complete()
            assert proxy.faults > 0
            retries = retries_of(job)
            assert costs_attempts in (None, retries > 0), f"{retries} retries"
            if costs_attempts is False:
                books = server.executions()
                assert books["executed"] == books["distinct"] == ROWS, books
            job.remove()
            return ended, f"{proxy.faults} faults, {retries} retries"
    return case


def too_large(fault):
    """What was paid and is too large fails its row at once: it is not asked for again, until the
    user does."""
    def case(server):
        with Proxy(port_of(server), fault, every(50)) as proxy:
            job = Job(proxy.base_url, ROWS)
            ended = run(job, "api.max_response=4MB").require(1, "response_too_large")
            lines = [json.loads(line) for line in job.output.read_text().splitlines()]
            assert [line["custom_id"] for line in lines] == [f"row-{n}" for n in range(ROWS)]
            errors = [line["error"] for line in lines if line["error"]]
            assert len(errors) == proxy.faults == ROWS // 50, f"{len(errors)} of {proxy.faults}"
            said = {(error["code"], error["message"]) for error in errors}
            assert len(said) == 1 and said.pop()[0] == "response_too_large", said
            assert retries_of(job) == 0
            books = server.executions()
            assert books["executed"] == books["distinct"] == ROWS, books
            proxy.fault = None
            Ended(job.start("--retry-failed")).require(0)
            job.require_complete()
            job.remove()
            return ended, f"{len(errors)} rows failed at once: {errors[0]['message'][:44]}"
    return case


def harmless(fault):
    """It is no fault to us: not a single row is asked again."""
    return mended(fault, when=every(2), costs_attempts=False)


def stopped(fault, sentence, *sets):
    """It befalls every request: the run stops, and goes on when it is over."""
    def case(server):
        with Proxy(port_of(server), fault, always) as proxy:
            job = Job(proxy.base_url, ROWS)
            ended = run(job, "stop.failures=0.5", "retry.attempts=2", *sets).require(3, sentence)
            said = sentence_of(ended)
            proxy.fault = None
            Ended(job.start("--retry-failed")).require(0)
            job.require_complete()
            job.remove()
            return ended, said
    return case


def sentence_of(ended):
    found = re.search(r"(?m)^.*(?:stopped|Stopped)[^\n]*$", ended.said)
    return found.group().strip() if found else ended.said.strip().splitlines()[-1]


TIMEOUT = f"api.timeout={400 * SLOWER}ms"
BRIEF = {"reset mid-head", "close mid-body", "chunks with trailers", "gzip bomb"}

for name in ("reset unread", "reset in request", "reset before head"):
    TABLE.add(name, mended(name, costs_attempts=None))
for name in ("reset after body", "close after body"):
    TABLE.add(name, mended(name, when=every(2), costs_attempts=None))
for name in ("reset mid-head", "reset after head", "reset mid-body", "close in request", "close before head",
             "close mid-head", "close after head", "close mid-body", "no length, cut",
             "no length, reset", "chunks cut", "chunks without end", "bad chunk size",
             "endless line", "length beyond numbers", "length too short", "two lengths", "length and chunks",
             "gzip damaged", "gzip cut", "not HTTP", "binary", "HTTP/2", "switching"):
    TABLE.add(name, mended(name), name in BRIEF)
for name in ("silence", "silence mid-head", "silence mid-body", "endless 1xx"):
    TABLE.add(name, mended(name, TIMEOUT, when=every(100)), name in BRIEF)
for name in ("endless body", "endless chunks", "length of a petabyte", "gzip bomb",
             "endless trailers", "huge head", "endless head"):
    TABLE.add(name, too_large(name), name in BRIEF)
for name in ("no length, whole", "drip", "drip of chunks",
             "extra bytes", "extra newline", "100 and 103", "1xx in pieces", "connection: close",
             "HTTP/1.0", "chunks", "chunks with trailers", "large head", "gzip"):
    TABLE.add(name, harmless(name), name in BRIEF)

TABLE.add("always: close before head",
          stopped("close before head", r"has not answered for .*closed the connection unanswered",
                  "retry.outage=1s"), True)
TABLE.add("always: reset mid-body", stopped("reset mid-body", "has not answered for .*reset",
                                            "retry.outage=1s"))
TABLE.add("always: not HTTP", stopped("not HTTP", r"finished rows failed"))
TABLE.add("always: endless body", stopped("endless body", "finished rows failed",
                                          "api.max_response=1MB"))
TABLE.add("always: silence", stopped("silence", "has not answered for", TIMEOUT,
                                     "retry.outage=1s"))


@TABLE.case("closed between two requests", brief=True)
def closed_between_requests(server):
    """A connection that the server closes while it is idle costs a row nothing."""
    with Proxy(port_of(server), "stale", every(3)) as proxy:
        job = Job(proxy.base_url, ROWS)
        ended = run(job).require(0)
        job.require_complete()
        assert server.executions()["executed"] == ROWS, server.executions()
        # Some requests arrive in the moment before the end. Nobody can tell them from lost ones.
        retries = retries_of(job)
        assert retries < proxy.connections / 10, f"{retries} of {proxy.connections}"
        job.remove()
        return ended, f"{proxy.connections} connections, none asked twice, {retries} retries"


@TABLE.case("server down for 3 s", brief=True)
def server_down(server):
    """All rows wait, and only those that were under way have lost an attempt."""
    with Proxy(port_of(server)) as proxy:
        job = Job(proxy.base_url, ROWS, concurrency=20)
        process = start(job, "limits.requests_per_minute=30000")
        wait_for_rows(job)
        proxy.shut()
        time.sleep(3)
        proxy.open()
        ended = Ended(process).require(0, "the server cannot be reached: .*refused",
                                       "the server is back after")
        job.require_complete()
        assert retries_of(job) <= 2 * 20, retries_of(job)
        job.remove()
        return ended, re.search("the server is back.*", ended.said).group()


@TABLE.case("server down before the run")
def server_down_at_first(server):
    proxy = Proxy(port_of(server))
    proxy.shut()
    job = Job(proxy.base_url, ROWS)
    process = start(job, "retry.attempts=1")
    time.sleep(2)
    proxy.open()
    ended = Ended(process).require(0, "the server cannot be reached")
    job.require_complete()
    job.remove()
    proxy.__exit__()
    return ended, re.search("the server is back.*", ended.said).group()


@TABLE.case("server down for good")
def server_down_for_good(server):
    with Proxy(port_of(server)) as proxy:
        job = Job(proxy.base_url, ROWS)
        process = start(job, "limits.requests_per_minute=30000", "retry.outage=1s")
        wait_for_rows(job)
        proxy.shut()
        ended = Ended(process).require(3, "the server has not answered for .*refused")
        done = job.require_clean_prefix()
        assert done < ROWS
        assert not (job.folder / "failed.jsonl").exists() or not \
            (job.folder / "failed.jsonl").read_text(), "no row is to blame"
        proxy.open()
        run(job).require(0)
        job.require_complete()
        job.remove()
        return ended, sentence_of(ended)


@TABLE.case("accepts and closes for 2 s")
def accepts_and_closes(server):
    with Proxy(port_of(server)) as proxy:
        job = Job(proxy.base_url, ROWS, concurrency=20)
        process = start(job, "limits.requests_per_minute=30000")
        wait_for_rows(job)
        proxy.fault = "close at once"
        time.sleep(2)
        proxy.fault = None
        ended = Ended(process).require(0, "answers nothing any more")
        job.require_complete()
        retries = retries_of(job)
        assert retries < 200, retries
        job.remove()
        return ended, f"{retries} retries"


# Certificates

class Certificates:
    """An authority and what it signed, made by openssl."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="batchmill-tls-"))
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
                     "ca.pem", "-subj", "/CN=test authority", "-days", "2")
        self.authority = str(self.folder / "ca.pem")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def context(self, name, alternative="IP:127.0.0.1", days=1, self_signed=False):
        (self.folder / "extensions").write_text(f"subjectAltName={alternative}\n")
        self.openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key",
                     "-out", f"{name}.csr", "-subj", f"/CN={name}")
        signer = ["-signkey", f"{name}.key"] if self_signed else ["-CA", "ca.pem", "-CAkey",
                                                                  "ca.key", "-CAcreateserial"]
        self.openssl("x509", "-req", "-in", f"{name}.csr", *signer, "-out", f"{name}.pem", "-days",
                     str(days), "-extfile", "extensions")
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return made


CERTIFICATES = None


def certificates():
    global CERTIFICATES  # pylint: disable=global-statement
    CERTIFICATES = CERTIFICATES or Certificates()
    return CERTIFICATES


def refused_certificate(sentence, **certificate):
    """The run stops at once, and nothing is sent."""
    def case(server):
        known = certificates()
        context = known.context("other", **certificate)
        with Proxy(port_of(server), tls=context) as proxy:
            job = Job(proxy.base_url, ROWS)
            ended = run(job, f"api.ca_file={known.authority}").require(3, sentence)
            assert proxy.requests == 0 and ended.seconds < 10
            job.remove()
            return ended, sentence_of(ended)
    return case


TABLE.add("TLS: another name", refused_certificate("is for another name",
                                                   alternative="DNS:elsewhere.example"))
TABLE.add("TLS: expired", refused_certificate("has expired", days=-1))
TABLE.add("TLS: self-signed", refused_certificate("is self-signed", self_signed=True), True)


@TABLE.case("TLS: not spoken")
def no_tls(server):
    job = Job(server.base_url.replace("http:", "https:"), ROWS)
    ended = run(job, "retry.outage=1s").require(3, "does not speak TLS")
    job.remove()
    return ended, sentence_of(ended)


def mended_under_tls(fault, *sets, when=every(7)):
    def case(server):
        known = certificates()
        with Proxy(port_of(server), fault, when, tls=known.context("good")) as proxy:
            job = Job(proxy.base_url, ROWS)
            ended = run(job, f"api.ca_file={known.authority}", *sets).require(0)
            job.require_complete()
            job.remove()
            return ended, f"{proxy.faults} faults"
    return case


for name in ("reset mid-body", "close mid-body", "stale", "no length, whole"):
    TABLE.add(f"TLS: {name}", mended_under_tls(name))


@TABLE.case("TLS: cut in mid-record", brief=True)
def cut_record(server):
    known = certificates()
    with Proxy(port_of(server), tls=known.context("good")) as proxy:
        with Cutter(proxy.port, range(3000, 40_000, 997)) as cutter:
            job = Job(f"https://127.0.0.1:{cutter.port}/v1", ROWS)
            ended = run(job, f"api.ca_file={known.authority}").require(0)
            job.require_complete()
            retries = retries_of(job)
            books = server.executions()
            assert books["executed"] - ROWS <= retries, f"{books}, {retries} retries"
            job.remove()
            return ended, f"{proxy.connections} connections, {retries} retries"


# Names

NAMES = os.environ.get("BATCHMILL_FALSE_NAMES",
                       str(BUILD / "tests/e2e/libbatchmill_false_names.so"))


class Named:
    """A job for https://api.example, whose addresses the test says."""

    def __init__(self, server, host="127.0.0.1", port=0):
        assert os.path.exists(NAMES), f"{NAMES} is not built"
        self.known = certificates()
        self.context = self.known.context("named", alternative="DNS:api.example")
        self.proxy = Proxy(port_of(server), tls=self.context, host=host, port=port)
        self.job = Job(f"https://api.example:{self.proxy.port}/v1", ROWS)
        self.file = self.job.folder / "addresses"

    def say(self, *lines):
        fresh = self.file.with_suffix(".new")
        fresh.write_text("".join(line + "\n" for line in lines))
        fresh.rename(self.file)

    def start(self, *sets):
        return start(self.job, f"api.ca_file={self.known.authority}", *sets,
                     LD_PRELOAD=NAMES, FALSE_NAMES=str(self.file))

    def finish(self, process, *sentences):
        ended = Ended(process).require(0, *sentences)
        self.job.require_complete()
        return ended

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.proxy.__exit__()
        self.job.remove()


@TABLE.case("DNS: fails for 2 s")
def names_fail(server):
    with Named(server) as named:
        named.say("fail")
        process = named.start("retry.attempts=1")
        time.sleep(2)
        named.say("127.0.0.1")
        ended = named.finish(process, "the host name api.example has no address: Temporary failure")
        return ended, re.search("the server is back.*", ended.said).group()


@TABLE.case("DNS: fails for good")
def names_fail_for_good(server):
    with Named(server) as named:
        named.say("fail")
        ended = Ended(named.start("retry.outage=1s")).require(
            3, "has not answered for .*the host name api.example has no address")
        return ended, sentence_of(ended)


@TABLE.case("DNS: hangs for 3 s")
def names_hang(server):
    with Named(server) as named:
        named.say("hang")
        process = named.start("retry.attempts=1", "api.connect_timeout=300ms")
        time.sleep(3)
        named.say("127.0.0.1")
        ended = named.finish(process, "looking up the host name api.example took longer than 1.2s")
        return ended, re.search("the server is back.*", ended.said).group()


@TABLE.case("DNS: hangs, and Ctrl-C")
def names_hang_for_good(server):
    with Named(server) as named:
        named.say("hang")
        process = named.start()
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        ended = Ended(process).require(130)
        assert ended.seconds < 6, f"{ended.seconds:.1f} s"
        return ended, "ends although the resolver does not"


@TABLE.case("DNS: changes")
def names_change(server):
    with Named(server) as named:
        named.say("127.0.0.1")
        process = named.start("limits.requests_per_minute=30000")
        wait_for_rows(named.job)
        named.proxy.shut()
        with Proxy(port_of(server), tls=named.context, host="127.0.0.2", port=named.proxy.port):
            named.say("127.0.0.2")
            return named.finish(process), "the new address is found"


@TABLE.case("DNS: first address black-holes", brief=True)
def black_hole_first(server):
    with Named(server) as named, socket.socket() as listener:
        listener.bind(("127.0.0.2", named.proxy.port))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        named.say("127.0.0.2", "127.0.0.1")
        ended = named.finish(named.start("retry.attempts=1"))
        for filler in fillers:
            filler.close()
        return ended, "the second address is taken after 250 ms"


# Suspension

def client_suspended(seconds):
    """Longer than the timeout: what came meanwhile is read, and nobody is asked again."""
    def case(server):
        with Proxy(port_of(server)) as proxy:
            job = Job(proxy.base_url, ROWS, concurrency=20)
            process = start(job, "api.timeout=2s", "retry.attempts=1",
                            "limits.requests_per_minute=30000")
            wait_for_rows(job)
            process.send_signal(signal.SIGSTOP)
            time.sleep(seconds)
            process.send_signal(signal.SIGCONT)
            ended = Ended(process).require(0)
            job.require_complete()
            assert server.executions()["executed"] == ROWS, server.executions()
            job.remove()
            return ended, "none asked twice"
    return case


TABLE.add("client suspended for 4 s", client_suspended(4))
TABLE.add("client suspended for a minute", client_suspended(60))


@TABLE.case("server suspended for 3 s")
def server_suspended(server):
    job = Job(server.base_url, ROWS, concurrency=20)
    process = start(job, "api.timeout=20s", "retry.attempts=1", "limits.requests_per_minute=30000")
    wait_for_rows(job)
    server.process.send_signal(signal.SIGSTOP)
    time.sleep(3)
    server.process.send_signal(signal.SIGCONT)
    ended = Ended(process).require(0)
    job.require_complete()
    job.remove()
    return ended, "no attempt lost"


# Descriptors

@TABLE.case("200 descriptors", brief=True)
def few_descriptors(server):
    job = Job(server.base_url, ROWS)
    command = job.command("--set", "limits.concurrency=5000")
    process = subprocess.Popen(["bash", "-c", 'ulimit -n 200; exec "$@"', "bash", *command],
                               stderr=subprocess.PIPE, text=True, env=job.environment())
    ended = Ended(process).require(0, "concurrency is lowered from 5000 to 136: .*ulimit -n")
    job.require_complete()
    job.remove()
    return ended, "concurrency is lowered from 5000 to 136"


def deaf_port(*sets):
    """A listener whose backlog is full drops what comes, as a firewall does."""
    def case(_):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
            job = Job(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", ROWS)
            ended = run(job, *sets, "retry.outage=1s").require(
                3, "has not answered for .*timed out")
            assert job.require_clean_prefix() == 0, "no row is to blame"
            for filler in fillers:
                filler.close()
            job.remove()
            return ended, sentence_of(ended)
    return case


TABLE.add("connections that nobody accepts", deaf_port("api.connect_timeout=300ms"))
TABLE.add("likewise, by api.timeout", deaf_port("api.timeout=300ms", "retry.attempts=1"))


def main():
    chosen = sys.argv[1:]
    names = [name for name in TABLE.cases if name in TABLE.brief] if chosen == ["--some"] else \
        chosen or list(TABLE.cases)
    bad = []
    began = time.monotonic()
    for name in names:
        with Simulator() as server:
            try:
                ended, note = TABLE.cases[name](server)
                print(f"{name:28} exit {ended.code}  {ended.seconds:5.1f} s  "
                      f"{ended.megabytes:4.0f} MB  {note}", flush=True)
            except AssertionError as wrong:
                bad.append(name)
                print(f"{name:28} WRONG: {str(wrong)[-1500:]}", flush=True)
    print(f"{len(names)} faults in {time.monotonic() - began:.0f} s, "
          f"{'all as they should be' if not bad else 'wrong: ' + ', '.join(bad)}")
    sys.exit(1 if bad else 0)


main()
