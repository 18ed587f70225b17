"""The clinic's web process: a health page for everybody, and visits that patients write."""

import contextlib
import json
import os
import queue
import select
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg

VERSION = (Path(__file__).parent / "VERSION").read_text().strip()
SIDE = os.environ.get("SIDE") or ("heroku" if "DYNO" in os.environ else "aptible")
LONGEST_BODY = 1 << 20


class Handler(BaseHTTPRequestHandler):
    """GET /, GET /healthz, POST /visits."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in PAGES:
            self._guarded(PAGES[path])
        elif path == "/":
            self._send(200, "text/html; charset=utf-8", b"<h1>Acme Clinic</h1>\n")
        else:
            self._send(404, "text/plain", b"not found\n")

    def do_POST(self) -> None:
        self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY))
        if urlsplit(self.path).path == "/visits":
            self._guarded(add_visit, 201)
        else:
            self._send(404, "text/plain", b"not found\n")

    def _guarded(self, action: Any, good: int = 200) -> None:
        try:
            body, status = action(), good
        except (psycopg.Error, OSError) as error:
            # The reason goes to the log; visitors learn the kind only.
            print(f"{self.path}: {error}", file=sys.stderr)
            body, status = {"status": "down", "reason": type(error).__name__}, 500
        self._send(status, "application/json", json.dumps(body).encode() + b"\n")

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The platform's router logs requests."""


def usable(link: Any) -> bool:
    """Whether an idle connection's other end has neither spoken nor gone."""
    return not select.select([link], [], [], 0)[0]


class Kept:
    """Connections that stay open between requests, as many as were needed at once."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()

    @contextlib.contextmanager
    def one(self) -> Iterator[Any]:
        """An open connection; kept afterwards unless something went wrong with it."""
        link = None
        with contextlib.suppress(queue.Empty):
            while link is None:
                idle = self._idle.get_nowait()
                if usable(idle):
                    link = idle
                else:
                    idle.close()
        if link is None:
            link = self._connect()
        try:
            yield link
        except BaseException:
            link.close()
            raise
        self._idle.put(link)


def connect() -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, connect_timeout=5)


def connect_redis() -> socket.socket:
    """Signed in; OSError when it does not answer, PermissionError when it refuses."""
    place = urlsplit(os.environ["REDIS_URL"])
    host = os.environ.get("REDIS_HOSTADDR") or place.hostname or ""
    link = socket.create_connection((host, place.port or 6379), 2)
    try:
        if place.scheme == "rediss":
            # Managed Redis has self-signed certificates, and this cache holds no secrets.
            link = ssl._create_unverified_context().wrap_socket(link)  # noqa: S323
        password = unquote(place.password or "").encode()
        if password:
            link.sendall(b"*2\r\n$4\r\nAUTH\r\n$%d\r\n%s\r\n" % (len(password), password))
            if not read_line(link).startswith(b"+OK"):
                raise PermissionError("the cache refuses the password")
    except BaseException:
        link.close()
        raise
    return link


def read_line(link: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\r\n"):
        block = link.recv(1000)
        if not block:
            raise ConnectionError("the cache hung up")
        answer += block
    return answer


SESSIONS = Kept(connect)
CACHES = Kept(connect_redis)


def health() -> dict[str, object]:
    with SESSIONS.one() as session:
        # A database that was only migrated has no patients' table yet.
        known = session.execute("SELECT to_regclass('patients') IS NOT NULL").fetchone()
        patients = "(SELECT count(*) FROM patients)" if known and known[0] else "0"
        row = session.execute(
            f"SELECT {patients}, (SELECT count(*) FROM jobs WHERE done_at IS NULL),"  # noqa: S608
            " (SELECT count(*) FROM visits)"
        ).fetchone()
    assert row is not None
    return {
        "status": "ok",
        "patients": row[0],
        "jobs_waiting": row[1],
        "visits": row[2],
        "side": SIDE,
        "commit": os.environ.get("HEROKU_SLUG_COMMIT") or VERSION,
        "version": VERSION,
        "redis": redis_state(),
    }


def add_visit() -> dict[str, object]:
    with SESSIONS.one() as session:
        row = session.execute(
            "INSERT INTO visits (side) VALUES (%s) RETURNING id", (SIDE,)
        ).fetchone()
    assert row is not None
    return {"visit": row[0], "side": SIDE}


def redis_state() -> str:
    """ "ok" when the cache answers; it may be down without harm."""
    if not os.environ.get("REDIS_URL"):
        return "not configured"
    try:
        with CACHES.one() as link:
            link.sendall(b"*1\r\n$4\r\nPING\r\n")
            return "ok" if b"PONG" in read_line(link) else "refused"
    except PermissionError:
        return "refused"
    except OSError:
        return "down"


PAGES = {"/healthz": health}


def main() -> None:
    server = ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "3000"))), Handler)  # noqa: S104
    server.daemon_threads = True
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
