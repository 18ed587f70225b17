"""The usual failures, happening for real on the sandboxed Aptible: told live, then explained."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from providers.targets.aptible import AptibleTarget, open_target
from tests.providers.sandbox.aptible_world import World, aptible_world, commit_all, needs, push
from tests.providers.targets.aptible.conftest import CHOICE, EmptyVault
from tests.wizard.runbook.session_for_tests import Listener, open_test_run, open_test_session
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.events import LogLine
from wizard.engine.log_relay import BURST
from wizard.errors import OutsideError
from wizard.model.target import TargetApp
from wizard.runbook.lines.followed import followed
from wizard.safety.consent import Consent, Level, grant
from wizard.safety.network import Network

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(bool(needs("git", "ssh")), reason=needs("git", "ssh")),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("failures")
    async with aptible_world(folder, health_check_seconds=0.5) as made:
        yield made


def yes() -> Consent:
    return grant(Level.CHANGE_NEW_SIDE, "test", "test", SYSTEM_CLOCK.now())


@asynccontextmanager
async def opened(world: World, repository: Path) -> AsyncIterator[AptibleTarget]:
    environ = {
        "APTIBLE_API_ROOT_URL": world.sandbox.api_url,
        "APTIBLE_AUTH_ROOT_URL": world.sandbox.auth.url,
        "APTIBLE_ACCESS_TOKEN": world.sandbox.access_token,
        "MOVEDAY_APTIBLE_GIT": f"root@127.0.0.1:{world.sandbox.ssh_port}",
        "MOVEDAY_APTIBLE_GIT_HOST_KEY": world.sandbox.host_key,
    }
    target = open_target(CHOICE, environ, EmptyVault(), Network(), repository, SYSTEM_CLOCK)
    yield target
    await target.close()


async def deploy(
    world: World, tmp_path: Path, changed: dict[str, str | None]
) -> tuple[OutsideError, list[str]]:
    """Deploy a repository that must fail: the error as a person gets it, and the lines told."""
    account = await world.environment()
    repository = world.repository(changed)
    front = Listener()
    session = open_test_session(tmp_path, front)
    try:
        record = await world.app(account)
        commit = await push(world, repository, f"{account['handle']}/acme-clinic", "moveday-1")
        async with opened(world, repository) as target:
            app = await find(target, account["handle"], record["handle"])
            with pytest.raises(OutsideError) as failed:
                async with followed(open_test_run(session), "deploy") as log:
                    await target.deploy(app, commit, yes(), on_log=log)
    finally:
        session.journal.close()
    return failed.value, [e.text for e in front.heard if isinstance(e, LogLine)]


async def find(target: AptibleTarget, environment: str, handle: str) -> TargetApp:
    where = await target.find_environment(environment)
    assert where is not None
    app = await target.find_app(where, handle)
    assert app is not None
    return app


@pytest.mark.parametrize(
    ("changed", "rule", "words"),
    [
        ({"Dockerfile": None}, "DF01", "no Dockerfile"),
        ({"Procfile": None}, "DF12", "what to run"),
        ({".aptible.yml": "before_deploy: [\n"}, "DF13", ".aptible.yml"),
        ({".aptible.yml": "before_release:\n  - exit 3\n"}, "DF09", "before_deploy"),
        ({"Procfile": "web: exec no-such-program-here\n"}, "DF23", "web did not start"),
    ],
)
async def test_a_deploy_that_fails_says_why_and_what_to_do(
    world: World, tmp_path: Path, changed: dict[str, str | None], rule: str, words: str
) -> None:
    error, told = await deploy(world, tmp_path, changed)
    assert words in error.title
    assert f"({rule}" in error.detail
    assert "ERROR -- :" in error.detail, "the log's end is shown with it"
    assert "aptible operation:logs" in error.hint
    assert any("ERROR -- :" in line for line in told), "and was told while it happened"


async def test_a_failed_build_step_is_named(world: World, tmp_path: Path) -> None:
    dockerfile = "FROM python:3.12\nRUN pip install -r wants.txt\nEXPOSE 3000\n"
    world.ground.faults.set("aptible.build-step-fails", says="ERROR: no wants.txt\n" * 300)
    error, told = await deploy(world, tmp_path, {"Dockerfile": dockerfile})
    assert "(DF21" in error.detail
    assert "RUN pip install -r wants.txt" in error.hint
    assert "Step 2/3 : RUN pip install -r wants.txt" in told


async def test_a_loud_migration_is_bounded(world: World, tmp_path: Path) -> None:
    loud = "before_deploy:\n  - seq 1 9000 && exit 1\n"
    error, told = await deploy(world, tmp_path, {".aptible.yml": loud})
    assert "(DF09" in error.detail
    assert "9000" in error.detail and len(error.detail) < 10_000
    assert len(told) < 4 * BURST
    assert any("lines not shown" in line for line in told)


async def test_a_database_that_cannot_be_provisioned(world: World, tmp_path: Path) -> None:
    account = await world.environment()
    world.ground.faults.set("aptible.provision-fails")
    front = Listener()
    session = open_test_session(tmp_path, front)
    try:
        async with opened(world, tmp_path) as target:
            where = await target.find_environment(account["handle"])
            assert where is not None
            image = next(i for i in await target.database_images() if i.engine == "postgresql")
            with pytest.raises(OutsideError) as failed:
                async with followed(open_test_run(session), "db") as log:
                    await target.create_database(where, "db", image, 10, 1024, yes(), log)
            assert await target.find_database(where, "db") is None
    finally:
        session.journal.close()
    assert "(DF19" in failed.value.detail
    assert "the record of db was removed again" in failed.value.detail
    assert any(isinstance(event, LogLine) for event in front.heard)


async def test_a_push_that_the_git_server_refuses(world: World, tmp_path: Path) -> None:
    account = await world.environment()
    await world.app(account)
    repository = world.repository()
    commit = await commit_all(world, repository)
    session = open_test_session(tmp_path)
    try:
        async with opened(world, repository) as target:
            app = await find(target, account["handle"], "acme-clinic")
            gone = app.model_copy(update={"git_repo": "git@git.test:other/acme-clinic.git"})
            with pytest.raises(OutsideError) as failed:
                async with followed(open_test_run(session), "push"):
                    await target.push(gone, commit, yes())
    finally:
        session.journal.close()
    assert "(DF06" in failed.value.detail
    assert "SSO token" in failed.value.hint
