"""Undo leaves what somebody else's users may need, although moveday made it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from tests.wizard.runbook.session_for_tests import NoVault, open_test_run, open_test_session
from wizard.engine.session import Session
from wizard.errors import OutsideError, UnknownOutcome
from wizard.model.target import Endpoint, Environment, TargetApp, TargetDatabase
from wizard.steps.drifted import look_for_drift, record_new_side
from wizard.steps.undo import plan_undo


@dataclass
class NewSide:
    """An app and its Redis, which moveday made, with the endpoints `endpoints`."""

    ends: tuple[Endpoint, ...] = ()

    async def find_environment(self, handle: str) -> Environment:
        return Environment(id=1, handle=handle, kind="production", stack_id=1)

    async def find_app(self, environment: Environment, handle: str) -> TargetApp:
        return TargetApp(id=2, handle=handle, status="provisioned", git_repo="", deployed=True)

    async def find_database(self, environment: Environment, handle: str) -> TargetDatabase:
        return TargetDatabase(id=3, handle=handle, engine="redis", version="7", status="x")

    async def endpoints(self, app: TargetApp) -> tuple[Endpoint, ...]:
        return self.ends

    async def backups(self, environment: Environment) -> tuple[()]:
        return ()

    async def configuration(self, app: TargetApp) -> dict[str, str]:
        raise OutsideError("Aptible does not answer")

    def by_hand(self, action: str, **words: str) -> str:
        return f"aptible {action}"


@dataclass
class Outside:
    """Nothing but a new side."""

    target: NewSide
    vault: NoVault = field(default_factory=NoVault)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = open_test_session(tmp_path)
    opened.outside = cast(Any, Outside(NewSide()))
    for key, number in (("app/clinic", 2), ("database/clinic-redis", 3)):
        opened.journal.append("intent", key=key)
        opened.journal.append("effect", key=key, id=number)
    yield opened
    opened.journal.close()


async def test_what_was_made_is_listed_for_removal(session: Session) -> None:
    assert [item.state for item in (await plan_undo(session)).items] == ["to remove"] * 2


async def test_an_app_that_others_made_a_name_lead_to_keeps_its_database(session: Session) -> None:
    # A cutover from another checkout: this journal knows nothing of it, its users do.
    theirs = Endpoint(
        id=9,
        service_id=4,
        domain="www.clinic.test",
        host="elb.aptible.test",
        status="provisioned",
        default_domain=False,
    )
    session.outside = cast(Any, Outside(NewSide((theirs,))))
    app, database = (await plan_undo(session)).items
    assert (app.state, database.state) == ("left", "left")
    assert "www.clinic.test" in app.reason
    assert "the app stays and may use it" in database.reason


async def test_an_act_that_is_done_does_not_fail_because_it_cannot_be_looked_at(
    session: Session,
) -> None:
    await record_new_side(session)
    assert (await look_for_drift(session)).compared == "how it was left could not be read"


@pytest.mark.parametrize(("answer", "listed"), [("refused", 0), ("lost", 1), ("half made", 1)])
async def test_somebody_elses_thing_is_not_removed_because_ours_was_refused(
    tmp_path: Path, answer: str, listed: int
) -> None:
    opened = open_test_session(tmp_path)
    opened.outside = cast(Any, Outside(NewSide()))
    looks = iter([None, TargetApp(id=8, handle="clinic", status="", git_repo="", deployed=False)])

    async def act() -> TargetApp:
        if answer == "lost":
            next(looks)  # not to be seen yet when it is looked for
            raise UnknownOutcome("the answer was lost")
        error = OutsideError("handle has been taken")
        error.nothing_made = answer == "refused"
        raise error

    async def find() -> TargetApp | None:
        return next(looks, None)

    with pytest.raises(OutsideError):
        await open_test_run(opened).once("app/clinic", find, act)
    items = (await plan_undo(opened)).items
    opened.journal.close()
    assert [item.reason for item in items] == ["its making was interrupted: found by its name"] * (
        listed
    )


async def test_a_failed_making_that_left_nothing_is_forgotten(tmp_path: Path) -> None:
    opened = open_test_session(tmp_path)
    opened.outside = cast(Any, Outside(NewSide()))

    async def act() -> TargetApp:
        raise OutsideError("an endpoint needs a running container")

    async def find() -> TargetApp | None:
        return None

    with pytest.raises(OutsideError):
        await open_test_run(opened).once("endpoint/default", find, act)
    items = (await plan_undo(opened)).items
    opened.journal.close()
    assert items == ()
