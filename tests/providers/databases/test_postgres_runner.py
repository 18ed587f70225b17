"""The runner's program, run from its own pushed repository as a container would run it."""

import asyncio
import contextlib
import importlib.metadata
import os
import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from providers import process
from providers.databases.postgres import PostgresKeeper, PostgresMover, marker, runner
from providers.databases.postgres.runner_kit import PACKAGES, PostgresRunner
from providers.databases.postgres.runner_voice import Voice
from providers.databases.postgres.session import session
from tests.providers.databases.clusters import PASSWORD, Site
from wizard.errors import BlockedError
from wizard.formats.runner_lines import LineReader
from wizard.model.database import Connection, MoveResult, Verdict
from wizard.model.runner import (
    RunnerFailure,
    RunnerJob,
    RunnerMessage,
    RunnerOrder,
    RunnerState,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")
MOVE = "clinic/clinic-db-live/0123456789ab"
KIT = PostgresRunner("9.8.7")
_OURS = "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'moveday%'"
_COPIED = "SELECT count(*), sum(rows), sum(bytes) FROM moveday.steps"
_END_EAR = _OURS.replace("application_name FROM", "pg_terminate_backend(pid) FROM") + (
    " AND application_name LIKE 'moveday-orders-%'"
)
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


async def test_waits_copies_pauses_compares_and_says_so_until_it_is_told_to_end(
    clinic: Connection, left: Site, right: Site, tmp_path: Path
) -> None:
    target = await right.fresh()
    await _checkout(tmp_path)
    job = RunnerJob(move_id=MOVE, limit=2_000_000)
    settings = KIT.settings(job, _no_file(clinic), SecretStr(_url(target)))
    text: list[str] = []
    errors: list[str] = []
    environs = b""
    # Without a go it waits, and nothing of it is at the source; then a pause holds its copy.
    child = await _start(tmp_path, settings, errors)
    try:
        async with asyncio.timeout(240):
            said = _said(child, text)
            await _until(said, lambda state: state.phase == "waiting")
            await _nobody_of_ours(left, clinic)
            # Asked how fast its way is, it answers, and leaves nothing.
            await KIT.orders.write(target, MOVE, RunnerOrder(mark="one", seconds=0.2))
            tried = await _until(said, lambda state: state.measure is not None)
            assert tried.mark == "one"
            assert tried.measure is not None
            assert tried.measure.rate > 0, tried.measure
            await KIT.orders.write(target, MOVE, RunnerOrder(mark="two"))
            await _until(said, lambda state: state.mark == "two")
            await _nobody_of_ours(left, clinic)
            assert await PostgresMover().is_empty(target)
            await KIT.orders.write(target, MOVE, RunnerOrder(go=True))
            begun = asyncio.get_running_loop().time()
            await _until(said, lambda state: state.phase == "copying")
            assert asyncio.get_running_loop().time() - begun < 60
            await _until(said, lambda state: bool(state.progress and state.progress.done_bytes))
            environs = _environs_below(child.pid)
            await KIT.orders.write(target, MOVE, RunnerOrder(go=True, hold=True))
            held = await _until(said, _is_paused)
            # What had leave already passes; from then on nothing does.
            rows: list[tuple[object, ...]] = []
            while rows != (rows := await right.sql(target, _COPIED)):
                held = await _until(said, _is_paused)
                await asyncio.sleep(1.5)
            while (later := await _until(said, _is_paused)).snapshot_age < held.snapshot_age + 3:
                assert later.progress is not None
            assert await right.sql(target, _COPIED) == rows
    finally:
        child.process.kill()
        await child.stop()
    # Started anew by its platform: its go stands, and so does the pause.
    found: dict[type, list[object]] = {}
    child = await _start(tmp_path, settings, [])
    try:
        async with asyncio.timeout(240):
            async for message in _said(child, text):
                found.setdefault(type(message.body), []).append(message.body)
                if isinstance(message.body, RunnerState) and _is_paused(message.body):
                    await right.sql(target, _END_EAR)  # it comes back, and hears what stands then
                    await KIT.orders.write(target, MOVE, RunnerOrder(go=True))
                if RunnerFailure in found or len(found.get(Verdict, ())) == 2:
                    break
    finally:
        code = await child.stop()
    assert RunnerFailure not in found, found
    (verdict, again), result = found[Verdict], found[MoveResult][0]
    states = [state for state in found[RunnerState] if isinstance(state, RunnerState)]
    assert "waiting" not in {state.phase for state in states}
    assert any(map(_is_paused, states))
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
    await PostgresMover().remove_marker(target, MOVE)
    assert await right.sql(target, "SELECT to_regnamespace('moveday')") == [(None,)]


async def _nobody_of_ours(site: Site, connection: Connection) -> None:
    # A server says goodbye to a session in its own time.
    async with asyncio.timeout(60):
        while await site.sql(connection, _OURS):
            await asyncio.sleep(0.05)


async def _until(
    said: AsyncIterator[RunnerMessage], found: Callable[[RunnerState], bool]
) -> RunnerState:
    """The first state that is so; a failure ends the test."""
    async for message in said:
        assert not isinstance(message.body, RunnerFailure), message.body
        if isinstance(message.body, RunnerState) and found(message.body):
            return message.body
    raise AssertionError("it ended")


def _is_paused(state: RunnerState) -> bool:
    return state.progress is not None and state.progress.paused


async def test_a_source_it_cannot_reach_is_named_before_it_waits(
    clinic: Connection, right: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_FEW_PAUSES", (0.01,))
    target = await right.fresh()
    nowhere = clinic.model_copy(update={"port": 1})
    voice = Voice(MOVE)
    await runner.Work(RunnerJob(move_id=MOVE), nowhere, target, voice).run()
    (failure,) = voice.told
    assert isinstance(failure, RunnerFailure)
    assert failure.title == "the source database cannot be reached"
    assert await PostgresMover().is_empty(target)


async def test_what_it_was_told_goes_with_the_move_and_is_nobody_elses(right: Site) -> None:
    target, there = await right.fresh(), "SELECT to_regnamespace('moveday') IS NOT NULL"
    orders, go = KIT.orders, RunnerOrder(go=True)
    assert await orders.read(target, "a") is None
    for _ in range(2):
        await orders.write(target, "a", go)
    await orders.write(target, "b", RunnerOrder())
    assert [await orders.read(target, move) for move in "ab"] == [go, RunnerOrder()]
    assert await PostgresMover().is_empty(target)
    found = await PostgresKeeper().leftovers(target)
    assert target.database not in [one.database for one in found]
    await orders.remove(target, "b")
    assert await orders.read(target, "a") == go
    await orders.remove(target, "a")
    await orders.remove(target, "a")
    assert await right.sql(target, there) == [(False,)]
    # A copy that begins anew is the runner's own: its go stands. Whoever cleans takes all away.
    await orders.write(target, "a", go)
    async with session(target, "moveday-test", "target") as opened:
        await marker.write(opened, "a", "")
        await marker.empty(opened, "a", keep_orders=True)
        assert await marker.owner(opened) is None
        assert await orders.read(target, "a") == go
        await marker.write(opened, "a", "")
    await PostgresKeeper().clean(target, target.database)
    assert await right.sql(target, there) == [(False,)]


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
    await KIT.orders.write(target, MOVE, RunnerOrder(go=True))
    child = await _start(tmp_path, KIT.settings(job, _no_file(clinic), url), errors)
    cut, troubles, result = False, set(), None
    try:
        async with asyncio.timeout(240):
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
