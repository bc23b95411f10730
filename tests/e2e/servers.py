"""Small servers for tests that need answers no simulator gives."""
import http.server
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(handler, **facts):
    """The server on a free port of this machine, in a thread; `facts` become its attributes."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # clients that leave early, as some tests have it
    vars(server).update(facts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
