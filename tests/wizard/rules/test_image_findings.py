"""What the engine's answers about an image mean."""

import pytest

from wizard.model.container import ImageFacts
from wizard.rules.image_findings import (
    build_step,
    endpoint_port,
    failure_lines,
    kept_writes,
    missing_libraries,
    why_not_built,
    writable_folders,
)

LDD = """\
moveday-file: /app/bin/tool
\tlibz.so.1 => /lib/libz.so.1 (0x1)
\tlibpq.so.5 => not found
moveday-file: /app/lib/parent.so
\tlibown.so.2 => not found
moveday-file: /app/lib/libown.so.2
\tstatically linked
moveday-file: /app/node_modules/x/prebuilds/linux-x64/node.napi.musl.node
\tlibc.musl-x86_64.so.1 => not found
\tlibstdc++.so.6 => not found
"""


def test_a_missing_library_is_named_with_who_needs_it() -> None:
    assert missing_libraries(LDD) is None
    found = missing_libraries(LDD + "moveday: done\n")
    assert found == ("libpq.so.5, needed by /app/bin/tool",)


def test_writes_that_should_last_are_told_from_passing_ones() -> None:
    passing = (
        "/tmp/x",
        "/app/tmp/pids/server.pid",
        "/app/log/production.log",
        "/app/pkg/__pycache__/a.pyc",
        "/home/app/.npm/_logs/1",
        "/var/log/nginx/access.log",
        "/run/nginx.pid",
    )
    assert kept_writes((*passing, "/app/uploads/a.png", "/data.db"), "/app") == (
        "/app/uploads/a.png",
        "/data.db",
    )
    assert writable_folders(passing, "/app")[-2:] == ("/app/log", "/app/tmp")


@pytest.mark.parametrize(
    ("log", "whose"),
    [
        ("npm error code ETARGET\nnpm error notarget No matching version", "own"),
        ("Error: connect ECONNREFUSED 127.0.0.1:9", "own"),
        ("dial tcp: lookup registry-1.docker.io on 1.1.1.1:53: no such host", "outside"),
        ("npm error code EAI_AGAIN", "outside"),
        ("Could not reach host index.rubygems.org. Check your network", "outside"),
        ('ERROR: failed to build: unable to prepare context: path "/t" not found', "unreadable"),
    ],
)
def test_whose_fault_a_failed_build_is(log: str, whose: str) -> None:
    assert why_not_built(log) == whose


def test_the_failed_instruction_speaks_for_itself() -> None:
    log = """\
#7 [build 2/4] WORKDIR /app
#8 [build 3/4] RUN npm ci
#8 1.2 npm error `npm ci` can only install packages when both files are in sync
#8 1.3 npm notice New major version
#8 1.3 npm error [-w|--workspace <workspace-name>]
#8 1.3 npm error
#8 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
------
 > [build 3/4] RUN npm ci:
Dockerfile:5
ERROR: failed to build: exit code: 1
"""
    assert failure_lines(log) == (
        "npm error `npm ci` can only install packages when both files are in sync",
        "ERROR: failed to build: exit code: 1",
    )
    assert failure_lines("Step 3/4 : RUN x\nboom") == ("Step 3/4 : RUN x", "boom")


def test_progress_of_a_build() -> None:
    assert build_step("#8 [build 3/7] RUN npm ci") == "build 3/7: RUN npm ci"
    assert build_step("#1 [internal] load build definition from Dockerfile") == ""
    assert build_step("#8 1.2 added 3 packages") == ""


def image(*ports: str, **env: str) -> ImageFacts:
    return ImageFacts(
        user="1000",
        entrypoint=(),
        command=(),
        env=env,
        ports=ports,
        folder="/app",
        architecture="amd64",
    )


def test_the_endpoint_takes_the_lowest_port_as_text() -> None:
    assert endpoint_port(image("80", "3000", PORT="3000"), {}) == ("3000", "")
    assert endpoint_port(image("443", "80", PORT="80"), {})[1] == (
        "PORT is 80, and the endpoint goes to 443"
    )
    assert endpoint_port(image("3000", PORT="5000"), {"PORT": "3000"}) == ("3000", "")
    assert endpoint_port(image(), {})[0] == ""
