"""The settings written for nginx, served by a real nginx without root and asked over HTTP."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tests.wizard.generate.repositories import REPOSITORIES, Files
from tests.wizard.generate.test_traps import look, text_of


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path, files: Files) -> Iterator[int]:
    """The port of an nginx that serves these files as the container would."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        if os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
            pytest.fail("nginx is not installed (.ci/run installs nginx-light)")
        pytest.skip("nginx is not installed")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    port = free_port()
    text = text_of(look(files), "docker-nginx.conf")
    # What the container's start does with envsubst; the folders are those of this test.
    text = text.replace("/tmp/", f"{folder}/").replace("/dev/stdout", f"{folder}/access.log")
    text = text.replace("$PORT", f"127.0.0.1:{port}").replace('root "/app', f'root "{folder}')
    (folder / "nginx.conf").write_text(text)
    # Started by root, nginx would hand the work to somebody who may not read this folder.
    told = "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"
    command = [program, "-c", str(folder / "nginx.conf"), "-e", "stderr", "-g", told]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        while server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        assert server.poll() is None, server.communicate()[1]
        yield port
    finally:
        server.terminate()
        server.communicate()


def ask(port: int, path: str, **headers: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection("127.0.0.1", port)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=named)
    answer = connection.getresponse()
    return answer, answer.read().decode()


def test_what_static_json_says_is_what_a_visitor_gets(tmp_path: Path) -> None:
    files = {
        **REPOSITORIES["static-files"],
        "site/index.html": "home",
        "site/about.html": "about",
        "site/app/index.html": "app",
        "site/assets/a.css": "css",
    }
    with served(tmp_path, files) as port:
        assert ask(port, "/")[1] == "home"
        assert ask(port, "/about")[1] == "about"
        assert ask(port, "/app/some/where?x=/assets/a")[1] == "app"
        assert ask(port, "/no/such/page")[1] == "home"
        assert ask(port, "/old")[0].headers["Location"] == "/new"
        found = ask(port, "/assets/a.css?v=1")[0]
        assert found.headers["Cache-Control"] == "public, max-age=31536000"
        assert found.headers["X-Frame-Options"] == "DENY"
        assert ask(port, "/about")[0].headers["Cache-Control"] == "max-age=60"
        secure = ask(port, "/about", X_Forwarded_Proto="http", Host="clinic.example")[0]
        assert (secure.status, secure.headers["Location"]) == (301, "https://clinic.example/about")
        assert ask(port, "/about", X_Forwarded_Proto="https")[0].status == 200


def test_a_path_that_nothing_answers_gets_the_error_page(tmp_path: Path) -> None:
    files = {
        "static.json": '{"root": "./", "error_page": "oops.html"}',
        "index.html": "home",
        "oops.html": "oops",
    }
    with served(tmp_path, files) as port:
        answer, body = ask(port, "/nothing")
        assert (answer.status, body) == (404, "oops")


def test_every_path_of_a_built_front_end_is_its_index(tmp_path: Path) -> None:
    files = {**REPOSITORIES["vite-spa"], "out/index.html": "spa", "out/assets/a.js": "js"}
    with served(tmp_path, files) as port:
        assert ask(port, "/deep/link")[1] == "spa"
        assert ask(port, "/assets/a.js")[1] == "js"
