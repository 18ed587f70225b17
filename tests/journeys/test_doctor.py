"""`moveday doctor --live` on the sandbox: what it asks, what it confirms, what it finds changed."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.sandbox_process import SandboxProcess, environ_for, moveday
from tests.journeys.secret_search import search, secrets_of

pytestmark = pytest.mark.timeout(720)
VARIABLES = {
    "heroku": "HEROKU_HOST",
    "api": "APTIBLE_API_ROOT_URL",
    "auth": "APTIBLE_AUTH_ROOT_URL",
}
Change = Callable[[str, Any], Any]


class Between:
    """Stands between moveday and one of the sandbox's hosts; may change its answers."""

    def __init__(self, base: str, change: Change) -> None:
        self.calls: list[tuple[str, str]] = []
        between, client = self, httpx.Client(base_url=base, trust_env=False, timeout=30)

        class Handler(BaseHTTPRequestHandler):
            def _pass_on(self) -> None:
                between.calls.append((self.command, self.path))
                length = int(self.headers.get("content-length") or 0)
                kept = {k: v for k, v in self.headers.items() if k.lower() != "host"}
                reply = client.request(
                    self.command, self.path, headers=kept, content=self.rfile.read(length)
                )
                body = reply.content
                if reply.status_code in (200, 206) and body:
                    document = change(self.path.partition("?")[0], reply.json())
                    body = json.dumps(document).encode()
                self.send_response_only(reply.status_code)
                for name, value in reply.headers.items():
                    if name not in ("content-length", "content-encoding", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _pass_on  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@contextmanager
def between(
    sandbox: SandboxProcess, change: Change = lambda path, document: document
) -> Iterator[tuple[dict[str, str], dict[str, Between]]]:
    standing = {n: Between(sandbox.environ[v], change) for n, v in VARIABLES.items()}
    try:
        urls = {VARIABLES[name]: each.url for name, each in standing.items()}
        yield environ_for(sandbox, **urls), standing
    finally:
        for each in standing.values():
            each.server.shutdown()
            each.server.server_close()


def test_it_reads_only_and_confirms(sandbox: SandboxProcess, app: Path) -> None:
    with between(sandbox) as (environ, standing):
        ended = moveday(sandbox, app, "doctor", "--live", "--json", environ=environ)
    assert ended.code == 0, ended.err + ended.out
    calls = [call for each in standing.values() for call in each.calls]
    assert len(calls) > 25
    assert {method for method, _ in calls} == {"GET"}
    accounts = {account["side"]: account for account in ended.document["accounts"]}
    assert set(accounts) == {"Heroku", "Aptible"}
    for account in accounts.values():
        assert not [s for s in account["shapes"] if s["state"] in ("differs", "refused")]
        outcomes = {fact["id"]: fact["outcome"] for fact in account["facts"]}
        assert "contradicted" not in outcomes.values()
    assert outcomes["pages"] == "confirmed"
    told = {fact["id"]: fact["outcome"] for fact in accounts["Heroku"]["facts"]}
    assert told["paging"] == told["not-modified"] == told["config-settings"] == "confirmed"
    assert told["retry-after"] == "cannot be checked without a change"
    assert not search(secrets_of(sandbox), [("json", (ended.out + ended.err).encode())])


def test_a_changed_answer_is_reported_by_name(sandbox: SandboxProcess, app: Path) -> None:
    def change(path: str, document: Any) -> Any:
        if path.endswith("/formation"):
            return [{k: v for k, v in each.items() if k != "quantity"} for each in document]
        if path.endswith("/domains"):
            return [each | {"hostname": ["a", "list"]} for each in document]
        if path.endswith("/account/rate-limits"):
            return {"remaining": 12}
        if path == "/stacks":
            return {"stacks": []}
        return document

    with between(sandbox, change) as (environ, _):
        ended = moveday(sandbox, app, "doctor", "--live", environ=environ)
    assert ended.code == 5, ended.err
    assert "✗ fail  GET /apps/{app}/formation (4): differs" in ended.out
    assert "missing: quantity" in ended.out
    assert "hostname: expected text, got list" in ended.out
    assert "12 calls left" in ended.out
    assert "✗ fail  GET /stacks: differs" in ended.out


def test_a_refused_token_and_no_token_say_what_to_do(sandbox: SandboxProcess, app: Path) -> None:
    environ = environ_for(sandbox, HEROKU_API_KEY="HRKU-wrong-0123456789-wrong")
    del environ["APTIBLE_ACCESS_TOKEN"]
    ended = moveday(sandbox, app, "doctor", "--live", environ=environ)
    assert ended.code == 4, ended.err + ended.out
    assert "Heroku does not accept the token" in ended.out
    assert "there is no Aptible token" in ended.out
    assert "moveday sign-in" in ended.out
    assert "0123456789" not in ended.out + ended.err


def test_without_live_nobody_is_asked(sandbox: SandboxProcess, app: Path) -> None:
    with between(sandbox) as (environ, standing):
        ended = moveday(sandbox, app, "doctor", "--json", environ=environ)
    assert ended.code == 0, ended.err
    assert ended.document["accounts"] == []
    assert not [call for each in standing.values() for call in each.calls]
