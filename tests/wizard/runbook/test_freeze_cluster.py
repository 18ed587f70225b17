"""The runbook's own freeze and its way back, on a cluster: no line knows which source it is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from providers.sources.medstack.source import MedStackSource
from tests.providers.sources.medstack.moving import effects, opened
from tests.providers.sources.medstack.northside import Northside, northside
from tests.wizard.runbook.session_for_tests import (
    Listener,
    NoVault,
    open_test_run,
    open_test_session,
)
from wizard.engine.events import Said
from wizard.engine.ports import Outside
from wizard.engine.session import Session
from wizard.runbook.context import RunContext
from wizard.runbook.lines import once_allowed
from wizard.runbook.lines.freeze import CLOCK_OFF, MAINTENANCE_ON, REMEMBER, WORKERS_OFF
from wizard.runbook.perform import take_back
from wizard.runbook.runner import is_done, run_tasks
from wizard.runbook.runs import begin_run

LINES = (
    replace(REMEMBER, needs=()),
    replace(MAINTENANCE_ON, needs=("remember",)),
    CLOCK_OFF,
    replace(WORKERS_OFF, needs=("clock-off",)),
)
BEFORE = {"portal": 2, "worker": 1, "scheduler": 1}


@dataclass
class OnlySource:
    """An outside with nothing but the old side."""

    source: MedStackSource
    vault: NoVault


@pytest.fixture
def clinic() -> Iterator[Northside]:
    with northside() as running:
        yield running


@pytest.fixture
async def source(clinic: Northside, tmp_path: Path) -> AsyncIterator[MedStackSource]:
    async with opened(clinic, tmp_path, by="zero") as found:
        yield found


@pytest.fixture
async def run(source: MedStackSource, tmp_path: Path) -> AsyncIterator[RunContext]:
    session = open_test_session(tmp_path, Listener(patience=0.0))
    session.outside = cast(Outside, OnlySource(source, NoVault()))
    session.keep_inventory(await source.read_inventory(None))
    context = open_test_run(session)
    # What was rehearsed is compared elsewhere: here is no rehearsal.
    context.stage = replace(context.stage, frozen_app=source, source_frozen=False)
    begin_run(session.journal, "live")
    yield context
    session.journal.close()


def said(session: Session) -> str:
    heard = cast(Listener, session.front).heard
    return "\n".join(event.text for event in heard if isinstance(event, Said))


async def test_it_stops_by_its_own_names_and_comes_back(
    clinic: Northside, source: MedStackSource, run: RunContext
) -> None:
    assert CLOCK_OFF.by_hand is not None and WORKERS_OFF.by_hand is not None
    assert "scheduler: replicas 0" in CLOCK_OFF.by_hand(run)
    assert "worker: replicas 0" in WORKERS_OFF.by_hand(run)
    await run_tasks(run, LINES)
    assert await source.formation() == dict.fromkeys(BEFORE, 0)
    assert effects(clinic, "replicas") == [("portal", 0), ("scheduler", 0), ("worker", 0)]
    proofs = str([e.data for e in run.session.journal.entries if e.kind != "read"])
    assert "does not tell which containers still run" in proofs
    assert "dynos" not in proofs and "users are kept out of portal" in proofs
    await take_back(run.session, run.stage, LINES)
    assert await source.formation() == BEFORE
    assert not is_done(run, "maintenance-on")


async def test_the_way_back_waits_until_the_names_lead_here_again(
    clinic: Northside,
    source: MedStackSource,
    run: RunContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(once_allowed, "LOOK_AGAIN", 0.01)
    await run_tasks(run, LINES)
    before = dict(clinic.addresses)
    for name in before:
        clinic.addresses[name] = ["192.0.2.1"]
    back = asyncio.create_task(take_back(run.session, run.stage, LINES))
    while "trying again" not in said(run.session):
        await asyncio.sleep(0.02)
    assert clinic.service("portal").replicas == 0
    clinic.addresses.update(before)
    await asyncio.wait_for(back, 120)
    assert await source.formation() == BEFORE
