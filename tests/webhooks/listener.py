"""A program elsewhere that is told what happens: a real HTTP server, which believes nothing that is not signed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Listener:
    """What it heard, and how it answers."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.heard: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.paths: list[str] = []
        self.refused = 0
        """Messages whose signature was not right."""
        self.answers: list[int] = []
        """The next answers; then 204."""
        self.slow = False
        """Whether it takes the message, and answers only when the test is over."""
        self.over = threading.Event()
        self.url = ""

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """The status of the answer."""
        self.paths.append(path)
        try:
            said = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            self.refused += 1
            return 401
        if self.slow:
            self.over.wait(30)
        status = self.answers.pop(0) if self.answers else 204
        if status == 204:
            self.heard.append(said)
            self.ids.append(headers["webhook-id"])
        return status

    @property
    def told(self) -> list[tuple[str, str]]:
        """Type and request of each."""
        return [(one["type"], one["data"]["request_id"]) for one in self.heard]

    @property
    def as_text(self) -> str:
        """All of it."""
        return json.dumps(self.heard)


@contextmanager
def listening(secret: str) -> Iterator[Listener]:
    """Serves until the end of the block."""
    listener = Listener(secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = listener.take(self.path, headers, body)
            self.send_response(status)
            if status == 302:
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    listener.url = f"http://127.0.0.1:{server.server_port}/hooks/s3cret-path"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
