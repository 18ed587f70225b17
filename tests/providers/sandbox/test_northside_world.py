"""The clinic on MedStack as it really runs: containers, a site, a database nobody else reaches."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from providers.containers.inputs import read_inputs
from providers.databases.postgres import PostgresProbe
from providers.databases.postgres.errors import DatabaseTrouble
from providers.process import shared_temp_folder
from providers.sandbox.medstack import person
from providers.sandbox.medstack.state import Secret
from providers.sandbox.peers import LAPTOP
from providers.sandbox.scenarios.northside_clinic.account import (
    APEX,
    DATABASE,
    DATABASE_HOST,
    DATABASE_PASSWORD,
    WWW,
)
from providers.sandbox.temp_folder import TempFolder
from providers.sandbox.world import start_world
from tests.providers.sandbox.northside_world import Clinic, until
from wizard.formats.swarm import read_running
from wizard.generate.source_job import packed
from wizard.model.database import Connection

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="who connects is read from Linux's /proc"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clinic() -> AsyncIterator[Clinic]:
    folder = TempFolder(shared_temp_folder())
    try:
        world = await start_world(
            folder.path, scenario="northside-clinic", size_mb=1, with_visitors=False
        )
        try:
            yield Clinic(world)
        finally:
            await world.stop()
            left = [each.pid for each in world.ground.supervisor.containers()]
            assert (left, list(folder.path.glob("cluster-*"))) == ([], [])
    finally:
        folder.remove()


async def test_one_image_serves_both_domains_and_does_the_work(clinic: Clinic) -> None:
    found = [(await clinic.visit(host)).json() for host in (APEX, WWW)]
    for page in found:
        told = (page["status"], page["side"], page["version"], page["redis"], page["language"])
        assert told == ("ok", "medstack", "4.12.0", "ok", "en-CA")
    assert found[0]["seal"] == found[1]["seal"]
    running = {name: len(clinic.running(name)) for name in ("portal", "worker", "scheduler")}
    assert running == {"portal": 2, "worker": 1, "scheduler": 1}
    server = clinic.world.ground.source_postgres

    async def work_is_done() -> bool:
        ((done,),) = await server.execute(DATABASE, "SELECT count(done_at) FROM jobs WHERE id > 1")
        return bool(done)

    await until(work_is_done)
    assert not {"run", "srv"} & {each.name for each in clinic.world.ground.folder.iterdir()}


async def test_zero_replicas_end_the_processes_and_the_site(clinic: Clinic) -> None:
    before = clinic.running("portal")
    assert (await clinic.patch("portal", replicas=0)).status_code == 200

    async def gone() -> bool:
        return not clinic.running("portal")

    await until(gone)
    for pid in before:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert (await clinic.visit(WWW)).status_code == 404
    assert len(clinic.running("worker")) == 1
    assert (await clinic.patch("portal", replicas=2)).status_code == 200

    async def back() -> bool:
        return len(clinic.running("portal")) == 2 and (await clinic.visit(WWW)).status_code == 200

    await until(back)


async def test_a_domain_that_leads_elsewhere_freezes_the_service(clinic: Clinic) -> None:
    addresses = await clinic.world.dns.look_at_authority(WWW)
    clinic.world.dns.put(WWW, "A", 30, ["198.51.100.20"])
    refused = await clinic.patch("portal", replicas=0)
    assert (refused.status_code, WWW in refused.text) == (422, True)
    assert len(clinic.running("portal")) == 2
    clinic.world.dns.put(WWW, "A", 30, addresses)
    assert (await clinic.patch("portal", replicas=2)).status_code == 200


async def test_no_process_of_ours_reaches_the_database(clinic: Clinic) -> None:
    server = clinic.world.ground.source_postgres
    secrets = {each.name: each.data for each in clinic.cluster.secrets}
    connection = Connection(
        host="127.0.0.1",
        port=server.port,
        database=DATABASE,
        user=DATABASE,
        password=SecretStr(secrets[DATABASE_PASSWORD]),
        tls="require",
    )
    with pytest.raises(DatabaseTrouble) as caught:
        await PostgresProbe().facts(connection)
    assert caught.value.kind in ("unreachable", "lost")
    reader, ours = await asyncio.open_connection("127.0.0.1", server.port)
    ours.write(bytes.fromhex("0000000804d2162f"))
    # Not even a word about TLS: nobody is there for us.
    assert await reader.read(10) == b""
    ours.close()
    assert server.guard is not None
    assert set(server.guard.refused) == {LAPTOP}


async def test_a_person_starts_a_container_and_ends_it(clinic: Clinic) -> None:
    """Its shell finds the secret, and its psql the database by the name that only the cluster
    knows; the log is looked at in the web interface."""
    secrets = {each.name: each.data for each in clinic.cluster.secrets}
    clinic.cluster.secrets.append(Secret("moveday_pass", secrets[DATABASE_PASSWORD]))
    line = (
        "umask 077; dir=$(mktemp -d); trap 'rm -rf \"$dir\"' EXIT\n"
        f"printf '[s]\\nhost={DATABASE_HOST}\\nport=5432\\nsslmode=require\\nuser={DATABASE}\\n"
        f'dbname={DATABASE}\\npassfile=%s\\n[other]\\nhost=none\\n\' "$dir/p" >"$dir/service"\n'
        'printf \'*:*:*:*:%s\' "$(cat /run/secrets/moveday_pass)" >"$dir/p"\n'
        "PGSERVICEFILE=$dir/service PGSERVICE=s psql -X -At -c \"SELECT 'found ' || count(*)"
        ' FROM patients"; echo "$0 $dir"; exec sleep 1000\n'
    )
    line = packed(line)
    console = clinic.world.env["SANDBOX_CONSOLE"]
    wanted = {"name": "job", "image": "postgres:16", "line": line, "secrets": ["moveday_pass"]}
    await person.start(console, wanted)
    # Asked again, the person makes it anew: no name is ever there twice.
    await person.start(console, wanted)
    async with httpx.AsyncClient(base_url=console, trust_env=False) as web:

        async def told() -> bool:
            return "found 100\nsh /" in (await web.get("/services/job/log")).text

        await until(told)
        log = (await web.get("/services/job/log")).text
        assert f"sh {clinic.world.ground.folder}" in log, "its temporary files are its own"
        await person.end(console, "job")
        await person.end(console, "job")
        assert "moveday_pass" not in (await web.get("/secrets")).json()["secrets"]

    async def gone() -> bool:
        return not clinic.running("job")

    await until(gone)
    assert [each.name for each in clinic.cluster.services][-1] == "cache"


async def test_what_a_shell_shows_is_read_as_a_paste(clinic: Clinic, tmp_path: Path) -> None:
    """Variables as they were set, secrets by the files they are mounted as, and no value told."""
    console = clinic.world.env["SANDBOX_CONSOLE"]
    shown = {}
    async with httpx.AsyncClient(base_url=console, trust_env=False) as web:
        for line in ("env", "ls -l /run/secrets", "cat /run/secrets/session_key", "exit 3"):
            shown[line] = await web.post("/services/worker/shell", json={"line": line})
    key = next(each.data for each in clinic.cluster.secrets if each.name == "session_key")
    assert shown["cat /run/secrets/session_key"].text == key
    assert shown["exit 3"].status_code == 422
    paste = tmp_path / "worker.env"
    listed = "ls -l /run/secrets"
    paste.write_text(f"# env\n{shown['env'].text}\n# {listed}\n{shown[listed].text}")
    inputs = read_inputs((paste,), tmp_path, ())
    told = read_running(inputs.pasted, None, name="clinic")
    (service,) = told.services.values()
    values = {each.name: each.value for each in service.environment}
    assert values["SESSION_KEY_FILE"] is not None
    assert values["SESSION_KEY_FILE"].get_secret_value() == "/run/secrets/session_key"
    assert values["DATABASE_URL"] is not None
    assert values["DATABASE_URL"].get_secret_value() == clinic.service("worker").env["DATABASE_URL"]
    assert [each.name for each in service.secrets] == ["session_key"]
    assert key not in repr(told)
