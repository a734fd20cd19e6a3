"""A recording way between nodes and hub: an HTTP proxy that keeps every request and answer.

Headers and bodies are kept whole, as they were sent; bodies are passed on as they are. It can be
cut, as by an outage. What it can't record it refuses, so nothing passes unseen.
"""

import http.client
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.support.canary import Unit

TIMEOUT = 30
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; heads are first line and header lines."""

    target: str
    request_head: bytes
    request_body: bytes
    status: int
    answer_head: bytes
    answer_body: bytes

    def units(self) -> Iterator[Unit]:
        """Yield all four parts for a scan."""
        for part in ("request_head", "request_body", "answer_head", "answer_body"):
            yield Unit(f"captured {part} of {self.target}", getattr(self, part), wrapped=True)


class Recorder:
    """Listens on a port of loopback and passes everything on to another."""

    def __init__(self, port: int, upstream: int) -> None:
        self.upstream = upstream
        self.exchanges: list[Exchange] = []
        self.is_cut = False
        self._server = _Server(("127.0.0.1", port), self._handler())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        recorder = self

        class Handler(_Handler):
            def pass_on(self) -> None:
                if recorder.is_cut:
                    self.close_connection = True
                    return
                recorder.exchanges.append(self.relay(recorder.upstream))

            do_GET = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815 - what the base calls

        return Handler

    def units(self) -> Iterator[Unit]:
        """Yield everything that was recorded, for a scan."""
        assert self._server.faults == []
        for exchange in list(self.exchanges):
            yield from exchange.units()

    @contextmanager
    def running(self) -> Iterator["Recorder"]:
        """Record until the context ends."""
        thread = Thread(target=self._server.serve_forever, name="recorder", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.faults: list[BaseException | None] = []

    def handle_error(self, _request: object, _address: object) -> None:
        """Keep what went wrong, but for callers and hubs that went away."""
        fault = sys.exception()
        if not isinstance(fault, ConnectionResetError | BrokenPipeError | ConnectionRefusedError):
            self.faults.append(fault)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT

    def relay(self, upstream: int) -> Exchange:
        """Pass one request on and its answer back."""
        if "transfer-encoding" in self.headers:
            raise ValueError("a body without a length can't be recorded")
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        connection = http.client.HTTPConnection("127.0.0.1", upstream, timeout=TIMEOUT)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            return self._pass_back(body, connection.getresponse())
        finally:
            connection.close()

    def _pass_back(self, body: bytes, response: http.client.HTTPResponse) -> Exchange:
        answer = response.read()
        headers = [(n, v) for n, v in response.getheaders() if n.lower() not in _HOP]
        self.send_response_only(response.status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)
        return Exchange(
            self.path,
            self.raw_requestline + bytes(self.headers),
            body,
            response.status,
            "".join(f"{name}: {value}\r\n" for name, value in response.getheaders()).encode(),
            answer,
        )

    def log_message(self, *_: object) -> None:
        """Say nothing."""
