"""The way of the openai-cookbook's parallel processor, as a policy: buckets that the user sets (at half
the limit) and that are refilled by the time passed, a loop that looks every millisecond, a pause of
15 s for all after a 429, five attempts a row, results in the order of completion.

Says what became of it as one line of JSON.
"""
import argparse
import asyncio
import collections
import json
import time

PAUSE = 15
ATTEMPTS = 5


class Connections:
    """Keep-alive connections to one server, each used by one request at a time."""

    def __init__(self, host, port):
        self.host, self.port = host, port
        self.idle = collections.deque()

    async def post(self, path, body):
        reader, writer = self.idle.pop() if self.idle else \
            await asyncio.open_connection(self.host, self.port)
        head = (f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer any\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        writer.write(head.encode() + body)
        status = int((await reader.readline()).split()[1])
        length = 0
        while (line := await reader.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        await reader.readexactly(length)
        self.idle.append((reader, writer))
        return status


class Bucket:
    def __init__(self, per_minute):
        self.per_minute = per_minute
        self.level = per_minute / 60  # theirs begins full, which no run longer than a minute feels
        self.at = time.monotonic()

    def refill(self):
        now = time.monotonic()
        self.level = min(self.per_minute, self.level + self.per_minute * (now - self.at) / 60)
        self.at = now


class Run:
    def __init__(self, connections, path, requests, tokens):
        self.connections, self.path = connections, path
        self.requests, self.tokens = Bucket(requests), Bucket(tokens)
        self.refused_at = -PAUSE
        self.again = collections.deque()
        self.attempts = self.refused = self.succeeded = self.failed = 0

    async def call(self, row):
        status = await self.connections.post(self.path, row["body"])
        if status == 200:
            self.succeeded += 1
            return
        if status == 429:
            self.refused += 1
            self.refused_at = time.monotonic()
        row["attempts"] -= 1
        if row["attempts"]:
            self.again.append(row)
        else:
            self.failed += 1

    async def go(self, rows):
        fresh = iter(rows)
        row = None
        total, tasks = len(rows), set()
        while self.succeeded + self.failed < total:
            if row is None:
                row = self.again.popleft() if self.again else next(fresh, None)
            self.requests.refill()
            self.tokens.refill()
            if row and self.requests.level >= 1 and self.tokens.level >= row["tokens"]:
                self.requests.level -= 1
                self.tokens.level -= row["tokens"]
                self.attempts += 1
                task = asyncio.create_task(self.call(row))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                row = None
                await asyncio.sleep(0)
                continue
            await asyncio.sleep(0.001)
            since = time.monotonic() - self.refused_at
            if since < PAUSE:
                await asyncio.sleep(PAUSE - since)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("bodies")
    parser.add_argument("--requests", type=float, required=True)
    parser.add_argument("--tokens", type=float, default=1e12)
    given = parser.parse_args()
    rows = []
    with open(given.bodies, "rb") as file:
        for line in file:
            body = json.loads(line)
            tokens = len(line) / 4 + body.get("max_tokens", 15)
            rows.append({"body": line.strip(), "tokens": tokens, "attempts": ATTEMPTS})
    run = Run(Connections(given.host, given.port), "/v1/chat/completions", given.requests, given.tokens)
    begin = time.monotonic()
    asyncio.run(run.go(rows))
    print(json.dumps({"wall": time.monotonic() - begin, "attempts": run.attempts,
                      "rate_limited": run.refused, "failed": run.failed}))


main()
