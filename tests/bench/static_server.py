"""A server as fast as a static one can be: nginx, which answers every request with the same chat
completion of 1 KB, under the header fields that OpenAI sends, or with what it is given instead. One
port is plain, one TLS 1.3. It can also stand before another server."""
import os
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

PLAIN, SECURE = 18080, 18443

ANSWER = """{
  "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
  "object": "chat.completion",
  "created": 1741569952,
  "model": "gpt-4.1-mini-2025-04-14",
  "choices": [
    {
      "index": 0,
      "message": {
        "role": "assistant",
        "content": "The customer asks for a corrected invoice: the document of last month shows the old address although it was changed twice in the settings. They need it before Friday.",
        "refusal": null,
        "annotations": []
      },
      "logprobs": null,
      "finish_reason": "stop"
    }
  ],
  "usage": {
    "prompt_tokens": 74,
    "completion_tokens": 36,
    "total_tokens": 110,
    "prompt_tokens_details": {
      "cached_tokens": 0,
      "audio_tokens": 0
    },
    "completion_tokens_details": {
      "reasoning_tokens": 0,
      "audio_tokens": 0,
      "accepted_prediction_tokens": 0,
      "rejected_prediction_tokens": 0
    }
  },
  "service_tier": "default",
  "system_fingerprint": "fp_44added55e"
}
"""

FIELDS = {
    "x-request-id": "req_5fde8e1b2c9a4b1f8f0a",
    "openai-organization": "org-example",
    "openai-processing-ms": "412",
    "openai-version": "2020-10-01",
    "x-ratelimit-limit-requests": "30000000",
    "x-ratelimit-limit-tokens": "1500000000000",
    "x-ratelimit-remaining-requests": "29999999",
    "x-ratelimit-remaining-tokens": "1499999999900",
    "x-ratelimit-reset-requests": "2ms",
    "x-ratelimit-reset-tokens": "0s",
    "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
    "cf-cache-status": "DYNAMIC",
    "x-content-type-options": "nosniff",
    "cf-ray": "9a1b2c3d4e5f6071-FRA",
    "alt-svc": 'h3=":443"; ma=86400',
}

CONFIGURATION = """{user}worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_rlimit_nofile 40000;
events {{ worker_connections 30000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  sendfile on;
{upstream}  server {{
    listen 127.0.0.1:{plain} backlog=20000;
    listen 127.0.0.1:{secure} ssl backlog=20000;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    ssl_protocols TLSv1.3;
    default_type application/json;
{fields}
    {answering}
  }}
}}
"""


class StaticServer:
    """Files go to `folder`; `core` is the only one that nginx may use. `file`: the text to answer with.
    `before`: the base URL of the server that answers."""

    def __init__(self, folder, core=None, limits=True, file=None, before=None):
        self.folder = pathlib.Path(folder).resolve()
        self.plain, self.secure = f"http://127.0.0.1:{PLAIN}/v1", f"https://localhost:{SECURE}/v1"
        self.certificate = self.folder / "server.pem"
        self.make_certificate()
        fields = "\n".join(f"    add_header {name} '{value}' always;" for name, value in FIELDS.items()
                           if limits or "ratelimit" not in name)
        configuration = self.folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(
            user="user root;\n" if os.geteuid() == 0 else "",  # else it could not read our files
            folder=self.folder, plain=PLAIN, secure=SECURE, fields=fields, upstream=self.upstream(before),
            answering=self.answering(file, before)))
        pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
        # It begins with a log that a user may not write to, and says so; its own takes over.
        self.process = subprocess.Popen(["nginx", "-c", str(configuration)], preexec_fn=pin,
                                        stderr=subprocess.DEVNULL)
        self.wait()

    @staticmethod
    def upstream(before):
        if before is None:
            return ""
        host = before.split("/")[2]
        return f"  upstream behind {{ server {host}; keepalive 20000; keepalive_requests 1000000000; }}\n"

    def answering(self, file, before):
        if before is not None:
            return ('location / { proxy_pass http://behind; proxy_http_version 1.1; '
                    'proxy_set_header Connection ""; }')
        if file is None:
            return f"location / {{ return 200 '{ANSWER}'; }}"
        (self.folder / "answer.json").write_text(file, encoding="utf-8")
        # A file is not served in answer to a POST, but after an error it is.
        return (f"root {self.folder}; location / {{ error_page 405 =200 /answer.json; return 405; }} "
                "location = /answer.json { }")

    def make_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", self.folder / "server.key", "-out", self.certificate],
                       check=True, stderr=subprocess.DEVNULL)

    def wait(self):
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{self.plain}/models").read()
                return
            except urllib.error.HTTPError:
                return  # the one behind wants a key
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"nginx does not answer; see {self.folder}/error.log")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
