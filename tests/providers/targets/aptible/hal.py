"""A small Aptible for tests, written from the facts: HAL records, queued operations, lost replies.

Only what the tests look at; records live in `tables`, every request is in `requests`.
"""

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

Record = dict[str, Any]
KINDS = {
    "account": "accounts",
    "app": "apps",
    "database": "databases",
    "service": "services",
    "vhost": "vhosts",
    "database_credential": "database_credentials",
}


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Record


@dataclass
class Hal:
    """`fail` holds operation types that fail, with their log; `drop` "METHOD regex" of requests
    that take effect but whose reply is lost, once each; `refuse` why a table takes no record."""

    tables: dict[str, dict[int, Record]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    fail: dict[str, str] = field(default_factory=dict)
    drop: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    page: int = 250
    log_url: str = ""
    redirect_finds: str = ""
    portal: Any = None
    _next: int = 100

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.root = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    def add(self, table: str, links: dict[str, str] | None = None, **fields: Any) -> Record:
        self._next += 1
        record = {"id": self._next, **fields, "_links": {}}
        for rel, path in (links or {}).items():
            record["_links"][rel] = {"href": f"{self.root}{path}"}
        self.tables.setdefault(table, {})[self._next] = record
        return record

    def rows(self, table: str) -> list[Record]:
        return list(self.tables.get(table, {}).values())

    def operations(self, kind: str) -> list[Record]:
        return [o for o in self.rows("operations") if o["type"] == kind]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().strip().split("\r\n")
                method, target, _ = first.split(" ")
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
                raw = await reader.readexactly(int(headers.get("content-length", 0)))
                parts = urlsplit(target)
                query = {k: v[0] for k, v in parse_qs(parts.query).items()}
                body = json.loads(raw) if raw else {}
                request = Request(method, parts.path, query, headers, body)
                self.requests.append(request)
                status, answer = self._answer(request)
                lost = next((d for d in self.drop if re.fullmatch(d, f"{method} {parts.path}")), "")
                if lost:
                    self.drop.remove(lost)
                    break
                text = answer if isinstance(answer, str) else json.dumps(answer)
                kind = "text/plain" if isinstance(answer, str) else "application/hal+json"
                payload = text.encode()
                extra = f"{text}\r\n" if status == 303 else ""
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{extra}"
                    f"Content-Length: {len(payload)}\r\n\r\n".encode()
                    + payload
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, request: Request) -> tuple[int, Any]:
        path = request.path.removeprefix("/auth").strip("/").split("/")
        if request.path.startswith("/presigned/"):
            return 200, self.fail.get(request.path.rpartition("/")[2], "")
        if request.headers.get("authorization") != "Bearer " + self.token:
            return 401, {"code": 401, "error": "invalid_token", "message": "no"}
        if path[0] == "find" and self.redirect_finds:
            status, record = self._find(path[1], request.query)
            table = KINDS[path[1]]
            if status == 200:
                return 303, f"Location: {self.redirect_finds}/{table}/{record['id']}"
        if path[0] == "find":
            return self._find(path[1], request.query)
        if len(path) == 3 and path[2] == "logs":
            kind = self.tables["operations"][int(path[1])]["type"]
            return 200, self.log_url or f"{self.root}/presigned/{kind}?X-Signature=abc"
        if request.method == "POST":
            return self._create(path, request.body)
        if len(path) == 2:
            return self._one(path[0], int(path[1]), request)
        return self._collection(path, request)

    token = ""

    def _find(self, kind: str, query: dict[str, str]) -> tuple[int, Any]:
        for record in self.rows(KINDS[kind]):
            where = query.get("environment")
            if record["handle"] == query["handle"] and where in (None, record.get("_in")):
                return 200, record
        return 404, {"code": 404, "error": "not_found", "message": "Not Found"}

    def _one(self, table: str, number: int, request: Request) -> tuple[int, Any]:
        record = self.tables.get(table, {}).get(number)
        if record is None:
            return 404, {"code": 404, "error": "not_found", "message": "Not Found"}
        if table == "operations":
            self._advance(record)
            if record.get("_gone"):
                return 404, {"code": 404, "error": "not_found", "message": "Not Found"}
        return 200, self._shown(record, request)

    def _shown(self, record: Record, request: Request) -> Record:
        secret = request.headers.get("prefer") == "no_sensitive_extras=false"
        hidden = () if secret else ("connection_url", "env")
        return {k: v for k, v in record.items() if k not in hidden and not k.startswith("_x")}

    def _collection(self, path: list[str], request: Request) -> tuple[int, Any]:
        table = path[-1]
        owner = "/".join(path[:-1])
        found = [r for r in self.rows(table) if not owner or r.get("_owner") == owner]
        number = int(request.query.get("page", "1"))
        cut = found[(number - 1) * self.page : number * self.page]
        links: Record = {"self": {"href": self.root + request.path}}
        if number * self.page < len(found):
            links["next"] = {"href": f"{self.root}{request.path}?page={number + 1}"}
        shown = [self._shown(r, request) for r in cut]
        return 200, {"_embedded": {table: shown}, "_links": links, "total_count": len(found)}

    def _create(self, path: list[str], body: Record) -> tuple[int, Any]:
        owner, table = "/".join(path[:-1]), path[-1]
        if table in self.refuse:
            return 422, {"code": 422, "error": "unprocessable", "message": self.refuse[table]}
        fields = {"_owner": owner, **body}
        links: dict[str, str] = {}
        if table == "operations":
            fields = {"_owner": owner, "status": "queued", **body}
        elif table == "ssh_portal_connections":
            return 201, {
                "id": "11111111-2222",
                "ssh_user": "portal",
                "ssh_certificate_body": self.portal.certify(body["ssh_public_key"]),
                "ssh_port_forward_socket": self.portal.socket,
                "ssh_pty": False,
                "_links": {},
            }
        else:
            fields |= {"status": "pending"}
            if path[0] == "accounts" and len(path) == 3:
                fields["_in"] = self.tables["accounts"][int(path[1])]["handle"]
                links["account"] = f"/accounts/{path[1]}"
            if table == "accounts":
                fields["activated"] = True
                links["stack"] = f"/stacks/{body['stack_id']}"
            if table == "apps":
                fields["git_repo"] = f"git@beta.example.test:{fields['_in']}/{body['handle']}.git"
            if table == "vhosts":
                links["service"] = f"/{owner}"
                fields["external_host"] = f"elb-test-{self._next}.example.test"
        return 201, self.add(table, links, **fields)

    def _advance(self, operation: Record) -> None:
        if operation["status"] == "queued":
            operation["status"] = "running"
        elif operation["status"] == "running":
            failed = operation["type"] in self.fail
            operation["status"] = "failed" if failed else "succeeded"
            self._effect(operation, failed)

    def _effect(self, operation: Record, failed: bool) -> None:
        table, number = operation["_owner"].split("/")
        record = self.tables[table][int(number)]
        kind = operation["type"]
        if kind == "provision":
            record["status"] = "provision_failed" if failed else "provisioned"
        elif kind == "deprovision" and not failed:
            del self.tables[table][int(number)]
            operation["_gone"] = True
        elif kind == "configure" and not failed:
            merged = {**record.get("_x_env", {}), **operation["env"]}
            record["_x_env"] = {k: v for k, v in merged.items() if v}
            made = self.add("configurations", env=record["_x_env"])
            href = f"{self.root}/configurations/{made['id']}"
            record["_links"]["current_configuration"] = {"href": href}
        elif kind == "scale" and not failed:
            record["container_count"] = operation["container_count"]
        elif kind == "renew" and not failed:
            record["acme_status"] = "ready"
