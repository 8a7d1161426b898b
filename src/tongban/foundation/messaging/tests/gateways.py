"""A provider as bad as providers get, with an HTTP door."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeProvider:
    """Answers each request by the next behavior: ``ok``, ``500``, ``429``, ``400``, ``drop``, ``hang``, ``keep-and-hang``.

    ``taken`` counts the messages taken by reference, as a provider that drops doubles would.
    """

    def __init__(self, *behaviors: str) -> None:
        self.behaviors = list(behaviors)
        self.taken: Counter[str] = Counter()
        self.texts: list[str] = []
        self.release = threading.Event()
        provider = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                provider.answer(self, body)

            def log_message(self, *_args) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/sms"

    def answer(self, door: BaseHTTPRequestHandler, body: dict[str, str]) -> None:
        behavior = self.behaviors.pop(0) if self.behaviors else "ok"
        if behavior in ("ok", "keep-and-hang"):
            self.taken[body["reference"]] += 1
            self.texts.append(body["text"])
        if behavior == "drop":
            door.connection.close()
            return
        if behavior.endswith("hang"):
            self.release.wait(5)
            return
        status = 202 if behavior == "ok" else int(behavior)
        door.send_response(status)
        door.end_headers()
        door.wfile.write(json.dumps({"id": f"p-{len(self.texts)}"}).encode())

    def close(self) -> None:
        self.release.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
