"""`moveday files --check` with a real container engine; skipped where none answers.

MOVEDAY_DOCKER names the client when it is not `docker`, TMPDIR a folder that it can read. The base
images are node:22-bookworm-slim and python:3.11-slim-bookworm.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from providers.docker import open_judges
from providers.docker.client import docker_command
from providers.repo.working_tree import WorkingTree, walk
from wizard.errors import MovedayError
from wizard.model.file_checks import FileCheck, FilesChecked
from wizard.model.files import Proposal
from wizard.steps.files_check import ToCheck, check_files

NODE = json.dumps({"name": "fx", "private": True, "engines": {"node": "22.x"}})
LOCK = json.dumps({"name": "fx", "lockfileVersion": 3, "packages": {"": {"name": "fx"}}})
SERVER = """\
const server = require("http").createServer((q, r) => r.end("hello"));
server.listen(process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
"""
WORKER = 'setInterval(() => {}, 1000);\nprocess.on("SIGTERM", () => process.exit(0));\n'
PYTHON = """\
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print(os.environ.get("GREETING", ""), flush=True)
if os.environ.get("GREETING"):
    raise SystemExit("refused: " + os.environ["GREETING"])


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()


HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Hello).serve_forever()
"""
GOOD_NODE = {
    "package.json": NODE,
    "package-lock.json": LOCK,
    "server.js": SERVER,
    "worker.js": WORKER,
    "Procfile": "web: node server.js\nworker: node worker.js\n",
}
GOOD_PYTHON = {
    "requirements.txt": "",
    "runtime.txt": "python-3.11\n",
    "app.py": PYTHON,
    "Procfile": "web: python app.py\n",
}
# Everything that can be wrong, each in a process or a line of its own.
FAULTY = {
    "Dockerfile": """\
FROM node:22-bookworm-slim
WORKDIR /app
COPY . .
RUN cp /usr/lib/x86_64-linux-gnu/libapt-pkg.so.6.0 /app/ \\
    && rm /usr/lib/x86_64-linux-gnu/liblz4.so.1*
ENV PORT=3000
EXPOSE 3000
ENTRYPOINT []
CMD ["node", "inside.js"]
""",
    ".dockerignore": "*.pem\n",
    "id.pem": "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n",
    "inside.js": SERVER.replace("process.env.PORT", 'process.env.PORT, "127.0.0.1"'),
    "deaf.js": 'setInterval(() => {}, 1000);\nprocess.on("SIGTERM", () => {});\n',
    "broken.js": 'throw new Error("broken at start");\n',
    "database.js": 'require("net").connect(5432, "127.0.0.1");\n',
    "wanting.js": 'if (!process.env.API_KEY) throw new Error("API_KEY is not set");\n' + WORKER,
    "writer.js": 'require("fs").writeFileSync("uploads.db", "x");\n' + WORKER,
    "Procfile": "\n".join(
        ["release: node broken.js", "web: exec node inside.js"]
        + [
            f"{name}: exec node {name}.js"
            for name in ("deaf", "broken", "database", "wanting", "writer")
        ]
    ),
}


@pytest.fixture(scope="module", autouse=True)
def engine() -> None:
    engine = open_judges(os.environ).engine
    if engine is None:
        pytest.skip("no container engine: neither docker on PATH nor MOVEDAY_DOCKER")
    try:
        asyncio.run(engine.version())
    except MovedayError as error:
        pytest.skip(f"no container engine: {error.title}")


def checkout(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for path, text in files.items():
        (folder / path).write_text(text)
    return folder


def check(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "wizard", "files", "--folder", str(folder), "--check", *words]
    return subprocess.run(
        program, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def verdict(done: subprocess.CompletedProcess[str]) -> FilesChecked:
    return FilesChecked.model_validate(json.loads(done.stdout)["check"])


def built(checked: FilesChecked) -> FilesChecked:
    build = next(made for made in checked.checks if made.name == "build")
    if build.verdict == "not checked":
        pytest.skip(f"the base image cannot be had: {build.what}")
    return checked


def left_behind() -> str:
    """Whatever carries our label, and temporary folders."""
    client = docker_command(os.environ)
    found = [
        subprocess.run([*client, *words.split()], capture_output=True, text=True, check=True).stdout
        for words in (
            "ps --all --quiet --filter label=moveday=check",
            "images --quiet --filter label=moveday=check",
            "network ls --quiet --filter label=moveday=check",
        )
    ]
    folders = [str(path) for path in Path(tempfile.gettempdir()).glob("moveday-check-*")]
    return " ".join([*found, *folders]).strip()


def test_a_good_node_app_with_a_worker(tmp_path: Path) -> None:
    app = checkout(tmp_path / "app", GOOD_NODE)
    done = check(app, "--json")
    checked = built(verdict(done))
    assert {f"{made.name} {made.process}".strip(): made.verdict for made in checked.checks} == (
        dict.fromkeys(
            (
                "lint",
                "build-check",
                "build",
                "build-ignoring",
                "user",
                "port",
                "layers",
                "libraries",
                "boots web",
                "answers web",
                "stops web",
                "writes web",
                "boots-ignoring web",
                "boots worker",
                "stops worker",
                "writes worker",
            ),
            "ok",
        )
    ), done.stdout
    assert done.returncode == 0
    assert "starting worker" in done.stderr
    assert left_behind() == ""


def test_a_good_python_app_and_configuration_that_it_refuses(tmp_path: Path) -> None:
    app = checkout(tmp_path / "app", GOOD_PYTHON)
    done = check(app)
    assert done.returncode == 0, done.stdout
    assert "✓ web answers: answers at 3000: HTTP 200 OK" in done.stdout
    given = tmp_path / "config.env"
    given.write_text("GREETING=super-secret-greeting-77\n")
    refused = check(app, "--env-file", str(given))
    assert refused.returncode == 5
    assert "✗ web boots: ended with exit code 1" in refused.stdout
    assert "refused: •••" in refused.stdout
    assert "super-secret" not in refused.stdout + refused.stderr
    assert left_behind() == ""


async def test_each_fault_is_found(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "app", FAULTY)
    subject = ToCheck(folder, WorkingTree(folder, walk(folder)), Proposal(main="node"))
    said: list[str] = []
    checked = built(await check_files(subject, open_judges(os.environ), said.append))
    by_name = {f"{made.name} {made.process}".strip(): made for made in checked.checks}

    def found(name: str) -> tuple[str, FileCheck]:
        return by_name[name].verdict, by_name[name]

    failed, user = found("user")
    assert (failed, user.what) == ("failed", "runs as root: no USER, or USER root")
    failed, layers = found("layers")
    assert failed == "failed"
    assert {line.partition(":")[0] for line in layers.evidence} == {
        "/app/.aptible.env",
        "/app/.git",
        "/app/.git/config",
        "/app/id.pem",
    }
    assert found("libraries")[1].evidence == ("liblz4.so.1, needed by /app/libapt-pkg.so.6.0",)
    failed, answers = found("answers web")
    assert failed == "failed"
    assert "listens on 127.0.0.1:3000 only" in answers.what
    assert "boots-ignoring web" not in by_name
    assert found("boots release")[0] == "not checked"
    assert found("stops deaf")[0] == "failed"
    failed, broken = found("boots broken")
    assert failed == "failed"
    assert "Error: broken at start" in [line.strip() for line in broken.evidence]
    unknown, database = found("boots database")
    assert (unknown, "127.0.0.1:5432" in database.what) == ("not checked", True)
    well, wanting = found("boots wanting")
    assert (well, "with stand-ins for" in wanting.what) == ("ok", True)
    assert found("writes writer")[1].evidence == ("/app/uploads.db",)
    assert left_behind() == ""


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    app = checkout(tmp_path / "app", GOOD_NODE)
    program = [sys.executable, "-m", "wizard", "files", "--folder", str(app), "--check"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stderr is not None
        for line in child.stderr:
            if b"starting web" in line:
                child.send_signal(signal.SIGINT)
                break
        child.stderr.read()
        assert child.wait() == 130
    assert left_behind() == ""
