"""The runner's program, run from its own pushed repository as a container would run it."""

import asyncio
import contextlib
import importlib.metadata
import os
import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from providers import process
from providers.databases.postgres.runner_kit import PACKAGES, PostgresRunner
from tests.providers.databases.clusters import PASSWORD, Site
from wizard.errors import BlockedError
from wizard.formats.runner_lines import LineReader
from wizard.model.database import Connection, MoveResult, Verdict
from wizard.model.runner import RunnerFailure, RunnerJob, RunnerMessage, RunnerState

pytestmark = pytest.mark.asyncio(loop_scope="session")
MOVE = "clinic/clinic-db-live/0123456789ab"
KIT = PostgresRunner("9.8.7")
_END_WORKERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name LIKE 'moveday-clinic/clinic-db-live/%-worker'"
)


async def _checkout(folder: Path) -> None:
    """The pushed commit's files, as a build has them."""
    async with KIT.repository() as made:
        files = subprocess.run(
            ["git", "-C", made.folder, "archive", made.commit], capture_output=True, check=True
        )
        subprocess.run(["tar", "-x", "-C", folder], input=files.stdout, check=True)


async def _said(child: process.Child, text: list[str]) -> AsyncIterator[RunnerMessage]:
    reader = LineReader(RunnerJob(move_id=MOVE).name)
    assert child.process.stdout is not None
    while raw := await child.process.stdout.readline():
        text.append(raw.decode())
        if (message := reader.read(text[-1])) is not None:
            yield message


async def _start(
    folder: Path, settings: Mapping[str, SecretStr], errors: list[str]
) -> process.Child:
    """What the Procfile says, by this Python; nothing but the wheel and the lock's packages."""
    (line,) = (folder / "Procfile").read_text().splitlines()
    words = shlex.split(line.removeprefix("runner: exec python"))
    (wheel,) = folder.glob("*.whl")
    env = {name: value.get_secret_value() for name, value in settings.items()}
    env |= {"PYTHONPATH": wheel.name, "HOME": os.environ["HOME"], "PATH": os.environ["PATH"]}
    python = [sys.executable, "-X", "importtime"]
    return await process.start([*python, *words], env=env, cwd=folder, on_stderr=errors.append)


def _url(connection: Connection) -> str:
    """As the platform tells it, without a word about TLS."""
    host = f"{connection.host}:{connection.port}"
    return f"postgresql://{connection.user}:{quote(PASSWORD, safe='')}@{host}/{connection.database}"


def _no_file(connection: Connection) -> Connection:
    """The tests' own certificates lie in a file that a container would not have."""
    return connection.model_copy(update={"tls": "require", "ca_file": ""})


async def test_copies_compares_and_says_so_until_it_is_told_to_end(
    clinic: Connection, right: Site, tmp_path: Path
) -> None:
    target = await right.fresh()
    await _checkout(tmp_path)
    settings = KIT.settings(RunnerJob(move_id=MOVE), _no_file(clinic), SecretStr(_url(target)))
    text: list[str] = []
    errors: list[str] = []
    child = await _start(tmp_path, settings, errors)
    environs = b""
    found: dict[type, list[object]] = {}
    try:
        async with asyncio.timeout(60):
            async for message in _said(child, text):
                found.setdefault(type(message.body), []).append(message.body)
                environs += _environs_below(child.pid)
                if RunnerFailure in found or len(found.get(Verdict, ())) == 2:
                    break
    finally:
        code = await child.stop()
    assert RunnerFailure not in found, found
    (verdict, again), result = found[Verdict], found[MoveResult][0]
    assert isinstance(verdict, Verdict)
    assert verdict.passed
    assert again == verdict  # said again for whoever was away
    assert isinstance(result, MoveResult)
    assert result.bytes > 1_000_000
    assert code == 0
    if sys.platform == "linux":
        assert b"moveday-9.8.7-py3-none-any.whl" in environs  # its workers run from the wheel too
    assert b"canary" not in environs
    assert await right.sql(target, "SELECT move_id, state FROM moveday.marker") == [
        (MOVE, "finished")
    ]
    assert "canary" not in "".join(text + errors)
    _loaded_only_what_it_carries(errors, tmp_path)


def _environs_below(pid: int) -> bytes:
    """What the processes that it started have in their environments."""
    found = b""
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listed.read_text().split():
            with contextlib.suppress(OSError):
                found += Path(f"/proc/{child}/environ").read_bytes()
    return found


def _loaded_only_what_it_carries(importtime: list[str], folder: Path) -> None:
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in importtime}
    assert {"providers", "wizard", "psycopg"} <= loaded
    owners = importlib.metadata.packages_distributions()
    others = {name.lower() for top in loaded for name in owners.get(top, ())} - {"moveday"}
    others.discard("setuptools")  # by a .pth file of these tests' environment
    pinned = set(re.findall(r"(?m)^([\w-]+)==", (folder / "requirements.lock").read_text()))
    assert {name.replace("_", "-") for name in others} <= pinned == set(PACKAGES)


@pytest.mark.long
async def test_a_lost_connection_is_got_over_without_anybody(
    clinic: Connection, left: Site, right: Site, tmp_path: Path
) -> None:
    target = await right.fresh()
    await _checkout(tmp_path)
    url = SecretStr(_url(target))
    job = RunnerJob(move_id=MOVE, frozen=True, limit=4_000_000)
    errors: list[str] = []
    child = await _start(tmp_path, KIT.settings(job, _no_file(clinic), url), errors)
    cut, troubles, result = False, set(), None
    try:
        async with asyncio.timeout(60):
            async for message in _said(child, []):
                body = message.body
                assert not isinstance(body, RunnerFailure), body
                if isinstance(body, RunnerState):
                    troubles.add(body.trouble)
                    if not cut and body.progress and body.progress.done_bytes:
                        cut = True
                        await left.sql(clinic, _END_WORKERS)
                result = body if isinstance(body, MoveResult) else result
                if isinstance(body, Verdict):
                    assert body.passed, body.failures
                    break
    finally:
        await child.stop()
    assert cut
    assert any("was lost" in trouble for trouble in troubles)
    assert result is not None
    assert "goes on where an earlier try ended" in result.resumed


async def test_what_only_this_machine_can_reach_is_refused(clinic: Connection) -> None:
    with pytest.raises(BlockedError, match="cannot reach the source"):
        KIT.settings(RunnerJob(move_id=MOVE), clinic, SecretStr("postgresql://x"))
