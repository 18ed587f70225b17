"""Sandboxes for journeys: started once per module, since each takes some ten seconds."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.sandbox_process import SandboxProcess, run_sandbox


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A sandbox shared by the tests of one module; nobody visits its app, to spare the machine."""
    with run_sandbox(tmp_path_factory.mktemp("sandbox"), "--no-visitors", "--ttl", "6") as running:
        yield running


@pytest.fixture
def app(sandbox: SandboxProcess, request: pytest.FixtureRequest) -> Path:
    """A checkout of the app of its own for one test."""
    name = re.sub(r"\W", "-", request.node.name)
    return sandbox.checkout(f"{name[:30]}{name[-10:]}")
