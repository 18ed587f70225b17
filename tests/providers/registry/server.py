"""A small registry on loopback: manifests, blobs in a store behind a redirect, tokens, passwords.

Written after the OCI distribution specification and Docker's token authentication; it shares
nothing with the client.
"""

import base64
import hashlib
import json
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = {"Entrypoint": ["/entry", "--"], "Cmd": ["serve"], "User": "1000"}


def digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


class SmallRegistry:
    """`login` is (user, password), or None for everybody; `auth` is how it is asked for."""

    def __init__(self, login: tuple[str, str] | None = None, auth: str = "bearer") -> None:
        self.login, self.auth = login, auth
        self.manifests: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.blobs: dict[str, bytes] = {}
        self.tokens: set[str] = set()
        self.seen: list[tuple[str, str, str]] = []
        self.lying = False
        self.host = ""

    def push(self, name: str, tag: str, *platforms: str, config: dict[str, Any] = CONFIG) -> str:
        """Put an image there; several platforms make an index. The digest of what the tag names."""
        made = []
        for platform in platforms:
            system, _, kind = platform.partition("/")
            settings = self._blob({"os": system, "architecture": kind, "config": config})
            layer = f"layer of {platform}".encode()
            self.blobs[digest(layer)] = layer
            manifest = {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {"digest": settings, "size": 1},
                "layers": [{"digest": digest(layer), "size": 2_000_000}],
            }
            made.append((self._manifest(name, MANIFEST, manifest), system, kind))
        if len(made) == 1:
            found = made[0][0]
        else:
            images = [
                {"digest": d, "platform": {"os": system, "architecture": kind}}
                for d, system, kind in [*made, (made[0][0], "unknown", "unknown")]
            ]
            found = self._manifest(name, INDEX, {"schemaVersion": 2, "manifests": images})
        self.manifests[name, tag] = self.manifests[name, found]
        return found

    def _blob(self, value: object) -> str:
        body = json.dumps(value).encode()
        self.blobs[digest(body)] = body
        return digest(body)

    def _manifest(self, name: str, kind: str, value: object) -> str:
        body = json.dumps(value).encode()
        self.manifests[name, digest(body)] = kind, body
        return digest(body)


@contextmanager
def serving(registry: SmallRegistry) -> Iterator[SmallRegistry]:
    """Serve it on a free port, and a store of blobs on another."""
    store = ThreadingHTTPServer(("127.0.0.1", 0), handler(registry, ""))
    front = ThreadingHTTPServer(
        ("127.0.0.1", 0), handler(registry, f"http://127.0.0.1:{store.server_port}")
    )
    registry.host = f"127.0.0.1:{front.server_port}"
    threads = [
        threading.Thread(target=server.serve_forever, args=(0.05,)) for server in (store, front)
    ]
    for thread in threads:
        thread.start()
    try:
        yield registry
    finally:
        for server, thread in zip((store, front), threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()


def handler(registry: SmallRegistry, store: str) -> type[BaseHTTPRequestHandler]:
    """The front when it knows a store, else the store itself."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            who = "front" if store else "store"
            registry.seen.append((who, self.path, self.headers.get("Authorization", "")))
            parts = urlsplit(self.path)
            if not store:
                body = registry.blobs.get(parts.path.rpartition("/")[2])
                signed = parse_qs(parts.query).get("signature") == ["s" * 900]
                self.answer(200 if body and signed else 403, body or b"")
            elif parts.path == "/token":
                self.token(parse_qs(parts.query))
            elif not self.admitted():
                scheme = f'Bearer realm="http://{registry.host}/token",service="small"'
                how = scheme if registry.auth == "bearer" else 'Basic realm="small"'
                self.answer(401, b'{"errors":[{"code":"UNAUTHORIZED"}]}', {"WWW-Authenticate": how})
            else:
                self.thing(parts.path)

        def thing(self, path: str) -> None:
            found = re.fullmatch(r"/v2/(.+)/(manifests|blobs)/([^/]+)", path)
            if found and found[2] == "manifests" and (found[1], found[3]) in registry.manifests:
                kind, body = registry.manifests[found[1], found[3]]
                named = digest(b"another" if registry.lying else body)
                headers = {"Content-Type": kind, "Docker-Content-Digest": named}
                self.answer(200, body, headers)
            elif found and found[2] == "blobs" and found[3] in registry.blobs:
                where = f"{store}/{found[3]}?signature={'s' * 900}"
                self.answer(307, b"", {"Location": where})
            else:
                self.answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')

        def token(self, asked: dict[str, list[str]]) -> None:
            if asked.get("service") != ["small"] or not asked.get("scope"):
                self.answer(400, b"{}")
            elif registry.login and self.headers.get("Authorization", "") != self.basic():
                self.answer(401, b'{"details":"incorrect username or password"}')
            else:
                token = secrets.token_hex(16)
                registry.tokens.add(token)
                self.answer(200, json.dumps({"token": token}).encode())

        def admitted(self) -> bool:
            if registry.login is None and registry.auth == "none":
                return True
            told = self.headers.get("Authorization", "")
            if registry.auth == "basic":
                return told == self.basic()
            return told.removeprefix("Bearer ") in registry.tokens

        def basic(self) -> str:
            pair = ":".join(registry.login or ("", ""))
            return f"Basic {base64.b64encode(pair.encode()).decode()}"

        def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The tests read `seen`."""

    return Handler
