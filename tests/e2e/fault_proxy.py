"""A proxy between batchmill and its simulator that breaks answers in every way a network can.

It is spoken to as if it were the server, plain or with TLS, and asks the real one.
"""
import asyncio
import gzip
import itertools
import socket
import struct
import threading

HEAD_END = b"\r\n\r\n"
BOMB = gzip.compress(bytes(200_000_000), 9)


class Cut(Exception):
    """The connection is over, in the way that `how` says: "reset", "close" or "hang"."""

    def __init__(self, how):
        super().__init__(how)
        self.how = how


class Answer:
    """What the simulator answered: its status line, fields and body."""

    def __init__(self, head, body):
        self.lines = head.decode().split("\r\n")
        self.body = body

    def without(self, *names):
        return [line for line in self.lines
                if line.split(":")[0].lower() not in names]

    def head(self, *more, without=()):
        return "\r\n".join([*self.without(*without), *more]).encode() + HEAD_END

    def whole(self):
        return self.head() + self.body

    def chunked(self, size=40, extension=b"", trailers=b""):
        pieces = [self.body[i:i + size] for i in range(0, len(self.body), size)]
        chunks = b"".join(b"%x%s\r\n%s\r\n" % (len(p), extension, p) for p in pieces)
        head = self.head("Transfer-Encoding: chunked", without=("content-length",))
        return head + chunks + b"0\r\n" + trailers + b"\r\n"

    def coded(self, data):
        return self.head("Content-Encoding: gzip", f"Content-Length: {len(data)}",
                         without=("content-length",)) + data


async def drip(writer, data, size, pause):
    for i in range(0, len(data), size):
        writer.write(data[i:i + size])
        await writer.drain()
        await asyncio.sleep(pause)


async def without_end(writer, piece):
    while True:
        writer.write(piece)
        await writer.drain()


def cut_after(bytes_of, how):
    """Sends a part of the answer, then ends the connection."""
    async def fault(writer, answer):
        writer.write(bytes_of(answer))
        await writer.drain()
        raise Cut(how)
    return fault


def instead(bytes_of):
    async def fault(writer, answer):
        writer.write(bytes_of(answer))
        await writer.drain()
    return fault


def dripping(bytes_of, size, pause):
    async def fault(writer, answer):
        await drip(writer, bytes_of(answer), size, pause)
    return fault


def endless(head_of, piece):
    async def fault(writer, answer):
        writer.write(head_of(answer))
        await without_end(writer, piece)
    return fault


def half_head(a):
    return a.head()[:len(a.head()) // 2]


def half_body(a):
    return a.head() + a.body[:len(a.body) // 2]


def until_close(a):
    """An answer without a length, which ends with the connection."""
    return a.head("Connection: close", without=("content-length",)) + a.body


EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

# Faults of answers. Those of requests and of connections are Proxy's own: see `_serve`.
FAULTS = {
    "reset mid-head": cut_after(half_head, "reset"),
    "reset after head": cut_after(lambda a: a.head(), "reset"),
    "reset mid-body": cut_after(half_body, "reset"),
    "reset after body": cut_after(lambda a: a.whole(), "reset"),
    "close before head": cut_after(lambda a: b"", "close"),
    "close mid-head": cut_after(half_head, "close"),
    "close after head": cut_after(lambda a: a.head(), "close"),
    "close mid-body": cut_after(half_body, "close"),
    "close after body": cut_after(lambda a: a.whole(), "close"),
    "no length, whole": cut_after(until_close, "close"),
    "no length, cut": cut_after(lambda a: until_close(a)[:-20], "close"),
    "no length, reset": cut_after(lambda a: until_close(a)[:-20], "reset"),
    "silence": cut_after(lambda a: b"", "hang"),
    "silence mid-head": cut_after(half_head, "hang"),
    "silence mid-body": cut_after(half_body, "hang"),
    "drip": dripping(lambda a: a.whole(), 97, 0.001),
    "drip of chunks": dripping(lambda a: a.chunked(size=60), 11, 0.0002),
    "extra bytes": instead(lambda a: a.whole() + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    "extra newline": instead(lambda a: a.whole() + b"\r\n"),
    "100 and 103": instead(lambda a: CONTINUE + EARLY_HINTS + a.whole()),
    "1xx in pieces": dripping(lambda a: EARLY_HINTS + CONTINUE + a.whole(), 13, 0.0002),
    "endless 1xx": endless(lambda a: b"", EARLY_HINTS * 50),
    "connection: close": cut_after(lambda a: a.head("Connection: close") + a.body, "close"),
    "HTTP/1.0": cut_after(
        lambda a: a.whole().replace(b"HTTP/1.1", b"HTTP/1.0", 1), "close"),
    "chunks": instead(lambda a: a.chunked()),
    "chunks with trailers": instead(
        lambda a: a.chunked(extension=b";name=value", trailers=b"X-Sum: 1\r\nX-More: 2\r\n")),
    "chunks cut": cut_after(lambda a: a.chunked()[:-30], "close"),
    "chunks without end": cut_after(lambda a: a.chunked()[:-5], "close"),
    "bad chunk size": instead(
        lambda a: a.head("Transfer-Encoding: chunked", without=("content-length",)) + b"zz\r\n"),
    "endless trailers": endless(lambda a: a.chunked()[:-2], b"X-More: 1234567890\r\n" * 100),
    "large head": instead(lambda a: a.head("X-Large: " + "x" * 15_000) + a.body),
    "huge head": instead(lambda a: a.head("X-Large: " + "x" * 1_000_000) + a.body),
    "endless head": endless(lambda a: a.head()[:-2], b"X-More: 1234567890\r\n" * 100),
    "endless line": endless(lambda a: b"HTTP/1.1 200 ", b"x" * 10_000),
    "endless body": endless(lambda a: until_close(a), b"x" * 100_000),
    "endless chunks": endless(lambda a: a.chunked()[:-5], b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    "length of a petabyte": endless(
        lambda a: a.head("Content-Length: 1000000000000000", without=("content-length",)),
        b"x" * 100_000),
    "length beyond numbers": instead(
        lambda a: a.head("Content-Length: 99999999999999999999999", without=("content-length",))),
    "length too short": instead(
        lambda a: a.head(f"Content-Length: {len(a.body) - 9}", without=("content-length",))
        + a.body),
    "two lengths": instead(lambda a: a.head("Content-Length: 5") + a.body),
    "length and chunks": instead(
        lambda a: a.chunked().replace(b"\r\n", b"\r\nContent-Length: 5\r\n", 1)),
    "gzip": instead(lambda a: a.coded(gzip.compress(a.body))),
    "gzip bomb": instead(lambda a: a.coded(BOMB)),
    "gzip damaged": instead(lambda a: a.coded(gzip.compress(a.body)[:20] + b"garbage" * 9)),
    "gzip cut": instead(lambda a: a.coded(gzip.compress(a.body)[:-30])),
    "not HTTP": instead(lambda a: b"220 mail.example ESMTP ready\r\n"),
    "binary": instead(lambda a: bytes(range(256)) * 4),
    "HTTP/2": instead(lambda a: b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18)),
    "switching": instead(lambda a: b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
}

def every(n):
    return lambda number: number % n == n - 1


def always(_):
    return True


class Upstream:
    """Keep-alive connections to the simulator."""

    def __init__(self, port):
        self.port = port
        self.idle = []

    async def ask(self, request):
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(
            "127.0.0.1", self.port)
        writer.write(request)
        head = (await reader.readuntil(HEAD_END))[:-len(HEAD_END)]
        answer = Answer(head, await reader.readexactly(length_in(head)))
        self.idle.append((reader, writer))
        return answer


def length_in(head):
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line[15:])
    return 0


class Proxy:
    """Runs in a thread of its own. `fault` befalls the requests whose numbers `when` chooses;
    `tls` is an ssl.SSLContext."""

    def __init__(self, upstream_port, fault=None, when=always, tls=None, host="127.0.0.1", port=0):
        self.fault = fault
        self.when = when
        self.tls = tls
        self.numbers = itertools.count()
        self.requests = self.faults = self.connections = 0
        self.upstream = Upstream(upstream_port)
        self.tasks = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.host = host
        self.port = port
        self.server = None
        self.open()

    @property
    def base_url(self):
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}/v1"

    def open(self):
        """Listens, on the same port as before."""
        self._wait(self._open())

    def shut(self):
        """Refuses connections, and breaks those there are."""
        self._wait(self._shut())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shut()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def _wait(self, task):
        return asyncio.run_coroutine_threadsafe(task, self.loop).result(30)

    async def _open(self):
        self.server = await asyncio.start_server(self._accepted, self.host, self.port,
                                                 ssl=self.tls, backlog=1000, limit=2**20)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _shut(self):
        if self.server:
            self.server.close()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _accepted(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        self.connections += 1
        how = "close"
        try:
            await self._serve(reader, writer)
        except Cut as cut:
            how = cut.how
            if how == "hang":
                await self._until_gone(reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            how = "reset"
        finally:
            self.tasks.discard(task)
            end_connection(writer, how)

    @staticmethod
    async def _until_gone(reader):
        while await reader.read(65536):
            pass

    async def _serve(self, reader, writer):
        while True:
            if self.fault == "close at once":
                raise Cut("close")
            head = await reader.readuntil(HEAD_END)
            self.requests += 1
            fault = self.fault if self.when(next(self.numbers)) else None
            self.faults += fault is not None
            if fault == "reset unread":
                raise Cut("reset")
            if fault == "close at once":
                raise Cut("close")
            if fault in ("reset in request", "close in request"):
                await reader.readexactly(length_in(head) // 2)
                raise Cut(fault.split()[0])
            body = await reader.readexactly(length_in(head))
            if fault == "reset before head":
                raise Cut("reset")
            answer = await self.upstream.ask(head + body)
            if fault == "stale":
                writer.write(answer.whole())
                raise Cut("close")
            if fault:
                await FAULTS[fault](writer, answer)
            else:
                writer.write(answer.whole())


def end_connection(writer, how):
    if how == "reset":
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
    else:
        writer.close()


class Cutter:
    """Relays bytes, and ends each connection after some of them, wherever that is: in the middle
    of a TLS record as a rule."""

    def __init__(self, port, lengths):
        self.target = port
        self.lengths = itertools.cycle(lengths)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self.port = self.listener.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self._relay, sock=self.listener))
        self.loop.run_forever()

    async def _relay(self, reader, writer):
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", self.target)
        forth = asyncio.ensure_future(self._copy(reader, back_writer, 2**60))
        try:
            await self._copy(back_reader, writer, next(self.lengths))
        finally:
            forth.cancel()
            writer.close()
            back_writer.transport.abort()

    @staticmethod
    async def _copy(reader, writer, most):
        try:
            while most > 0:
                data = await reader.read(min(most, 65536))
                if not data:
                    return
                most -= len(data)
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.listener.close()
