"""The simulator's limits, from outside: each option does its work, and nonsense is refused."""
import concurrent.futures
import json
import subprocess
import urllib.error
import urllib.request

from harness import PROGRAM, Job, Simulator

BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "x" * 400}],
        "max_tokens": 30, "n": 2}

NONSENSE = (
    ("--rpm", "60", "--limit-model", "hourly"),
    ("--rpm", "60", "--limit-window", "soon"),
    ("--rpm", "60", "--limit-window", "10s"),
    ("--rpm", "60", "--limit-window", "10s", "--limit-model", "second"),
    ("--rpm", "60", "--limit-window", "2m", "--limit-model", "sliding"),
    ("--rpm", "60", "--limit-burst", "-1s"),
    ("--rpm", "60", "--limit-burst", "1s", "--limit-model", "minute"),
    ("--rpm", "60", "--limit-headers", "some"),
    ("--rpm", "60", "--limit-changes", "20s"),
    ("--rpm", "60", "--limit-changes", "20s=x0"),
    ("--rpm", "60", "--limit-changes", "20s=x2,10s=x1"),
    ("--rpm", "60", "--other-tenants", "30"),
    ("--rpm", "60", "--other-tenants", "60%-30%"),
    ("--rpm", "60", "--other-tenants", "30%-100%"),
    ("--rpm", "60", "--other-tenants", "30%-60%,1ms"),
    ("--tpm", "60", "--token-cost", "half"),
    ("--limit-model", "minute"),
    ("--rpd", "-1"),
    ("--project-tpm", "-1"),
    ("--max-concurrency", "-1"),
    ("--max-concurrency", "2", "--concurrency-refusal", "500"),
    ("--concurrency-refusal", "503"),
)


def ask(server, body=None):
    """One request: status, headers, JSON."""
    request = urllib.request.Request(
        server.base_url + "/chat/completions", json.dumps(body or BODY).encode(),
        {"Authorization": "Bearer any", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, json.load(error)


def remaining(headers, what="requests"):
    return float(headers[f"x-ratelimit-remaining-{what}"])


def models():
    with Simulator("--rpm", "600", "--limit-burst", "1s") as server:
        assert remaining(ask(server)[1]) == 599
        assert server.books("limits")["burst_requests"] == 10
    with Simulator("--rpm", "600", "--limit-model", "second") as server:
        assert remaining(ask(server)[1]) == 599
        assert server.books("limits")["burst_requests"] == 10
    for model in ("minute", "sliding"):
        with Simulator("--rpm", "60", "--limit-model", model, "--limit-window", "30s") as server:
            statuses = [ask(server)[0] for _ in range(31)]
            assert statuses == [200] * 30 + [429], (model, statuses)
            status, headers, answer = ask(server)
            assert status == 429 and 0 < int(headers["retry-after"]) <= 30
            assert headers["x-ratelimit-limit-requests"] == "60"
            assert "requests per min (RPM): Limit 60" in answer["error"]["message"]


def headers():
    with Simulator("--rpm", "1", "--limit-headers", "none") as server:
        ask(server)
        status, fields, _ = ask(server)
        assert status == 429
        assert not [name for name in fields if name.startswith(("x-ratelimit", "retry-after"))]
    with Simulator("--rpm", "6000", "--limit-headers", "50%") as server:
        told = sum("x-ratelimit-limit-requests" in ask(server)[1] for _ in range(100))
        assert 20 < told < 80, told
    with Simulator("--rpd", "10000", "--project-tpm", "150") as server:
        fields = ask(server)[1]
        assert remaining(fields) == 9999 and fields["x-ratelimit-reset-requests"] == "8.64s"
        assert remaining(fields, "project-tokens") == 50
        assert ask(server)[0] == 429


def costs():
    window = ("--tpm", "10000", "--limit-model", "minute")
    for cost, charged in (("max", 100), ("sum", 160), ("used", 100), ("input", 100)):
        with Simulator(*window, "--token-cost", cost) as server:
            _, fields, answer = ask(server)
            assert remaining(fields, "tokens") == 10000 - charged, cost
            corrected = answer["usage"]["total_tokens"] if cost in ("used", "input") else charged
            assert server.books("limits")["admitted_tokens"] == corrected, cost


def course():
    with Simulator("--rpm", "600", "--limit-changes", "5ms=x0.5,1h=x4") as server:
        told = [ask(server)[1]["x-ratelimit-limit-requests"] for _ in range(100)]
        assert told == sorted(told, reverse=True) and {told[0], told[-1]} == {"600", "300"}, told
    with Simulator("--rpm", "600", "--other-tenants", "50%-50%,1s") as server:
        ask(server)
        ask(server)
        told = server.books("limits")
        expected = (told["last_admitted"] - told["first_admitted"]) * 10 / 2
        assert abs(told["allowed_requests"] - expected) < 0.01, told


def concurrency():
    for options, refusal in (((), 429), (("--concurrency-refusal", "503"), 503)):
        with Simulator("--latency", "1s", "--max-concurrency", "2", *options) as server:
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                statuses = sorted(pool.map(lambda _: ask(server)[0], range(3)))
            assert statuses == [200, 200, refusal], statuses
            assert ask(server)[0] == 200, "whose answers are out make room"
            told = server.books("limits")
            assert (told["most_at_once"], told["refused_concurrency"]) == (2, 1), told


def rehearsals():
    """`run --simulate` takes the same options."""
    job = Job("http://127.0.0.1:9/v1", 20)
    options = ("--simulate", "--rpm", "60000", "--limit-model", "second", "--limit-headers", "none",
               "--limit-changes", "1s=x2", "--other-tenants", "10%-20%", "--token-cost", "used",
               "--tpm", "1000000", "--rpd", "100000", "--project-tpm", "1000000",
               "--max-concurrency", "100", "--concurrency-refusal", "503")
    run = job.run(*options)
    assert run.returncode == 0, run.stderr
    run = job.run("--simulate", "--rpm", "60", "--limit-model", "hourly")
    assert run.returncode == 2 and "hourly" in run.stderr, run.stderr
    job.remove()


def nonsense():
    for options in NONSENSE:
        run = subprocess.run([PROGRAM, "simulate", "--port", "0", *options], capture_output=True,
                             text=True, timeout=10, check=False)
        first, *rest = run.stderr.splitlines()
        assert run.returncode == 2 and first.startswith("batchmill: "), (options, run.stderr)
        assert rest in ([], ["Run with --help to see the options."]), (options, run.stderr)


def main():
    for part in (models, headers, costs, course, concurrency, rehearsals, nonsense):
        part()
    print("each limit as it was asked for, and no nonsense taken")


main()
